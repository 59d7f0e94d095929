#!/usr/bin/env python3
"""A scanner that is unplugged in the middle of a scan file comes back to its open sample."""

from laboratory import bus
from laboratory.programs import Daemon, Simulator, synthesize
from laboratory.tap import TCP_PORT, Tap

SCANS = 30
recording = synthesize(donors=4, scans=SCANS)
with Simulator(recording):
    tap = Tap()
    tap.hold_in_scan_file(8)
    scanner = bus.plug_in(tcp_port=TCP_PORT)
    with Daemon(f"sample.scans={SCANS}") as daemon:
        stream = daemon.connect()
        assert tap.held.wait(120), "no eighth scan file is read"
        scanner.unplug()
        lost = stream.wait_for(
            lambda lines: [
                line
                for line in lines
                if line["type"] == "scanner" and line["state"] == "disconnected"
            ],
            "the stream tells that the scanner is gone",
        )
        assert (lost[-1]["scanner"], lost[-1]["reason"]) == ("SIM0001", "deviceGone"), lost
        before = stream.predictions()
        count = len(before)
        assert count >= 6 and before[-1]["scans"] == count, f"before: {before}"

        tap.held.clear()
        bus.plug_in(tcp_port=TCP_PORT)
        finals = stream.wait_for(
            lambda lines: [line for line in lines if line.get("final")], "the sample ends"
        )
        after_loss = stream.lines[stream.lines.index(lost[-1]) + 1 :]
        states = [line["state"] for line in after_loss if line["type"] == "scanner"]
        assert "ready" in states, states
        assert finals[0]["sampleId"] == before[0]["sampleId"], "it came back to another sample"
        assert finals[0]["scans"] == SCANS
        counts = [line["scans"] for line in stream.predictions() if not line["final"]]
        assert counts[:SCANS] == list(range(1, SCANS + 1)), counts
        daemon.stop()
        stream.check_numbers()
        indices = [scan["scanIndex"] for scan in daemon.recorded_scans()]
        assert indices == sorted(set(indices)), "a scan was taken twice"
