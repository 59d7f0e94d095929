#!/usr/bin/env bash
# Boots systemd in a container for each scenario of Tests/Lifecycle and runs the service there: the
# real units, the real programs, the simulator as its scanner.
# usage: lifecycle.sh FOLDER_WITH_PROGRAMS
#
# The container has this machine's /usr, read-only, with ours laid over it: nothing is downloaded,
# nothing is kept, and a boot takes less than a second.
#
# 0: every scenario ran and passed. 77: skipped, because this machine lacks what it takes. 1: else.
#   LIFECYCLE_REQUIRED=1    a skip is a failure
#   LIFECYCLE_ONLY=PATTERN  only the scenarios whose file names match it
#   LIFECYCLE_SECONDS=N     how long one scenario may take, 180 by default
set -euo pipefail

programs=$(realpath "$1")
here=Tests/Lifecycle
seconds=${LIFECYCLE_SECONDS:-180}

missing() {
  for tool in systemd-nspawn python3; do command -v "$tool" >/dev/null || printf '%s ' "$tool"; done
  [ -x /usr/lib/systemd/systemd ] || printf 'systemd '
}
skip() {
  echo "lifecycle: skipped, $*"
  [ "${LIFECYCLE_REQUIRED:-0}" != 1 ] || {
    echo "lifecycle: a skip is a failure here (LIFECYCLE_REQUIRED=1)"
    exit 1
  }
  exit 77
}

[ "$(id -u)" -eq 0 ] || skip "only root may boot a container"
[ -L /bin ] || skip "the programs of this machine are not all below /usr"
[ -z "$(missing)" ] || scripts/setup-system.sh lifecycle || true
[ -z "$(missing)" ] || skip "these programs are missing and could not be installed: $(missing)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${MAKE:-make}" --silent --no-print-directory -o build install \
  BUILD="$programs" DESTDIR="$work/installed" PREFIX=/usr >/dev/null
mkdir -p "$work/lifecycle"
cp -r "$here/machine" "$here/scenarios" "$work/lifecycle"
# The client is that of the virtual machine's scenarios.
cp -r Tests/VirtualMachine/laboratory "$work/lifecycle"
cp -r Tests/Golden/bundle "$work/lifecycle/bundle"

if ! "$here/boot_machine.sh" "$work" "$programs" "$seconds" "" >"$work/console" 2>&1; then
  tail -n 5 "$work/console" | sed 's/^/  /'
  skip "systemd does not boot in a container here (see above)"
fi

mapfile -t scenarios < <(find "$here/scenarios" -name '*.py' | grep -E "${LIFECYCLE_ONLY:-.}" | sort)
[ ${#scenarios[@]} -gt 0 ] || {
  echo "lifecycle: no scenario's file name matches '${LIFECYCLE_ONLY:-}'"
  exit 1
}
passed=0
for scenario in "${scenarios[@]}"; do
  name=$(basename "$scenario" .py)
  title=$(sed -n '2s/^"""\(.*\)\."""$/\1/p' "$scenario")
  started=$SECONDS
  if "$here/boot_machine.sh" "$work" "$programs" "$seconds" "$name" >"$work/console" 2>&1; then
    passed=$((passed + 1))
    printf '  passed %3d s  %s\n' $((SECONDS - started)) "$title"
  else
    printf '  FAILED %3d s  %s\n' $((SECONDS - started)) "$title"
    echo "    in $name.py"
    sed 's/^/    /' "$work/console"
  fi
done
echo "lifecycle: $passed passed, $((${#scenarios[@]} - passed)) failed"
[ "$passed" -eq ${#scenarios[@]} ]
