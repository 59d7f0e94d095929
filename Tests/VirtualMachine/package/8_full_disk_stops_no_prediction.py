#!/usr/bin/env python3
"""A full disk stops no prediction; it is said, and storing goes on when there is room again."""

from laboratory import bus, installation
from laboratory.stream import Stream


def restart() -> None:
    before = installation.process()
    installation.run("systemctl", "restart", installation.SERVICE)
    installation.wait_until_ready(after_process=before)


installation.run("systemctl", "stop", installation.SERVICE)
mount = ("mount", "-t", "tmpfs", "-o", "size=8m,mode=0700,uid=spectrad,gid=spectrad")
installation.run(*mount, "tmpfs", installation.STORE)
try:
    installation.run("systemctl", "start", installation.SERVICE)
    installation.wait_until_ready()
    client = Stream(installation.PREDICTIONS)
    with installation.plugged_scanner():
        installation.wait_for_predictions(client, 3)
        filler = installation.STORE / "something-else"
        try:
            filler.write_bytes(bytes(8 << 20))
        except OSError:
            pass  # Full, as it should be.
        bus.wait_until(
            lambda: installation.status()["store"].get("problem"), "the daemon says that it is full"
        )
        installation.wait_for_predictions(client, 20)
        full = installation.status()["store"]
        assert not full["available"], full
        assert any(
            "9e6cd86860b1414e953eee65e7f96a90" in entry.get("MESSAGE_ID", "")
            for entry in installation.journal()
        ), "no message for operators says that the disk is full"

        filler.unlink()
        bus.wait_until(
            lambda: installation.status()["store"]["available"], "it stores again", seconds=150
        )
        installation.wait_for_predictions(client, 5)
        client.check_numbers()
        with installation.Watcher(since=client.lines[0]["next"] - 1) as watcher:
            watcher.wait_for_number(installation.last_number())
            gaps = watcher.check_every_number_once()
            # What waited in memory is stored now; what had no room there is a gap.
            assert all(gap["reason"] == "notStored" for gap in gaps), gaps
finally:
    installation.run("systemctl", "stop", installation.SERVICE)
    installation.run("umount", installation.STORE)
restart()
