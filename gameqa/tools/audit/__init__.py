"""The audit: are the labels right, is the picture needed, do levels get harder, are the texts clean.

`rows.py` says where rows come from, each measure has a file of its own, `criteria.py` holds all bounds in one table,
`run.py` puts them together and `page.py` tells the result to a person.
"""
