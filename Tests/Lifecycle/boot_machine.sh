#!/usr/bin/env bash
# Boots a fresh machine in a container, runs one scenario there and powers it off.
# usage: boot_machine.sh WORK_FOLDER FOLDER_WITH_PROGRAMS SECONDS SCENARIO
#
# WORK_FOLDER holds `installed`, laid over /usr, and `lifecycle`, the scenarios. An empty SCENARIO
# only boots. The status is that of the scenario; what it printed, and what the service logged when
# it failed, goes to standard output.
set -euo pipefail

work=$1
programs=$2
seconds=$3
scenario=$4

# A root of its own: /etc and /var are empty, so systemd-sysusers and systemd-tmpfiles make users and
# folders at boot from the files that we install, as on a new machine.
tree=$work/tree
rm -rf "$tree"
mkdir -p "$tree"/{etc/systemd/system,usr,var,run,tmp,root,proc,sys,dev,opt/lifecycle,mnt}
for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$tree/$folder"; done
echo 'ID=lifecycle' >"$tree/etc/os-release"
systemd-id128 new >"$tree/etc/machine-id"
echo 'root:x:0:0:root:/root:/bin/bash' >"$tree/etc/passwd"
echo 'root:x:0:' >"$tree/etc/group"
printf 'passwd: files\ngroup: files\n' >"$tree/etc/nsswitch.conf"

# Interrupted before the machine is: Python then says where it waited.
command="/usr/bin/timeout --signal=INT $((seconds - 10)) \
  /usr/bin/python3 /opt/lifecycle/scenarios/$scenario.py"
[ -n "$scenario" ] || command=/bin/true
cat >"$tree/etc/systemd/system/lifecycle.service" <<UNIT
[Unit]
After=basic.target
[Service]
Type=oneshot
ExecStart=$command
Environment=PYTHONPATH=/opt/lifecycle PYTHONDONTWRITEBYTECODE=1
TimeoutStartSec=infinity
# What the scenario leaves running ends with the machine.
KillMode=process
StandardOutput=file:/mnt/output
StandardError=inherit
ExecStopPost=/bin/sh -c 'echo \$EXIT_STATUS >/mnt/status'
ExecStopPost=-/bin/sh -c 'journalctl --no-pager -o short-monotonic -u "spectrad*" >/mnt/journal'
ExecStopPost=/bin/systemctl poweroff --force
UNIT
printf '[Unit]\nRequires=basic.target\nWants=lifecycle.service\nAfter=basic.target\n' \
  >"$tree/etc/systemd/system/lifecycle.target"

# The Swift runtime is where the toolchain is, which may be outside of /usr.
binds=(--overlay-ro="/usr:$work/installed/usr:/usr" --bind-ro="$work/lifecycle:/opt/lifecycle")
while read -r folder; do binds+=(--bind-ro="$folder"); done < <(
  ldd "$programs"/spectra{d,ctl,sim} 2>/dev/null | sed -n 's|.* => \(/.*\)/[^/]* (.*|\1|p' | sort -u |
    grep -vE '^/(usr|lib)' || true
)

ended=0
# The first signal asks the machine to halt, the second one ends it: killed, systemd-nspawn would
# leave its machine running.
timeout --foreground $((seconds + 5)) timeout --foreground "$seconds" systemd-nspawn --quiet --directory="$tree" \
  --machine="lifecycle-$$" --register=no --keep-unit --private-network "${binds[@]}" \
  --boot -- --unit=lifecycle.target --show-status=no >"$work/nspawn" 2>&1 </dev/null || ended=$?

status=$(cat "$tree/mnt/status" 2>/dev/null || true)
cat "$tree/mnt/output" 2>/dev/null || true
[ "$status" = 0 ] && exit 0
if [ -z "$status" ]; then
  echo "the machine ended before the scenario (status $ended, limit $seconds s)"
  tail -n 20 "$work/nspawn"
else
  echo "the service's journal:"
  tail -n 80 "$tree/mnt/journal" || true
fi
exit 1
