#!/usr/bin/env bash
# Makes a virtual environment, by default of what tests and benchmarks need from Python.
# usage: setup-venv.sh PYTHON FOLDER [REQUIREMENTS [PACKAGE_FOLDER]]
set -euo pipefail

python=$1
folder=$2
requirements=${3:-Tests/requirements.txt}
package=${4:-}
stamp=$folder/requirements.sha256

if [ -f "$stamp" ] && sha256sum --check --status "$stamp"; then exit 0; fi
echo "setup: installing the Python packages of $requirements into $folder"
rm -rf "$folder"
"$python" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements"
if [ -n "$package" ]; then
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -e "$package"
fi
sha256sum "$requirements" >"$stamp"
