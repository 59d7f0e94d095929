#!/usr/bin/env python3
"""A daemon that waits beside a scanner over libusb uses less than 0.5 % of a processor."""

import os
import time

from laboratory import bus
from laboratory.programs import Daemon, Simulator, synthesize

SECONDS = 10
PERCENT_MAX = 0.5


def processor_seconds(process: int) -> float:
    fields = open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


with Simulator(synthesize(donors=1, scans=1)):
    bus.plug_in()
    with Daemon("acquisition.mode=onRequest") as daemon:
        stream = daemon.connect()
        stream.wait_for(
            lambda lines: any(line.get("state") == "ready" for line in lines), "it is ready"
        )
        time.sleep(2)
        before, started = processor_seconds(daemon.process.pid), time.monotonic()
        time.sleep(SECONDS)
        used = processor_seconds(daemon.process.pid) - before
        percent = 100 * used / (time.monotonic() - started)
        # The processor is emulated: a real one needs a small part of this.
        print(f"figure: the idle daemon uses {percent:.2f} % of the emulated processor")
        assert percent < PERCENT_MAX
        daemon.stop()
