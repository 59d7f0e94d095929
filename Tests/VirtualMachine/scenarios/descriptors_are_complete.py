#!/usr/bin/env python3
"""lsusb shows every descriptor of the scanner, its report descriptor included."""

import difflib
import subprocess
from pathlib import Path

from laboratory import bus
from laboratory.programs import Simulator, synthesize

EXPECTED = Path(__file__).parent.parent / "expected/lsusb.txt"

with Simulator(synthesize(donors=1, scans=1)):
    scanner = bus.plug_in()
    # lsusb can only ask for the report descriptor while no driver has the interface.
    scanner.unbind()
    found = subprocess.run(
        ["lsusb", "-v", "-d", "0451:4200"], check=True, capture_output=True, text=True
    ).stdout
    # The first line has the number that the bus gave, the last ones the state, not the nature, of
    # the device.
    lines = found.split("Device Status:")[0].strip().splitlines()[1:]
    difference = difflib.unified_diff(EXPECTED.read_text().splitlines(), lines, lineterm="")
    assert (text := "\n".join(difference)) == "", text
