"""Lets `python -m gameqa` do what the command `gameqa` does."""

from gameqa.cli import main

if __name__ == "__main__":
    main()
