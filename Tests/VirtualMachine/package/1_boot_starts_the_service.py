#!/usr/bin/env python3
"""A package that was installed without systemd is running after the next boot, without a bundle."""

import grp
import pwd
import re
import stat
from pathlib import Path

from laboratory import installation
from laboratory.stream import Stream

said = Path("/opt/vmtest/install.log").read_text()
print(said)
assert "status 0" in said, "dpkg failed"
for wanted in ("multi-user.target.wants/spectrad.service", *(
    f"sockets.target.wants/{unit}" for unit in installation.SOCKETS
)):
    assert wanted in said, f"the package did not enable {wanted}"
warnings = re.findall(r"(?i).*(?:warning|failed|cannot|error).*", said)
assert not warnings, warnings

installation.wait_until_ready()
for unit in installation.SOCKETS:
    assert installation.state(unit) == "active", unit


def owner_and_mode(path: Path) -> tuple[str, str, int]:
    found = path.stat()
    user, group = pwd.getpwuid(found.st_uid).pw_name, grp.getgrgid(found.st_gid).gr_name
    return user, group, stat.S_IMODE(found.st_mode)


for path, expected in {
    installation.PREDICTIONS: ("root", "spectrad-read", 0o660),
    installation.CONTROL: ("root", "root", 0o666),
    installation.PREDICTIONS.parent: ("root", "root", 0o755),
    installation.STATE: ("spectrad", "spectrad", 0o750),
}.items():
    assert owner_and_mode(path) == expected, f"{path}: {owner_and_mode(path)}"

hello = Stream(installation.PREDICTIONS)
hello.wait_for(lambda lines: lines, "a hello")
assert hello.lines[0]["type"] == "hello" and hello.lines[0]["bundle"] is None, hello.lines

status = installation.status()
assert "bundle" not in status and status["demonstration"] is False, status
assert status["store"]["available"], status["store"]
assert status["stream"] == hello.lines[0]["stream"]
assert installation.unit_property("NRestarts") == "0"
assert installation.unit_property("StatusText") != ""
# A message of the service has its explanation: the catalog was built.
assert "spectrad is ready" in installation.run("journalctl", "--list-catalog")
started = [entry for entry in installation.journal() if "MESSAGE_ID" in entry]
assert started, "no message for operators in the journal"
