#!/usr/bin/env bash
# Times the int8 network beside other runtimes. What they need is installed and made once.
# usage: bench-network.sh FOLDER_WITH_PROGRAMS PYTHON ENVIRONMENTS FOLDER [OPTION...]
set -euo pipefail

programs=$1
python=$2
environments=$3
folder=$4
shift 4
source=Benchmarks/Network

# One environment each: a peer that cannot be installed leaves the others alone.
environment() {
  scripts/setup-venv.sh "$python" "$environments/$1" "$source/requirements/$1.txt" >&2
}

# make_once STAMP FILES -- COMMAND: runs it unless the files are as when it last succeeded.
make_once() {
  local stamp=$folder/$1 files=()
  shift
  while [ "$1" != -- ]; do
    files+=("$1")
    shift
  done
  shift
  if [ -f "$stamp" ] && sha256sum --check --status "$stamp"; then return; fi
  "$@" || return
  sha256sum "${files[@]}" >"$stamp"
}

make_tflite() {
  rm -f "$folder"/*.tflite*
  environment tensorflow || return
  if "$environments/tensorflow/bin/python" "$source/make_tflite.py" "$folder" \
    2> >(tee "$folder/tflite.log" | grep '^bench-network:' >&2); then return; fi
  tail -n 5 "$folder/tflite.log" >&2
  return 1
}

mkdir -p "$folder"
environment onnxruntime
for peer in openvino litert ncnn; do
  environment "$peer" || echo "bench-network: $peer cannot be installed" >&2
done
described=("$source"/{spectra_vgg,sample_inputs}.py)
make_once onnx.sha256 "${described[@]}" "$source"/{make_models,ncnn_model}.py \
  "$source/requirements/onnxruntime.txt" -- \
  "$environments/onnxruntime/bin/python" "$source/make_models.py" "$folder"
make_once tflite.sha256 "$folder/onnx.sha256" "$source/make_tflite.py" \
  "$source/requirements/tensorflow.txt" -- make_tflite ||
  echo "bench-network: without TensorFlow there are no .tflite files" >&2
"${CC:-clang}" -O2 "$source/int8_peak.c" -o "$folder/int8_peak"

"$environments/onnxruntime/bin/python" "$source/bench_network.py" \
  "$programs" "$folder" "$environments" "$@" | tee "$folder/table.md"
