#!/usr/bin/env python3
"""The enabled service starts with the machine and reads its scanner though nobody listens."""

import time

from machine import service
from machine.client import Client
from machine.simulator import Simulator

Simulator()
service.configure()
service.systemctl("enable", service.SERVICE)
wanted = service.command("systemctl", "list-dependencies", "--plain", "multi-user.target").stdout
assert service.SERVICE in wanted, wanted
sockets = service.command("systemctl", "list-dependencies", "--plain", "sockets.target").stdout
assert all(socket in sockets for socket in service.SOCKETS), sockets
service.systemctl("start", service.SERVICE)
time.sleep(2)
hello = Client().hello()
assert hello["next"] > 1, f"nothing was numbered while nobody listened: {hello}"
assert [scanner["state"] for scanner in hello["scanners"]] == ["ready"], hello
