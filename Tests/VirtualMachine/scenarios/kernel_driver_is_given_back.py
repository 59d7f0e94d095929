#!/usr/bin/env python3
"""The daemon takes the scanner from the kernel's driver and gives it back when it stops."""

from laboratory import bus, rule
from laboratory.programs import Daemon, Simulator, synthesize

with Simulator(synthesize(donors=1, scans=5), options=("--repeat",)):
    scanner = bus.plug_in()
    for _ in range(2):
        with Daemon() as daemon:
            stream = daemon.connect()
            stream.wait_for(lambda _: len(stream.predictions()) >= 5, "five predictions")
            assert scanner.driver == "usbfs", f"{scanner.driver} has the scanner"
            assert scanner.hidraw is None
            daemon.stop()
        bus.wait_until(lambda: scanner.driver == "usbhid", "the kernel's driver has it again")
        bus.wait_until(lambda: scanner.hidraw, "hidraw is back")
        bus.settle()
        rule.check_scanner(scanner)
