#!/usr/bin/env bash
# Make .venv with the locked environment; quick when nothing changed. Arguments: extras to install as well.
# `hf` and `train` bring torch, which goes in first and alone: otherwise another build of it can come along.
set -euo pipefail
cd "$(dirname "$0")/.."
extras=$(IFS=,; echo "$*")
mark=.venv/.installed
state="$extras $(cat pyproject.toml setup.py constraints.txt | sha256sum)"
if [ "$state" != "$(cat "$mark" 2>/dev/null)" ]; then
  [ -x .venv/bin/python ] || python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --upgrade pip setuptools wheel
  case ",$extras," in *,hf,* | *,train,*) .venv/bin/python -m pip install --quiet "torch==2.13.0" ;; esac
  .venv/bin/python -m pip install --quiet --constraint constraints.txt --editable ".${extras:+[$extras]}"
  echo "$state" > "$mark"
fi
