#!/usr/bin/env python3
"""A service that cannot start says why, and starts by itself once the mistake is corrected."""

from machine import journal, service
from machine.client import Client

service.configure(SAMPLE_SCANS="many")
service.open_sockets()
client = Client()
service.wait_until(lambda: int(service.show("NRestarts")) >= 2, "systemd tries again")
assert service.show("ExecMainStatus") == "78", service.show("ExecMainStatus")
lines = [entry["MESSAGE"] for entry in journal.entries()]
assert any("sample.scans" in line for line in lines), lines
assert all(service.show("ActiveState", socket) == "active" for socket in service.SOCKETS)

service.configure(SCANNER_SOURCES="")
assert client.hello()["protocol"] == 1, "the client that waited is greeted"
service.wait_until(lambda: service.show("ActiveState") == "active", "the service is active")
