#!/usr/bin/env python3
"""The udev rule holds when drivers are unbound and bound, and when udev is told to look again."""

import subprocess

from laboratory import bus, rule
from laboratory.programs import Simulator, synthesize

with Simulator(synthesize(donors=1, scans=1)):
    scanner = bus.plug_in()
    path = "by-path/platform-vhci_hcd.0-usb-0:1"
    scanner.unbind()
    rule.check(scanner.node, [path])
    scanner.bind()
    rule.check_scanner(scanner)
    # The whole device: what a new configuration does.
    for action in ("unbind", "bind"):
        (bus.DEVICES.parent / f"drivers/usb/{action}").write_text(scanner.folder.name)
        bus.settle()
        rule.check(scanner.node, [path])
    bus.wait_until(lambda: scanner.hidraw, "the HID driver takes the interface again")
    bus.settle()
    rule.check_scanner(scanner)
    for action in ("change", "bind", "add"):
        subprocess.run(["udevadm", "trigger", f"--action={action}", scanner.folder], check=True)
        bus.settle()
        rule.check_scanner(scanner)
