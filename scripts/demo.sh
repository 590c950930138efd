#!/usr/bin/env bash
# The main job on a fresh machine: set up, build the mini data set, load it, write the gallery.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/setup.sh
.venv/bin/gameqa build mini --out out/mini
.venv/bin/gameqa gallery out/gallery
.venv/bin/python - <<'PYTHON'
from datasets import load_dataset

data = load_dataset("out/mini")
print(data)
PYTHON
echo "data set: out/mini (README.md is its card)"
echo "gallery:  out/gallery/index.html (open it in a browser)"
