#!/usr/bin/env bash
# Boots Debian's kernel in QEMU, plugs virtual scanners into it and runs every scenario of
# Tests/VirtualMachine there, on the programs as `make install` lays them down.
# usage: vmtest.sh FOLDER_WITH_PROGRAMS
#
# 0: every scenario ran and passed. 77: skipped, because this machine lacks what it takes; with
# VMTEST_REQUIRED=1 that is a failure where the packages could be installed. 1: anything else.
#   VMTEST_CACHE=FOLDER   where the guest is kept, outside the repository
#   VMTEST_ONLY=PATTERN   only the scenarios whose file names match it
#   VMTEST_SECONDS=N      how long the guest may take, 1500 by default
set -euo pipefail

programs=$1
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

# The Swift runtime changes with the toolchain only, so it is a layer of its own.
runtime=$("$here/pack_swift_runtime.sh" "$cache" "$programs"/spectra{d,ctl,sim})

payload=$work/payload
"${MAKE:-make}" --silent --no-print-directory -o build install \
  BUILD="$programs" DESTDIR="$payload" PREFIX=/usr >/dev/null
strip "$payload"/usr/bin/spectra{d,ctl,sim}
cp -r "$here"/guest/. "$payload"
mkdir -p "$payload/opt/vmtest"
cp -r "$here"/{run_scenarios.py,laboratory,expected} "$payload/opt/vmtest"
cp -r udev "$payload/opt/vmtest"
cp -r Tests/Golden/bundle "$payload/opt/vmtest/bundle"
mapfile -t scenarios < <(find "$here/scenarios" -name '*.py' | grep -E "${VMTEST_ONLY:-.}" | sort)
[ ${#scenarios[@]} -gt 0 ] || {
  echo "vmtest: no scenario's file name matches '$VMTEST_ONLY'"
  exit 1
}
mkdir -p "$payload/opt/vmtest/scenarios"
cp "${scenarios[@]}" "$payload/opt/vmtest/scenarios"
# Services that have no place in a guest that lives for minutes.
for unit in systemd-{timesyncd,hwdb-update,firstboot,pstore,update-utmp,random-seed}.service \
  systemd-{journal-catalog-update,update-done}.service ldconfig.service apt-daily.timer; do
  ln -s /dev/null "$payload/etc/systemd/system/$unit"
done

echo "vmtest: booting Debian's kernel with ${#scenarios[@]} scenarios"
started=$SECONDS
ended=0
"$here/boot_guest.sh" "$guest" "$runtime" "$payload" "$work" "$seconds" |
  tee "$work/output" | grep -v '^VMTEST ' || ended=$?

ran=$(sed -n 's/^VMTEST ran=\([0-9]*\) .*/\1/p' "$work/output")
passed=$(sed -n 's/^VMTEST .*passed=\([0-9]*\)$/\1/p' "$work/output")
passed=${passed:-$(grep -c '^  passed ' "$work/output" || true)}
if [ "${ran:-0}" -ne "${#scenarios[@]}" ]; then
  echo "vmtest: the guest ended before all ran (status $ended, limit $seconds s)"
  [ ! -e "$work/console.log" ] || tail -n 40 "$work/console.log" | sed 's/^/  console: /'
fi
echo "vmtest: $((SECONDS - started)) s in the guest"
echo "vmtest: $passed passed, $((${#scenarios[@]} - passed)) failed"
[ "${ran:-0}" -eq "${#scenarios[@]}" ] && [ "$passed" -eq "${#scenarios[@]}" ]
