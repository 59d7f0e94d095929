#!/usr/bin/env python3
"""`systemctl start` returns when the service is ready, with a status that a person understands."""

from machine import service
from machine.client import Client
from machine.simulator import Simulator

Simulator()
service.start()
assert service.show("SubState") == "running"
status = service.show("StatusText")
print(f"status: {status}")
assert len(status) > 10, f"StatusText is '{status}'"
assert service.show("NRestarts") == "0"
client = Client()
client.wait_for_predictions(3)
client.check_numbers()
service.wait_until(
    lambda: "1 scanner" in service.show("StatusText"),
    f"the status counts the scanner, it was '{service.show('StatusText')}'",
)
