#!/usr/bin/env python3
"""A client that connects before the service runs starts it and is greeted."""

from machine import service
from machine.client import Client
from machine.simulator import Simulator

Simulator()
service.configure()
service.open_sockets()
assert service.show("ActiveState") == "inactive"
clients = [Client() for _ in range(3)]
for client in clients:
    assert client.hello()["protocol"] == 1
service.wait_until(lambda: service.show("ActiveState") == "active", "the service is active")
for client in clients:
    client.wait_for_predictions(2)
    client.check_numbers()
