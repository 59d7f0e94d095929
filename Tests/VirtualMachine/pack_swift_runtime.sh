#!/usr/bin/env bash
# Packs the parts of the Swift runtime that programs need into a layer for the guest, cached.
# usage: pack_swift_runtime.sh CACHE_FOLDER PROGRAM...
#
# Prints the archive's path. The libraries keep their paths, which the programs hold.
set -euo pipefail

cache=$1
shift
mapfile -t libraries < <(ldd "$@" | sed -n 's|.* => \(/.*/swift/.*\) (.*|\1|p' | sort -u)
digest=$(stat --format='%n %s %Y' "${libraries[@]}" | sha256sum | cut -c1-16)
layer=$cache/swift-$digest.cpio
if [ ! -e "$layer" ]; then
  rm -f "$cache"/swift-*.cpio
  work=$(mktemp -d "$cache/packing.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  for library in "${libraries[@]}"; do
    install -D -m 644 "$library" "$work/root$library"
  done
  (cd "$work/root" && find . -mindepth 1 | cpio --quiet -o -H newc -R 0:0) >"$work/layer.cpio"
  mv "$work/layer.cpio" "$layer"
fi
echo "$layer"
