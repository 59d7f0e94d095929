#!/usr/bin/env bash
# Asks systemd whether it understands everything in systemd/ and how exposed the service is.
# usage: lint-units.sh
#
# Nothing is started and no booted systemd is needed. Everything is checked in a root of its own.
set -euo pipefail

# The score's upper limit in tenths: 12 is 1.2.
exposure_max=12
units=(spectrad.service spectrad-predictions.socket spectrad-control.socket)

tools=(systemd-analyze systemd-sysusers systemd-tmpfiles journalctl)
for tool in "${tools[@]}"; do
  command -v "$tool" >/dev/null || {
    scripts/setup-system.sh units
    break
  }
done

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
failed=0
check() { # WHAT COMMAND...
  local what=$1 status=0
  shift
  "$@" >"$root/said" 2>&1 || status=$?
  # These tools warn about what they cannot read and go on: here a warning is a failure.
  if [ "$status" -ne 0 ] || [ -s "$root/said" ]; then
    echo "lint-units: $what (status $status):" >&2
    sed 's/^/  /' "$root/said" >&2
    failed=1
  fi
}

# As installed, but for the programs, which need not be built for this.
mkdir -p "$root/units"
for unit in "${units[@]}"; do
  sed 's|/usr/bin/spectra[a-z]*|/bin/true|' "systemd/$unit" >"$root/units/$unit"
done
mkdir -p "$root/units/spectrad.service.d"
verify_units() (
  cd "$root/units"
  # The manual pages are the package's; they are checked where it is built.
  SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --recursive-errors=yes --man=no \
    "${units[@]/#/./}"
)
check "the units" verify_units
cp systemd/usbip.conf.example "$root/units/spectrad.service.d/usbip.conf"
check "the units with usbip.conf.example" verify_units
rm -r "$root/units/spectrad.service.d"

security=$(cd "$root/units" &&
  systemd-analyze security --no-pager --offline=true --threshold="$exposure_max" \
    ./spectrad.service) || {
  echo "lint-units: the service is more exposed than $((exposure_max / 10)).$((exposure_max % 10)):" >&2
  grep '✗' <<<"$security" >&2
  failed=1
}
grep 'Overall exposure' <<<"$security" | sed 's/^[^A-Za-z]*/lint-units: /; s/ [^ ]*$//'

mkdir -p "$root"/{etc,run,usr/lib/{sysusers.d,tmpfiles.d,systemd/catalog},var/lib/systemd/catalog}
touch "$root"/etc/{passwd,group}
cp systemd/spectrad.sysusers.conf "$root/usr/lib/sysusers.d/spectrad.conf"
cp systemd/spectrad.tmpfiles.conf "$root/usr/lib/tmpfiles.d/spectrad.conf"
cp systemd/spectrad.catalog "$root/usr/lib/systemd/catalog/"
make_users() {
  systemd-sysusers --root="$root" spectrad.conf 2>"$root/sysusers" || {
    cat "$root/sysusers"
    return 1
  }
  # It says what it makes, and what it does not understand.
  grep -v '^Creating ' "$root/sysusers" || true
}
check "spectrad.sysusers.conf" make_users
for group in spectrad spectrad-read spectrad-control; do
  check "spectrad.sysusers.conf: the group $group" grep -q "^$group:" "$root/etc/group"
done
if [ "$(id -u)" -eq 0 ]; then
  check "spectrad.tmpfiles.conf" systemd-tmpfiles --create --root="$root" spectrad.conf
  check "spectrad.tmpfiles.conf: the sockets' folder" test -d "$root/run/spectrad"
fi
check "spectrad.catalog" journalctl --update-catalog --root="$root"
entries=$(journalctl --root="$root" --list-catalog | wc -l)
messages=$(grep -c '^-- ' systemd/spectrad.catalog)
check "spectrad.catalog: $entries of $messages entries are read" test "$entries" -eq "$messages"

[ "$failed" -eq 0 ] && echo "lint-units: $(systemctl --version | head -n 1): all understood"
exit "$failed"
