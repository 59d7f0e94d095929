#!/usr/bin/env python3
"""A stop tells every client `bye`, loses nothing, and leaves the sockets for whoever comes next."""

from machine import journal, service
from machine.client import Client
from machine.simulator import Simulator

Simulator()
service.start()
client = Client()
client.wait_for_predictions(12)
service.systemctl("stop", service.SERVICE)
client.wait_for_end()
assert client.lines[-1]["type"] == "bye" and client.lines[-1]["reason"] == "shutdown", client.lines[-1]
client.check_numbers()
assert service.show("Result") == "success", service.show("Result")
assert service.show("ExecMainStatus") == "0"
journal.wait_for("spectrad comes to its end")
assert all(service.show("ActiveState", socket) == "active" for socket in service.SOCKETS)

# A clean end gives back the numbers that were not used: none is missing.
again = Client()
hello = again.hello()
assert hello["stream"] == client.hello()["stream"], "the stream is another one"
assert hello["next"] == client.last_number() + 1, (hello["next"], client.last_number())
again.wait_for_predictions(5)
again.check_numbers()
