#!/usr/bin/env python3
"""A scanner on a USB/IP server is out of reach until the shipped example is copied."""

from pathlib import Path

from machine import service
from machine.client import Client
from machine.simulator import Simulator

EXAMPLE = Path("/usr/share/doc/spectrad/usbip.conf.example")

Simulator("--tcp", "127.0.0.1:3240")
service.start(SCANNER_SOURCES="usbip://127.0.0.1:3240/1-1")
client = Client()
client.wait_for(
    lambda _: any(line["state"] == "disconnected" for line in client.of_type("scanner"))
    or any(scanner["state"] == "disconnected" for scanner in client.hello()["scanners"]),
    "the scanner is out of reach",
)
assert not client.predictions(), "the service has network"

service.change_unit(EXAMPLE.read_text().replace("192.0.2.10", "127.0.0.1"))
service.systemctl("restart", service.SERVICE)
Client().wait_for_predictions(3)
