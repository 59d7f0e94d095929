#!/bin/sh
# The guest's first process until systemd is: installs the package while no systemd runs, as an
# installer does in its chroot. What dpkg said is for the scenarios to look at.
set -u

mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
dpkg --install /opt/vmtest/spectrad.deb >/opt/vmtest/install.log 2>&1
echo "status $?" >>/opt/vmtest/install.log
# systemd's first boot enables everything that its presets name: what the package enabled is seen now.
find /etc/systemd/system -name 'spectrad*' >>/opt/vmtest/install.log
umount /proc
exec /lib/systemd/systemd
