#!/usr/bin/env bash
# All checks on a fresh machine: set up, lint, types, fresh docs, tests. Arguments go to pytest (--full: slow ones too).
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/setup.sh dev eval train audit
export PATH="$PWD/.venv/bin:$PATH" HF_HUB_OFFLINE=1
ruff check .
ruff format --check .
pyright
gameqa docs --check
gameqa bench tasks --check
python -m pytest -n auto "$@"
