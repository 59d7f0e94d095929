#!/usr/bin/env bash
# Installs the programs and what belongs to them; `make install` and the Debian package use it.
# usage: install.sh PROGRAMS DESTDIR PREFIX UNITS BASH_COMPLETIONS ZSH_COMPLETIONS
set -euo pipefail

programs=$1
root=$2
prefix=$3
units=$4
bash_completions=$5
zsh_completions=$6

put() { install -D -m 644 "$1" "$root$2"; }

for program in spectrad spectractl spectrasim; do
  install -D -m 755 "$programs/$program" "$root$prefix/bin/$program"
  # Their own words for what they take: always those of this version.
  install -d "$root$bash_completions" "$root$zsh_completions"
  # bash sources its file, so the file is no program.
  "$programs/$program" --generate-completion-script bash | sed '1{/^#!/d}' \
    >"$root$bash_completions/$program"
  "$programs/$program" --generate-completion-script zsh >"$root$zsh_completions/_$program"
done

install -d "$root$prefix/share/spectrad/bundles"
cp -r bundles/. "$root$prefix/share/spectrad/bundles/"

for unit in systemd/*.service systemd/*.socket; do
  install -d "$root$units"
  sed "s|/usr/bin/spectra|$prefix/bin/spectra|" "$unit" >"$root$units/$(basename "$unit")"
done
put systemd/spectrad.sysusers.conf "$prefix/lib/sysusers.d/spectrad.conf"
put systemd/spectrad.tmpfiles.conf "$prefix/lib/tmpfiles.d/spectrad.conf"
put systemd/spectrad.catalog "$prefix/lib/systemd/catalog/spectrad.catalog"
put udev/60-spectrad.rules "$prefix/lib/udev/rules.d/60-spectrad.rules"

put docs/spectrad.conf "$prefix/share/doc/spectrad/examples/spectrad.conf"
put systemd/usbip.conf.example "$prefix/share/doc/spectrad/examples/usbip.conf"
for page in docs/man/*.[0-9]; do
  put "$page" "$prefix/share/man/man${page##*.}/$(basename "$page")"
done
