#!/usr/bin/env python3
"""The journal has fields to search by, an explanation for each event, and nothing per scan."""

from machine import journal, service
from machine.client import Client
from machine.simulator import Simulator

service.command("journalctl", "--update-catalog")
simulator = Simulator()
service.start()
client = Client()
client.wait_for_predictions(5)

started = journal.wait_for("spectrad is ready")
assert started["PRIORITY"] == "6" and started["SYSLOG_IDENTIFIER"] == "spectrad", started
assert started["_UID"] == str(service.STATE.stat().st_uid) != "0", started
ready = journal.wait_for("Scanner @SPECTRAD_SCANNER@ is ready")
scanner = client.predictions()[0]["scanner"]
assert ready["SPECTRAD_SCANNER"] == scanner, ready
assert journal.entries(f"SPECTRAD_SCANNER={scanner}"), "the field cannot be searched by"
explained = service.command("journalctl", "-x", "-u", service.SERVICE).stdout
assert f"Scanner {scanner} is ready" in explained, "the catalog explains nothing"

# Scans, and not one line more; a name of a sample nowhere.
client.wait_for_predictions(len(client.predictions()) + 5)
count = len(journal.entries())
client.wait_for_predictions(len(client.predictions()) + 40)
assert len(journal.entries()) == count, journal.entries()[count:]
names = {line["sample"] for line in client.predictions()}
# Numbers such as those of samples without a name stand for other things as well.
names = {name for name in names if not name.isdigit()}
for entry in journal.entries():
    found = [name for name in names for value in entry.values() if name in str(value)]
    assert not found, f"the journal tells the sample {found}: {entry}"

simulator.end()
lost = journal.wait_for("Scanner @SPECTRAD_SCANNER@ is away")
assert lost["PRIORITY"] == "4" and lost["SPECTRAD_SCANNER"] == scanner, lost
