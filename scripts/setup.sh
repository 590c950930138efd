#!/usr/bin/env bash
# Make .venv with the locked development environment; quick when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
mark=.venv/.installed
if [ ! -f "$mark" ] || [ "$(cat pyproject.toml setup.py constraints.txt | sha256sum)" != "$(cat "$mark")" ]; then
  [ -x .venv/bin/python ] || python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --upgrade pip setuptools wheel
  .venv/bin/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
  cat pyproject.toml setup.py constraints.txt | sha256sum > "$mark"
fi
