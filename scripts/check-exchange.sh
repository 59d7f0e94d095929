#!/usr/bin/env bash
# Other people's programs read what `spectractl convert` writes, and it reads what they write.
# usage: check-exchange.sh FOLDER_WITH_PROGRAMS PYTHON
set -euo pipefail

programs=$(realpath "$1")
python=$2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$programs/spectrasim" synthesize blood --seed 20261121 --donors 5 --scans 3 \
  -o "$work/donors.scans.ndjson" >/dev/null
if "$python" Tests/Exchange/check_exchange.py "$programs/spectractl" "$work"; then
  echo "exchange: 1 passed, 0 failed"
else
  echo "exchange: 0 passed, 1 failed"
  exit 1
fi
