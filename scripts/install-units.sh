#!/usr/bin/env bash
# Lays down what systemd reads: units, sockets, users, the sockets' folder, the message catalog.
# usage: install-units.sh DESTDIR PREFIX
#
# systemd looks below /usr and /etc (units also below /usr/local/lib); the units run the programs of
# PREFIX/bin.
set -euo pipefail

destination=$1
prefix=$2
folder=$destination$prefix

install -d "$folder/lib/systemd/system" "$folder/lib/systemd/catalog" "$folder/share/doc/spectrad"
for unit in spectrad.service spectrad-predictions.socket spectrad-control.socket; do
  sed "s|/usr/bin/|$prefix/bin/|" "systemd/$unit" >"$folder/lib/systemd/system/$unit"
  chmod 644 "$folder/lib/systemd/system/$unit"
done
install -D -m 644 systemd/spectrad.sysusers.conf "$folder/lib/sysusers.d/spectrad.conf"
install -D -m 644 systemd/spectrad.tmpfiles.conf "$folder/lib/tmpfiles.d/spectrad.conf"
install -m 644 systemd/spectrad.catalog "$folder/lib/systemd/catalog/spectrad.catalog"
install -m 644 systemd/usbip.conf.example "$folder/share/doc/spectrad/usbip.conf.example"
