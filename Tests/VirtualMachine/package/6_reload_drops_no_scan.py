#!/usr/bin/env python3
"""A reload changes what may change, drops no scan and no client, and fails with the reason."""

from laboratory import installation
from laboratory.stream import Stream

client = Stream(installation.PREDICTIONS)
with installation.plugged_scanner():
    installation.wait_for_predictions(client, 5)
    daemon = installation.process()
    with installation.configured(SAMPLE_SCANS=7):
        installation.run("systemctl", "reload", installation.SERVICE)
        finals = client.wait_for(
            lambda lines: [line for line in lines if line.get("final") and line["scans"] == 7],
            "a sample of the new size ends",
        )
        assert finals
    with installation.configured(SAMPLE_SCANS="many"):
        said = installation.run("systemctl", "reload", installation.SERVICE, status=1)
        log = installation.run(
            "journalctl", f"--unit={installation.SERVICE}", "--output=cat", "--lines=20"
        )
        assert "sample.scans" in log, f"the reason is not in the journal: {said} {log}"
        refused = installation.run("spectractl", "reload", status=65)
        assert "sample.scans" in refused, refused
        installation.wait_for_predictions(client, 5)
    installation.run("systemctl", "reload", installation.SERVICE)
    installation.wait_for_predictions(client, 5)
    assert installation.process() == daemon, "it was restarted instead"
client.check_numbers()
assert not client.of_type("scansLost") and not client.of_type("bye"), "a reload cost something"
