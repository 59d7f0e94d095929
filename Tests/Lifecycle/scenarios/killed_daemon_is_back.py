#!/usr/bin/env python3
"""After SIGKILL the daemon is back in seconds: the sockets stay and the numbers go on."""

import os
import signal
import time

from machine import service
from machine.client import Client
from machine.simulator import Simulator

Simulator()
service.start()
client = Client()
client.wait_for_predictions(12)
socket_file = service.PREDICTIONS.stat().st_ino
for round_number in range(1, 4):
    stream, last = client.hello()["stream"], client.last_number()
    killed = time.monotonic()
    os.kill(service.main_process(), signal.SIGKILL)
    client.wait_for_end()
    last = max(last, client.last_number())
    # Nobody is there to accept, and still nobody is turned away.
    client = Client()
    hello = client.hello()
    seconds = time.monotonic() - killed
    print(f"figure: greeted again after {seconds:.1f} s")
    assert 1.9 < seconds < 10, f"RestartSec is 2, the client waited {seconds:.1f} s"
    assert service.PREDICTIONS.stat().st_ino == socket_file, "the socket is another one"
    assert service.show("NRestarts") == str(round_number)
    assert hello["stream"] == stream, f"the stream changed from {stream} to {hello['stream']}"
    assert hello["next"] > last, f"next is {hello['next']} after {last}"
    client.wait_for_predictions(8)
    client.check_numbers()
