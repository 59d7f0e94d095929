#!/usr/bin/env bash
# Makes the Debian package of programs that hold their Swift runtime, and checks it with lintian.
# usage: make-deb.sh FOLDER_WITH_PROGRAMS OUTPUT_FOLDER
set -euo pipefail

programs=$(realpath "$1")
output=$2
repository=$(realpath "$(dirname "$0")/..")
version=$("$programs/spectrad" --version)

for program in spectrad spectractl spectrasim; do
  if ldd "$programs/$program" | grep -q 'libswift\|libFoundation'; then
    echo "make-deb: $programs/$program needs the Swift runtime's libraries; build it with" \
      "--static-swift-stdlib" >&2
    exit 1
  fi
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/spectrad"
cp -r "$repository/packaging/debian" "$work/spectrad/debian"

# The same sources make the same package: its files are as old as the last commit.
date=$(git -C "$repository" log -1 --format=%cD 2>/dev/null || date -R)
cat >"$work/spectrad/debian/changelog" <<CHANGELOG
spectrad ($version) unstable; urgency=medium

  * What changed is in CHANGELOG.md, beside this file.

 -- $(sed -n 's/^Maintainer: //p' "$repository/packaging/debian/control")  $date
CHANGELOG

(cd "$work/spectrad" && SPECTRAD_SOURCE=$repository SPECTRAD_PROGRAMS=$programs \
  dpkg-buildpackage --build=binary --unsigned-changes --no-check-builddeps) \
  >"$work/build.log" 2>&1 || {
  cat "$work/build.log" >&2
  exit 1
}
package=$(basename "$work"/spectrad_*.deb)
lintian --allow-root --fail-on error,warning "$work/$package"
mkdir -p "$output"
rm -f "$output"/spectrad_*.deb
mv "$work/$package" "$output/$package"
echo "make-deb: $output/$package, $(($(stat -c %s "$output/$package") / 1024)) KiB;" \
  "$(dpkg-deb --field "$output/$package" Depends)"
