#!/usr/bin/env python3
"""The udev rule gives both nodes to the group, a link by port, and systemd a unit to wait for."""

import subprocess

from laboratory import bus, rule
from laboratory.programs import Simulator, synthesize

with Simulator(synthesize(donors=2, scans=1), options=("--devices", 2)):
    first, second = bus.plug_in("1-1"), bus.plug_in("1-2")
    rule.check_scanner(first, port=1)
    rule.check_scanner(second, port=2)
    for node in (first.node, first.hidraw):
        assert rule.may_open(node, "measurer"), f"a member of the group cannot open {node}"
        assert not rule.may_open(node, "stranger"), f"anybody can open {node}"

    path = "/dev/spectrad/by-path/platform-vhci_hcd.0-usb-0:1"
    unit = subprocess.check_output(["systemd-escape", "--path", "--suffix=device", path], text=True)
    bus.wait_until(
        lambda: subprocess.run(["systemctl", "--quiet", "is-active", unit.strip()]).returncode == 0,
        f"{unit.strip()} becomes active",
    )
    # The rule is for scanners alone.
    hub = bus.properties(first.node.with_name("001"))
    assert "spectrad" not in hub.get("DEVLINKS", ""), hub
