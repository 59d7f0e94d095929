#!/usr/bin/env python3
"""InnoSpectra's scanner has other strings and files; the rule and the daemon take it as well."""

from laboratory import bus, recordings, rule
from laboratory.programs import Daemon, Simulator, synthesize

SCANS = 5
recording = synthesize(donors=1, scans=SCANS)
with Simulator(recording, options=("--maker", "innospectra")):
    scanner = bus.plug_in()
    strings = [(scanner.folder / name).read_text().strip() for name in ("manufacturer", "product")]
    assert strings == ["Inno-Spectra Corp.", "NIR-M-R2"], strings
    rule.check_scanner(scanner)
    with Daemon(f"sample.scans={SCANS}") as daemon:
        stream = daemon.connect()
        stream.wait_for(lambda lines: any(line.get("final") for line in lines), "the sample ends")
        daemon.stop()
        (ready,) = [line for line in stream.of_type("scanner") if line["state"] == "ready"]
        assert ready["firmware"] == "2.6.3", ready
        found = [scan["sampleSignal"] for scan in daemon.recorded_scans()]
        assert found == recordings.sample_signals(recording)
