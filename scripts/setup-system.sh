#!/usr/bin/env bash
# Installs the Debian packages that building and testing need, and says which.
# usage: setup-system.sh [vmtest|package|manuals|units|lifecycle|neon]
set -euo pipefail

needed=(
  git python3 python3-venv jq pkg-config
  libusb-1.0-0-dev libsystemd-dev libsqlite3-dev
  # The USB of the tests: libumockdev stands between libusb and the kernel.
  umockdev libumockdev-dev libglib2.0-dev
)
# What one target alone needs.
case "${1:-}" in
  # A virtual machine, and what makes its root file system.
  vmtest) needed+=(qemu-system-x86 mmdebstrap libarchive-tools cpio binutils) ;;
  package) needed+=(dpkg-dev debhelper lintian) ;;
  manuals) needed+=(mandoc) ;;
  # systemd itself says whether it understands the units.
  units) needed+=(systemd) ;;
  # A container that boots systemd, and what makes its root file system.
  lifecycle) needed+=(systemd-container mmdebstrap binutils) ;;
  # What a program for 64-bit ARM is linked with, and what runs it here.
  neon) needed+=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static) ;;
esac
missing=()
for package in "${needed[@]}"; do
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done

command -v swift >/dev/null || {
  echo "setup: no Swift toolchain in PATH; spectrad needs Swift 6.3 or later" >&2
  exit 1
}
[ ${#missing[@]} -eq 0 ] && exit 0

echo "setup: installing Debian packages: ${missing[*]}"
if [ "$(id -u)" -eq 0 ]; then as_root=(); else as_root=(sudo); fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
