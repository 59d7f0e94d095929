#!/usr/bin/env python3
"""Who is in no group reads nothing, a reader reads, and the sockets' folder is root's."""

import stat

from machine import service
from machine.simulator import Simulator

Simulator()
service.start()
for user, groups in (
    ("stranger", ()),
    ("reader", ("spectrad-read",)),
    ("controller", ("spectrad-control",)),
):
    service.add_user(user, *groups)


def owner(path):
    about = path.stat()
    return stat.S_IMODE(about.st_mode), path.owner(), path.group()


assert owner(service.PREDICTIONS.parent) == (0o755, "root", "root"), owner(service.PREDICTIONS.parent)
assert owner(service.PREDICTIONS) == (0o660, "root", "spectrad-read"), owner(service.PREDICTIONS)
assert owner(service.CONTROL) == (0o666, "root", "root"), owner(service.CONTROL)
assert owner(service.STATE) == (0o750, "spectrad", "spectrad"), owner(service.STATE)

watch = ["spectractl", "watch", "--count", 1, "--json"]
assert service.command(*watch, user="reader").returncode == 0
assert service.command(*watch, user="stranger").returncode != 0

# The Varlink socket lets everybody connect and answers by groups.
status = ["spectractl", "status", "--json"]
reload = ["spectractl", "reload"]
for user, may_read, may_control in (
    ("stranger", False, False),
    ("reader", True, False),
    ("controller", True, True),
):
    read = service.command(*status, user=user)
    control = service.command(*reload, user=user)
    assert (read.returncode == 0) == may_read, f"{user} reads: {read.stdout} {read.stderr}"
    assert (control.returncode == 0) == may_control, f"{user} controls: {control.stderr}"
    if not may_read:
        assert "spectrad-read" in read.stderr, f"the group is not named: {read.stderr}"
