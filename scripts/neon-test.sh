#!/usr/bin/env bash
# Builds the int8 kernels for 64-bit ARM and compares each with the portable definition under QEMU:
# on a processor with everything, and on one without the dot product.
# usage: neon-test.sh
#
# 0: all are equal. 77: skipped, because this machine lacks what it takes. 1: anything else.
set -euo pipefail

swift=${SWIFT:-swift}
kernels=Sources/Int8Kernels

skip() {
  echo "neon-test: skipped, $*"
  exit 77
}
# The C compiler that Swift brings, which also builds for other processors.
clang=$(dirname "$(readlink -f "$(command -v "$swift")")")/clang
[ -x "$clang" ] || clang=$(command -v clang) || skip "there is no clang beside $swift nor in PATH"
missing() {
  for tool in qemu-aarch64-static aarch64-linux-gnu-gcc; do
    command -v "$tool" >/dev/null || printf '%s ' "$tool"
  done
  [ -e /usr/aarch64-linux-gnu/lib/libc.a ] || printf 'libc.a for aarch64 '
}
[ -z "$(missing)" ] || scripts/setup-system.sh neon || true
[ -z "$(missing)" ] || skip "these are missing and could not be installed: $(missing)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$clang" --target=aarch64-linux-gnu -static -fuse-ld=lld -O2 -std=c11 -Wall -Wextra -Werror \
  -I"$kernels/include" "$kernels"/*.c Tests/Int8KernelsOnARM/*.c -lm -o "$work/kernels"

compare() { # PROCESSOR INSTRUCTION_SET...
  echo "neon-test: $1"
  qemu-aarch64-static -cpu "$@"
}
compare max "$work/kernels" portable neon neondot
compare cortex-a72 "$work/kernels" portable neon
echo "neon-test: all kernels are equal"
