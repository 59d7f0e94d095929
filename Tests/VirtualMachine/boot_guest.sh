#!/usr/bin/env bash
# Boots the guest with files laid over its root, prints what the scenarios say, powers off.
# usage: boot_guest.sh GUEST_FOLDER LAYER.cpio... PAYLOAD_FOLDER WORK_FOLDER SECONDS
#
# The status is 0 when the guest powered off by itself, 124 when it did not in time. The kernel's
# and systemd's messages are in WORK_FOLDER/console.log. BOOT_OPTIONS is added to the kernel's command
# line, of which the last word on a thing wins.
set -euo pipefail

guest=$1
layers=("${@:2:$#-4}")
payload=${*: -3:1}
work=${*: -2:1}
seconds=${*: -1:1}

# The whole root is the initial RAM disk: no disk, and nothing of one run is left for the next. The
# kernel takes several archives one after the other, so only the payload is packed anew.
(cd "$payload" && find . -mindepth 1 | cpio --quiet -o -H newc -R 0:0) >"$work/payload.cpio"
cat "$guest/base.cpio" "${layers[@]}" "$work/payload.cpio" >"$work/initrd"

# TCG always: it needs no privilege and behaves alike everywhere, and /dev/kvm may be there without
# being able to boot a Debian kernel. One processor: with two, each wake-up of one by the other
# takes locks inside QEMU that cost more than they save. The time stamp counter: every other clock
# is a trip into the emulation each time that it is read.
timeout --kill-after=5 "$seconds" qemu-system-x86_64 \
  -machine q35 -accel tcg,tb-size=512 -cpu max -smp 1 -m 2048 \
  -nodefaults -no-user-config -display none -no-reboot \
  -kernel "$guest/vmlinux" -initrd "$work/initrd" \
  -append "console=ttyS0 rdinit=/lib/systemd/systemd systemd.unit=vmtest.target panic=-1 quiet \
    mitigations=off nokaslr audit=0 clocksource=tsc tsc=reliable systemd.show_status=0 \
    random.trust_cpu=on ${BOOT_OPTIONS:-}" \
  -serial "file:$work/console.log" \
  -device virtio-serial -chardev stdio,id=output,signal=off -device virtconsole,chardev=output \
  -device virtio-rng </dev/null | stdbuf -oL tr -d '\r'
