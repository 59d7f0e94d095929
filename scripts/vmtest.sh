#!/usr/bin/env bash
# Boots Debian's kernel in QEMU, plugs virtual scanners into it and runs every scenario of
# Tests/VirtualMachine there: first on the programs as `make install` lays them down, then, in
# another boot, on the Debian package.
# usage: vmtest.sh FOLDER_WITH_PROGRAMS PACKAGE.deb
#
# 0: every scenario ran and passed. 77: skipped, because this machine lacks what it takes; with
# VMTEST_REQUIRED=1 that is a failure where the packages could be installed. 1: anything else.
#   VMTEST_CACHE=FOLDER   where the guest is kept, outside the repository
#   VMTEST_ONLY=PATTERN   only the scenarios whose paths match it, as scenarios/udev or package/
#   VMTEST_SECONDS=N      how long one boot of the guest may take, 1500 by default
set -euo pipefail

programs=$1
package=$2
here=Tests/VirtualMachine
cache=${VMTEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/spectrad-vm}
seconds=${VMTEST_SECONDS:-1500}
needed=(qemu-system-x86_64 mmdebstrap bsdtar cpio strip python3)

missing() {
  for tool in "${needed[@]}"; do command -v "$tool" >/dev/null || printf '%s ' "$tool"; done
}
skip() {
  echo "vmtest: skipped, $*"
  [ "${VMTEST_REQUIRED:-0}" = 1 ] || exit 77
  if apt-get install --simulate qemu-system-x86 >/dev/null 2>&1; then
    echo "vmtest: a skip is a failure here (VMTEST_REQUIRED=1): QEMU can be installed"
    exit 1
  fi
  exit 77
}

[ "$(uname -m)" = x86_64 ] || skip "the guest is x86_64, this machine is $(uname -m)"
[ -z "$(missing)" ] || scripts/setup-system.sh vmtest || true
[ -z "$(missing)" ] || skip "these tools are missing and could not be installed: $(missing)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
guest=$("$here/build_guest.sh" "$cache") || skip "its root file system could not be made"
total=0
total_passed=0
complete=1

# What both boots have in common, and the scenarios of one of them; false when none is asked for.
lay_out() { # PAYLOAD FOLDER_OF_SCENARIOS
  local payload=$1 unit
  mapfile -t scenarios < <(find "$here/$2" -name '*.py' | grep -E "${VMTEST_ONLY:-.}" | sort)
  [ ${#scenarios[@]} -gt 0 ] || return 1
  mkdir -p "$payload/opt/vmtest/scenarios"
  cp "${scenarios[@]}" "$payload/opt/vmtest/scenarios"
  cp -r "$here"/guest/. "$payload"
  cp -r "$here"/{run_scenarios.py,laboratory,expected} "$payload/opt/vmtest"
  cp -r udev "$payload/opt/vmtest"
  cp -r Tests/Golden/bundle "$payload/opt/vmtest/bundle"
  # Services that have no place in a guest that lives for minutes.
  for unit in systemd-{timesyncd,hwdb-update,firstboot,pstore,update-utmp,random-seed}.service \
    systemd-{journal-catalog-update,update-done}.service ldconfig.service apt-daily.timer; do
    ln -s /dev/null "$payload/etc/systemd/system/$unit"
  done
}

# Runs the scenarios that were laid out and adds up how many passed.
boot() { # PAYLOAD LAYER...
  local payload=$1 started=$SECONDS ended=0 ran passed
  shift
  echo "vmtest: booting Debian's kernel with ${#scenarios[@]} scenarios of $(basename "$payload")"
  "$here/boot_guest.sh" "$guest" "$@" "$payload" "$work" "$seconds" |
    tee "$work/output" | grep --line-buffered -v "^VMTEST " || ended=$?
  ran=$(sed -n 's/^VMTEST ran=\([0-9]*\) .*/\1/p' "$work/output")
  passed=$(sed -n 's/^VMTEST .*passed=\([0-9]*\)$/\1/p' "$work/output")
  passed=${passed:-$(grep -c '^  passed ' "$work/output" || true)}
  if [ "${ran:-0}" -ne "${#scenarios[@]}" ]; then
    echo "vmtest: the guest ended before all ran (status $ended, limit $seconds s)"
    [ ! -e "$work/console.log" ] || tail -n 40 "$work/console.log" | sed 's/^/  console: /'
    complete=0
  fi
  echo "vmtest: $((SECONDS - started)) s in the guest"
  total=$((total + ${#scenarios[@]}))
  total_passed=$((total_passed + passed))
}

if lay_out "$work/programs" scenarios; then
  # The Swift runtime changes with the toolchain only, so it is a layer of its own.
  runtime=$("$here/pack_swift_runtime.sh" "$cache" "$programs"/spectra{d,ctl,sim})
  "${MAKE:-make}" --silent --no-print-directory -o build install \
    BUILD="$programs" DESTDIR="$work/programs" PREFIX=/usr >/dev/null
  strip "$work/programs"/usr/bin/spectra{d,ctl,sim}
  # The scenarios start the daemon themselves, with settings of their own.
  for unit in spectrad.service spectrad-predictions.socket spectrad-control.socket; do
    ln -s /dev/null "$work/programs/etc/systemd/system/$unit"
  done
  boot "$work/programs" "$runtime"
fi

# The same package without its compression, which takes an emulated processor a minute to undo.
unpacked_package() { # OUTPUT
  local folder=$work/unpacked
  mkdir "$folder"
  ar x --output="$folder" "$package"
  unxz "$folder"/*.tar.xz
  (cd "$folder" && ar rc package.deb debian-binary control.tar data.tar)
  mv "$folder/package.deb" "$1"
}

if lay_out "$work/package" package; then
  unpacked_package "$work/package/opt/vmtest/spectrad.deb"
  # The package is installed before there is a systemd, which then finds it at its first boot.
  export BOOT_OPTIONS="rdinit=/opt/vmtest/install_then_boot.sh systemd.unit=multi-user.target \
    systemd.wants=vmtest.service"
  cp "$here/install_then_boot.sh" "$work/package/opt/vmtest"
  boot "$work/package"
fi

[ "$total" -gt 0 ] || {
  echo "vmtest: no scenario's path matches '$VMTEST_ONLY'"
  exit 1
}
echo "vmtest: $total_passed passed, $((total - total_passed)) failed"
[ "$complete" -eq 1 ] && [ "$total_passed" -eq "$total" ]
