#!/usr/bin/env python3
"""The udev rule applies to a scanner that was plugged in before udev started."""

import subprocess

from laboratory import bus, rule
from laboratory.programs import Simulator, synthesize

UDEV = ["systemd-udevd.service", "systemd-udevd-control.socket", "systemd-udevd-kernel.socket"]


def systemctl(*words: str) -> None:
    subprocess.run(["systemctl", *words], check=True)


with Simulator(synthesize(donors=1, scans=1)):
    systemctl("stop", *UDEV)
    try:
        subprocess.run(["usbip", "attach", "-r", "127.0.0.1", "-b", "1-1"], check=True)
        scanner = bus.wait_until(bus.scanners, "a scanner appears on the bus")[0]
        bus.wait_until(lambda: scanner.hidraw, "the HID driver takes it")
        assert scanner.node.group() == "root", "without udev no rule can have been applied"
    finally:
        systemctl("start", *UDEV)
    # What systemd does at every boot: the kernel's events of all devices once more.
    systemctl("restart", "systemd-udev-trigger.service")
    bus.settle()
    rule.check_scanner(scanner)
    assert rule.may_open(scanner.node, "measurer")
