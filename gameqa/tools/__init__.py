"""Bodies of the commands that need no data-set library: contract, gallery, docs, scaffold."""
