#!/usr/bin/env python3
"""`systemctl reload` puts a changed configuration in force without losing a scan or a client."""

from machine import journal, service
from machine.client import Client
from machine.simulator import Simulator

Simulator()
service.start(SAMPLE_SCANS=5)
client = Client()
client.wait_for_predictions(12)
process = service.main_process()

service.configure(SAMPLE_SCANS=3)
service.systemctl("reload", service.SERVICE)
assert service.main_process() == process
assert service.show("ActiveState") == "active"
journal.wait_for("The configuration was read again")


def has_short_sample(_) -> bool:
    return any(line["final"] and line["scans"] == 3 for line in client.predictions())


client.wait_for(has_short_sample, "a sample of three scans")
assert not client.has_ended, "the client was disconnected"
client.check_numbers()
assert not client.of_type("scansLost")

# By hand, as an administrator would: it says what was done.
service.configure(SAMPLE_SCANS=4)
done = service.command("spectractl", "reload")
assert done.returncode == 0, done.stderr
assert "sample.scans" in done.stdout + done.stderr, done
service.wait_until(lambda: service.show("ActiveState") == "active", "the reload is over")
