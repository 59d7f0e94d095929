#!/usr/bin/env python3
"""Typing what spectractl doctor says leads from a bare machine to a scanner that may be opened."""

import shutil
import subprocess
from pathlib import Path

from laboratory import bus, doctor, rule
from laboratory.programs import Simulator, synthesize

RULE = Path("/usr/lib/udev/rules.d/60-spectrad.rules")
INSTALLED = Path("/etc/udev/rules.d/60-spectrad.rules")
# The doctor's commands expect to be typed beside the sources of the rule.
SOURCES = "/opt/vmtest"
STEPS = ["ruleMissing", "groupMissing", "userNotInGroup", "notRunning"]


def shell(command: str) -> None:
    subprocess.run(["bash", "-c", command], check=True, cwd=SOURCES)


def follow_advice() -> list[str]:
    """Does what the doctor says until it says something again, or only the daemon is missing."""
    problems: list[str] = []
    while not problems or problems[-1] != "notRunning":
        found = doctor.problem("stranger")
        assert found is not None and found["name"] not in problems, f"{found} after {problems}"
        problems.append(found["name"])
        for advice in found["advice"]:
            if "type" in advice and found["name"] != "notRunning":
                shell(advice["type"].replace("sudo ", ""))
        bus.settle()
    return problems


with Simulator(synthesize(donors=1, scans=1)):
    shutil.move(RULE, "/run/rule")
    # The user goes first: the group is its own.
    shell("userdel spectrad; groupdel spectrad; systemctl restart systemd-udevd")
    try:
        scanner = bus.plug_in()
        assert follow_advice() == STEPS
        rule.check(scanner.node, ["by-path/platform-vhci_hcd.0-usb-0:1"])
        assert rule.may_open(scanner.node, "stranger")
    finally:
        shutil.move("/run/rule", RULE)
        INSTALLED.unlink(missing_ok=True)
        shell("userdel spectrad; groupdel spectrad; systemd-sysusers; systemctl restart systemd-udevd")
