#!/usr/bin/env python3
"""A restart in the middle of scanning loses nothing: no number is missing, no client refused."""

from laboratory import installation

RESTARTS = 3
with installation.plugged_scanner():
    since = installation.last_number()
    watchers = [installation.Watcher(since) for _ in range(3)]
    try:
        for _ in range(RESTARTS):
            watchers[0].wait_for_number(installation.last_number() + 5)
            before = installation.process()
            installation.run("systemctl", "restart", installation.SERVICE)
            # The sockets stayed: this one waits for the daemon instead of being refused.
            installation.run("spectractl", "watch", "--once", "--count", 1, user="reader")
            installation.wait_until_ready(after_process=before)
        last = installation.last_number() + 5
        for watcher in watchers:
            watcher.wait_for_number(last)
            assert watcher.check_every_number_once() == [], "an orderly end leaves no gap"
            refused = "refused" in watcher.log.read_text()
            assert not refused, f"{watcher.log.name}: a client was refused"
    finally:
        for watcher in watchers:
            watcher.process.kill()
            watcher.process.wait()
