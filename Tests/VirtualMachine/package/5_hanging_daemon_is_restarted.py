#!/usr/bin/env python3
"""A daemon that hangs is ended by systemd's watchdog and started again."""

import os
import signal
import time
from pathlib import Path

from laboratory import installation

SECONDS = 6
# The shipped time is for slow disks; half a minute less of waiting here.
drop_in = Path("/run/systemd/system/spectrad.service.d/watchdog.conf")
drop_in.parent.mkdir(parents=True, exist_ok=True)
drop_in.write_text(f"[Service]\nWatchdogSec={SECONDS}\n")
installation.run("systemctl", "daemon-reload")
before = installation.process()
installation.run("systemctl", "restart", installation.SERVICE)
hanging = installation.wait_until_ready(after_process=before)

with installation.plugged_scanner():
    with installation.Watcher(since=installation.last_number()) as watcher:
        watcher.wait_for_number(watcher.since + 5)
        # Scanning and serving for two of its periods is no hanging.
        installation.pause(2 * SECONDS)
        assert installation.process() == hanging, "the watchdog ended a daemon that works"

        stopped = time.monotonic()
        os.kill(hanging, signal.SIGSTOP)
        installation.wait_until_ready(after_process=hanging)
        seconds = time.monotonic() - stopped
        print(f"figure: ready {seconds:.1f} s after SIGSTOP, with WatchdogSec={SECONDS}")
        assert seconds > SECONDS / 2, "something else than the watchdog restarted it"
        watcher.wait_for_number(installation.status()["next"] + 5)
        watcher.check_every_number_once()
said = installation.run("journalctl", f"--unit={installation.SERVICE}", "--output=cat")
assert "Watchdog timeout" in said, said[-2000:]

drop_in.unlink()
drop_in.parent.rmdir()
installation.run("systemctl", "daemon-reload")
before = installation.process()
installation.run("systemctl", "restart", installation.SERVICE)
installation.wait_until_ready(after_process=before)
