#!/usr/bin/env python3
"""A bundle answers from the next sample on when somebody has chosen it, and after a restart."""

from laboratory import installation
from laboratory.stream import Stream

NAME = installation.DEMONSTRATION.name
with installation.configured(SAMPLE_SCANS=5):
    installation.run("systemctl", "reload", installation.SERVICE)
    installation.run("spectractl", "bundle", "install", installation.DEMONSTRATION)
    client = Stream(installation.PREDICTIONS)
    with installation.plugged_scanner():
        installation.wait_for_predictions(client, 2)
        installation.run("spectractl", "bundle", "load", NAME)
        client.wait_for(
            lambda lines: any(line["type"] == "bundle" and line["name"] == NAME for line in lines),
            "clients are told of the bundle",
        )
        answered = client.wait_for(
            lambda lines: [line for line in lines if line.get("final") and line["targets"]],
            "a sample is answered",
        )
        assert len(answered[0]["targets"]) == 3 and answered[0]["demonstration"], answered[0]
        client.check_numbers()

    before = installation.process()
    installation.run("systemctl", "restart", installation.SERVICE)
    installation.wait_until_ready(after_process=before)
    assert installation.status()["bundle"]["name"] == NAME, "the choice is forgotten"
installation.run("systemctl", "reload", installation.SERVICE)
