#!/usr/bin/env python3
"""`systemctl reload` of a mistaken configuration fails with the reason, and nothing changes."""

from machine import journal, service
from machine.client import Client
from machine.simulator import Simulator

Simulator()
service.start()
client = Client()
client.wait_for_predictions(5)
process = service.main_process()

service.configure(SAMPLE_SCANS="many")
done = service.command("systemctl", "reload", service.SERVICE)
assert done.returncode != 0, "systemctl reload says that all is well"
entry = journal.wait_for("The configuration is refused")
assert "sample.scans" in entry["MESSAGE"] + entry.get("SPECTRAD_ERROR", ""), entry
assert service.main_process() == process
assert service.show("ActiveState") == "active"

by_hand = service.command("spectractl", "reload")
assert by_hand.returncode != 0
assert "sample.scans" in by_hand.stderr, by_hand.stderr

client.wait_for_predictions(len(client.predictions()) + 6)
assert any(line["final"] and line["scans"] == 5 for line in client.predictions())
client.check_numbers()
service.configure()
service.systemctl("reload", service.SERVICE)
