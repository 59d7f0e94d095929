#!/usr/bin/env python3
"""Faults on the kernel's bus cost at most the scan that they hit, and never one beside it."""

from laboratory import bus, recordings
from laboratory.programs import WORK, Daemon, Simulator, synthesize

# Some faults spoil the scan: with `keep` the simulator serves it again. The others spoil an
# exchange, which the daemon makes good by asking again.
FAULTS = """
device 1 scan 3 stall on chunk 4, keep
device 1 scan 6 silence on status
device 1 scan 9 short packet on chunk 2, of 20 bytes
device 1 scan 12 truncated chunk 5
device 1 scan 15 wrong sequence on size
device 1 scan 18 garbage before chunk 1
device 1 scan 21 failed scan, keep
device 1 scan 24 error on start, keep
"""
SCANS = 24
faults = WORK / "faults"
faults.write_text(FAULTS)
recording = synthesize(donors=1, scans=SCANS)
with Simulator(recording, options=("--faults", faults)) as simulator:
    bus.plug_in()
    with Daemon(f"sample.scans={SCANS}") as daemon:
        stream = daemon.connect()
        stream.wait_for(lambda lines: any(line.get("final") for line in lines), "the sample ends")
        daemon.stop()
        stream.check_numbers()
        happened = simulator.log.read_text().count("fault at scan")
        assert happened == FAULTS.count("device"), f"{happened} faults happened"
        found = [scan["sampleSignal"] for scan in daemon.recorded_scans()]
        served = recordings.sample_signals(recording)
        order = [served.index(signal) for signal in found]
        assert order == list(range(SCANS)), order
        assert all(line["quality"]["accepted"] for line in stream.predictions())
