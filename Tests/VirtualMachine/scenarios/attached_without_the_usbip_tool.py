#!/usr/bin/env python3
"""spectrasim --attach plugs its scanners in by itself, again after a reset, out when it ends."""

from laboratory import bus
from laboratory.programs import WORK, Daemon, Program, synthesize

SCANS = 10
faults = WORK / "faults"
faults.write_text("device 1 scan 4 reset before start, back after 1 s\n")
recording = synthesize(donors=4, scans=SCANS)
command = ["spectrasim", "--replay", recording, "--attach", "--devices", 2, "--repeat"]
with Program([*command, "--speed", "max", "--sample-gap", 0, "--faults", faults]) as simulator:
    bus.wait_until(lambda: len(bus.scanners()) == 2, "two scanners are plugged in")
    with Daemon(f"sample.scans={SCANS}") as daemon:
        stream = daemon.connect()

        def samples_of(name: str) -> int:
            finals = [line for line in stream.predictions() if line["final"]]
            return sum(line["scanner"] == name for line in finals)

        stream.wait_for(
            lambda _: min(samples_of("SIM0001"), samples_of("SIM00-2")) >= 2, "two samples of each"
        )
        simulator.wait_for_text("fault at scan 4")
        changes = [line for line in stream.of_type("scanner") if line["scanner"] == "SIM0001"]
        assert [line["state"] for line in changes].count("ready") == 2, changes

        simulator.stop()
        bus.wait_until(lambda: not bus.scanners(), "the scanners leave with the simulator")
        daemon.stop()
        stream.check_numbers()

with Program([*command], user="measurer") as simulator:
    assert simulator.process.wait(60) == 77, "what needs root says so"
    assert "root" in simulator.log.read_text()
