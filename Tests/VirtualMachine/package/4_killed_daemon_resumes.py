#!/usr/bin/env python3
"""A killed daemon is back in seconds; who resumes sees every number once, or a gap that says crash."""

import os
import signal
import time

from laboratory import installation

KILLS = 3
with installation.plugged_scanner():
    with installation.Watcher(since=installation.last_number()) as watcher:
        watcher.wait_for_number(watcher.since + 10)
        for _ in range(KILLS):
            before, killed = installation.process(), time.monotonic()
            os.kill(before, signal.SIGKILL)
            installation.wait_until_ready(after_process=before)
            print(f"figure: ready {time.monotonic() - killed:.1f} s after SIGKILL")
            # Past the block of numbers that the killed daemon had reserved.
            watcher.wait_for_number(installation.status()["next"] + 5)
        gaps = watcher.check_every_number_once()
        assert all(gap["reason"] == "crash" for gap in gaps), gaps
        streams = {line["stream"] for line in watcher.lines() if line["type"] == "hello"}
        assert len(streams) == 1, "the stream changed without need"
assert int(installation.unit_property("NRestarts")) >= KILLS
