"""`accelerate launch train` in a checkout, `accelerate launch -m gameqa.train` from an install."""

import sys
from pathlib import Path

# Python puts this folder first when it runs it; its modules are to be found as gameqa.train only.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

from gameqa.train.launch import main  # noqa: E402 # pyright: ignore[reportMissingImports]

if __name__ == "__main__":
    main()
