#!/usr/bin/env python3
"""A daemon outside the group says that it has no permission, and takes the scanner once it has."""

import os

from laboratory import bus
from laboratory.programs import Daemon, Simulator, synthesize

with Simulator(synthesize(donors=1, scans=5), options=("--repeat",)):
    scanner = bus.plug_in()
    with Daemon(user="stranger") as daemon:
        stream = daemon.connect()
        daemon.wait_for_text(f"no permission to open {scanner.node}")
        assert scanner.driver == "usbhid", "it has taken what it may not open"
        os.chmod(scanner.node, 0o666)
        stream.wait_for(lambda _: stream.predictions(), "a prediction")
        reasons = [line["reason"] for line in stream.of_type("scanner") if line["reason"]]
        assert set(reasons) <= {"noPermission"}, reasons
        daemon.stop()
