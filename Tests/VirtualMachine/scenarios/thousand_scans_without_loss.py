#!/usr/bin/env python3
"""A thousand scans as fast as the bus carries them, none lost, none twice, none out of order."""

from laboratory import bus, recordings
from laboratory.programs import Daemon, Simulator, synthesize

DONORS, SCANS = 10, 100
recording = synthesize(donors=DONORS, scans=SCANS)
with Simulator(recording):
    bus.plug_in()
    with Daemon(f"sample.scans={SCANS}", "acquisition.statusPollMilliseconds=0") as daemon:
        stream = daemon.connect()
        stream.wait_for(
            lambda lines: sum(line.get("final") is True for line in lines) == DONORS,
            f"{DONORS} samples end",
            600,
        )
        daemon.stop()
        stream.check_numbers()
        assert not stream.of_type("scansLost"), stream.of_type("scansLost")
        counts = [line["scans"] for line in stream.predictions() if not line["final"]]
        assert counts == [1 + index % SCANS for index in range(DONORS * SCANS)]
        found = [scan["sampleSignal"] for scan in daemon.recorded_scans()]
        assert found == recordings.sample_signals(recording)
