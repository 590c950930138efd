"""Samples become datasets.

`gameqa.py` is the builder behind `datasets.load_dataset("gameqa", …)`; `build.py` writes a named recipe to a folder
of parquet files with a card and a manifest. Importing this package imports neither.
"""
