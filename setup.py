"""Packages of the wheel; everything else stands in pyproject.toml.

The four top-level folders are the architecture, but all install below `gameqa`, so that nothing called `train` or
`benchmark` lands in anybody's site-packages. Games are found, so that a new one needs no edit here.
"""

from setuptools import find_packages, setup

MAPPED = {"gameqa.builders": "builders", "gameqa.benchmark": "benchmark", "gameqa.train": "train"}

setup(
    packages=[
        *find_packages(include=["gameqa", "gameqa.*"]),
        *(
            f"{package}{'.' + below if below else ''}"
            for package, folder in MAPPED.items()
            for below in ["", *find_packages(folder)]
        ),
    ],
    package_dir={"gameqa": "gameqa", **MAPPED},
)
