#!/usr/bin/env bash
# Judges the synthetic donors with scikit-learn: learnable, not trivial, as the published statistics.
# usage: check-synthetic.sh FOLDER_WITH_PROGRAMS PYTHON
set -euo pipefail

programs=$1
python=$2
shared=${TEST_SHARED_DATA:-../shared/data}
statistics=$shared/bloods/train_v1_describe_13140rows.csv

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$programs/spectrasim" synthesize blood --seed 20261121 --donors 600 --scans 12 \
  -o "$work/donors.scans.ndjson" >/dev/null
if [ -f "$statistics" ]; then
  set -- --statistics "$statistics"
else
  echo "check-synthetic: the published statistics are absent ($statistics), comparing with them is skipped"
  set --
fi
if "$python" training/check_synthetic.py "$work/donors.scans.ndjson" "$@"; then
  echo "synthetic: 1 passed, 0 failed"
else
  echo "synthetic: 0 passed, 1 failed"
  exit 1
fi
