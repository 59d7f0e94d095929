#!/usr/bin/env python3
"""Scans and predictions over libusb are those of the user-space path, byte for byte."""

from pathlib import Path

from laboratory import bus
from laboratory.programs import Daemon, Simulator, synthesize

SCANS = 12
DEMONSTRATION = Path("/usr/share/spectrad/bundles/blood-synthetic")
# What is measured anew each time: when, and how fast.
DIFFERS = {"time", "deviceTime", "sampleId", "latencyMicroseconds", "seq"}


def measured(line: dict) -> dict:
    """A line without what must differ from run to run, its prediction included."""
    return {
        key: measured(value) if isinstance(value, dict) else value
        for key, value in line.items()
        if key not in DIFFERS
    }


def measure(source: str | None) -> tuple[list[dict], list[dict]]:
    """Recorded scans and published predictions of one donor, read in this way."""
    with Simulator(recording) as simulator:
        if source is None:
            source = simulator.user_space_address()
        else:
            bus.plug_in()
        with Daemon(f"sample.scans={SCANS}", source=source, bundle=DEMONSTRATION) as daemon:
            stream = daemon.connect()
            stream.wait_for(lambda lines: any(line.get("final") for line in lines), "a final line")
            daemon.stop()
            predictions = [measured(line) for line in stream.predictions()]
            return [measured(scan) for scan in daemon.recorded_scans()], predictions


recording = synthesize(donors=1, scans=SCANS)
expected_scans, expected_predictions = measure(None)
scans, predictions = measure("usb")
assert len(expected_scans) == SCANS and len(expected_predictions) == SCANS + 1
for name in ("sampleSignal", "referenceSignal"):
    for index, (scan, expected) in enumerate(zip(scans, expected_scans, strict=True)):
        assert expected.get(name), f"the user-space path recorded no {name}"
        assert scan[name] == expected[name], f"{name} of scan {index} differs"
assert scans == expected_scans
assert predictions == expected_predictions
