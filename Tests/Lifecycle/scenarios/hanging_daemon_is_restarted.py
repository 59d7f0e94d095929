#!/usr/bin/env python3
"""A daemon that stands still is ended by the watchdog and started again."""

import os
import signal
import time

from machine import service
from machine.client import Client
from machine.simulator import Simulator

Simulator()
service.change_unit("[Service]\nWatchdogSec=3\n")
service.start()
client = Client()
client.wait_for_predictions(5)
process = service.main_process()
# It lives through several times WatchdogSec: every stage answers, whether it works or waits.
time.sleep(8)
assert service.main_process() == process, "the watchdog ended a daemon that was alive"
assert service.show("NRestarts") == "0"

os.kill(process, signal.SIGSTOP)
client.wait_for_end()
hello = Client().hello()
assert service.main_process() != process
assert service.show("NRestarts") == "1"
manager = service.command("journalctl", "-u", service.SERVICE, "_PID=1").stdout
assert "Watchdog timeout" in manager, manager
assert hello["stream"] == client.hello()["stream"]
assert hello["next"] > client.last_number()
