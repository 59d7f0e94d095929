#!/usr/bin/env python3
"""Writes settings.json: every setting that a systemd of version 252 knows in a service's and a socket's unit.

Run from the repository's root on a machine with systemd 252 (Debian 12); it asks systemd itself:

    python3 Tests/Golden/systemd/make_settings.py
"""
import json
import pathlib
import subprocess

SYSTEMD = "/lib/systemd/systemd"
SECTIONS = ("Unit", "Service", "Socket", "Install")

version = int(subprocess.run([SYSTEMD, "--version"], capture_output=True, text=True, check=True).stdout.split()[1])
assert version == 252, f"found systemd {version}, expected 252"
dump = subprocess.run([SYSTEMD, "--dump-configuration-items"], capture_output=True, text=True, check=True).stdout

known, section = {name: [] for name in SECTIONS}, None
for line in dump.splitlines():
    if line.startswith("["):
        section = line.strip("[]")
    elif section in known and "=" in line and "NOTSUPPORTED" not in line:
        known[section].append(line.partition("=")[0])

text = json.dumps({"systemd": version, "settings": known}, indent=1)
pathlib.Path(__file__).with_name("settings.json").write_text(text + "\n")
