#!/usr/bin/env python3
"""A purge leaves nothing but the store, with which a package that is installed anew goes on."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from laboratory import installation, rule
from laboratory.programs import WORK
from laboratory.stream import Stream

saved = WORK / "programs"
saved.mkdir()
shutil.copy("/usr/bin/spectrasim", saved)
before = installation.status()
(installation.STATE / "references").mkdir(exist_ok=True)
listed = installation.run("dpkg-query", "--listfiles", "spectrad").split()
said = installation.run("dpkg", "--purge", "spectrad")
assert str(installation.STORE) in said, "nobody is told that the store is kept"

left = [path for path in listed if Path(path).is_file()]
assert not left, left
assert [path.name for path in installation.STATE.iterdir()] == ["store"]
assert list(installation.STORE.iterdir()), "the store is gone"
for folder in (installation.CONFIGURATION.parent, installation.PREDICTIONS.parent):
    assert not folder.exists(), folder
words = ["find", "/etc", "/run", "/var", "/usr", "/lib", "-iname", "*spectrad*"]
found = subprocess.run(words, capture_output=True, text=True).stdout.split()
found = [path for path in found if not path.startswith(("/run/vmtest", str(installation.STATE)))]
assert not found, found
assert pwd.getpwnam("spectrad"), "its user has to stay: files may be owned by it"
assert installation.process() == 0
failed = installation.run("systemctl", "--failed", "--no-legend")
assert "spectrad" not in failed, failed

# Installed beside a plugged scanner under a running systemd: read without a boot or a replug.
os.environ["PATH"] += f":{saved}"
with installation.plugged_scanner() as scanner:
    assert not rule.may_open(scanner.node, "measurer"), "a rule has stayed"
    installation.run("dpkg", "--install", installation.PACKAGE)
    installation.wait_until_ready()
    # The daemon has taken it from the kernel's driver: only this node is there.
    rule.check(scanner.node, ["by-path/platform-vhci_hcd.0-usb-0:1"])
    after = installation.status()
    assert after["stream"] == before["stream"], "numbers begin anew, though the store was kept"
    assert after["next"] >= before["next"], (before["next"], after["next"])
    assert "bundle" not in after, "a purge forgets which bundle was chosen"
    installation.wait_for_predictions(Stream(installation.PREDICTIONS), 3)
