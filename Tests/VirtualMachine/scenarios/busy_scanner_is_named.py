#!/usr/bin/env python3
"""A scanner that another program holds is reported with its holder, and taken when it is free."""

from laboratory import bus
from laboratory.programs import HOLDER, Daemon, Program, Simulator, synthesize

with Simulator(synthesize(donors=1, scans=5), options=("--repeat",)):
    scanner = bus.plug_in()
    with Program(["python3", "-c", HOLDER], user="measurer") as holder:
        holder.wait_for_text("held")
        with Daemon() as daemon:
            stream = daemon.connect()
            daemon.wait_for_text("in use by")
            assert "python3" in daemon.log.read_text(), "the holder has no name"
            holder.process.kill()
            stream.wait_for(lambda _: stream.predictions(), "a prediction")
            reasons = [line["reason"] for line in stream.of_type("scanner") if line["reason"]]
            assert set(reasons) <= {"inUse"}, reasons
            daemon.stop()
