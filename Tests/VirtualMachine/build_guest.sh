#!/usr/bin/env bash
# Builds the guest that `make vmtest` boots: a Debian root file system and Debian's kernel, cached.
# usage: build_guest.sh CACHE_FOLDER
#
# Prints the folder that holds base.cpio and vmlinux. Its name is a digest of everything that goes
# in, so a changed package list makes a new guest and an unchanged one costs nothing. Newer versions
# of the same packages are not seen: remove the folder to get them.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
cache=$1
suite=bookworm
# The guest comes from where this machine's own packages come from.
sources=${VMTEST_APT_SOURCES:-}
for candidate in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
  [ -n "$sources" ] || [ ! -s "$candidate" ] || sources=$candidate
done
[ -n "$sources" ] || {
  echo "build_guest: no Debian sources found, name the file in VMTEST_APT_SOURCES" >&2
  exit 1
}

packages=(
  systemd systemd-sysv udev dbus kmod usbip usbutils
  libusb-1.0-0 libsystemd0 libstdc++6
  # Other people's ways to a HID device: hidapi over hidraw and over libusb, and libusb itself.
  python3 python3-hid python3-usb
)
# The kernel's own drivers are all that a scanner meets; the rest is QEMU's console and entropy.
modules=(vhci_hcd usbhid hid_generic virtio_pci virtio_console virtio_rng)

digest=$(cat "$0" "$here/kernel_files.py" "$sources" | sha256sum | cut -c1-16)
guest=$cache/guest-$digest
mkdir -p "$cache"
# Two runs at once build it once.
exec 9>"$cache/lock"
flock 9
if [ -e "$guest/complete" ]; then
  touch "$guest/complete"
  echo "$guest"
  exit 0
fi

echo "build_guest: making $guest, which takes about a minute" >&2
find "$cache" -maxdepth 1 -name 'guest-*' -exec rm -rf {} +
work=$(mktemp -d "$cache/building.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Runs beside the new root: unpacks the kernel package there instead of installing it, which would
# bring 400 MB of modules and the tools of an initramfs that nobody boots.
cat >"$work/add_kernel.sh" <<HOOK
#!/usr/bin/env bash
set -euo pipefail
chroot "\$1" sh -c 'cd /root && apt-get -qq -o APT::Sandbox::User=root download \
  \$(apt-cache depends linux-image-amd64 | sed -n "s/.*Depends: //p")'
dpkg-deb -x "\$1"/root/linux-image-*.deb "$work/kernel"
rm "\$1"/root/linux-image-*.deb
"$here/kernel_files.py" "$work/kernel" "\$1" "$work/vmlinux" ${modules[*]}
chroot "\$1" depmod "\$(ls "$work/kernel/lib/modules")"
HOOK
chmod +x "$work/add_kernel.sh"

if [ "$(id -u)" -eq 0 ]; then mode=root; else mode=unshare; fi
mmdebstrap --quiet --mode="$mode" --variant=minbase \
  --include="$(IFS=, && echo "${packages[*]}")" \
  --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  --customize-hook="$work/add_kernel.sh" \
  --customize-hook='echo laboratory >"$1/etc/hostname"; : >"$1/etc/fstab"' \
  --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*' \
  "$suite" "$work/root.tar" "$sources" >&2

mkdir "$work/guest"
bsdtar --format=newc -cf "$work/guest/base.cpio" "@$work/root.tar"
mv "$work/vmlinux" "$work/guest/vmlinux"
touch "$work/guest/complete"
mv "$work/guest" "$guest"
echo "$guest"
