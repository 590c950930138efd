"""The lm-eval task pack: this folder is what `--include_path` is given; `gameqa tasks-path` prints it.

The YAML files are written from the registry of games by `gameqa bench tasks`; transfer/ is written by hand.
"""
