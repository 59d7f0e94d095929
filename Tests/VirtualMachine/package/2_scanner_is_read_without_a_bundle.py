#!/usr/bin/env python3
"""A plugged scanner is read at once; its scans are stored and published, reason noBundle."""

from laboratory import installation
from laboratory.stream import Stream

client = Stream(installation.PREDICTIONS)
with installation.plugged_scanner() as scanner:
    lines = installation.wait_for_predictions(client, 10)
    for line in lines:
        assert line["targets"] == [] and line["bundle"] is None, line
        assert "noBundle" in line["quality"]["reasons"], line
    shown = installation.status()["scanners"]
    assert [one["state"] for one in shown] == ["ready"], shown

    # Members of spectrad-read may read, strangers may neither read nor ask.
    installation.run("spectractl", "watch", "--count", 1, user="reader")
    refused = installation.run("spectractl", "status", user="stranger", status=None)
    assert "spectrad-read" in refused, refused

    sample = installation.run("spectractl", "history", "--json", user="reader")
    assert lines[0]["sampleId"] in sample, "the sample is not stored"

    scanner.unplug()
    gone = client.wait_for(
        lambda lines: [line for line in lines if line.get("state") == "disconnected"],
        "clients are told that the scanner is gone",
    )
    assert gone[-1]["reason"] == "deviceGone", gone
client.check_numbers()
sample_name = lines[0]["sample"]
for entry in installation.journal("--priority=info"):
    assert lines[0]["sampleId"] in str(entry) or f'"{sample_name}"' not in str(entry), entry
