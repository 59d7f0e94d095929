"""The installed package, as an administrator and the users of a machine meet it.

The scenarios of the package share one installation and one running service, in the order of their
names; each leaves the service running, with a configuration that is the next one's.
"""

import json
import os
import pwd
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from laboratory import bus
from laboratory.programs import Program, Simulator, synthesize
from laboratory.stream import Stream

SERVICE = "spectrad.service"
SOCKETS = ("spectrad-predictions.socket", "spectrad-control.socket")
PREDICTIONS = Path("/run/spectrad/predictions.sock")
CONTROL = Path("/run/spectrad/io.spectrad")
CONFIGURATION = Path("/etc/spectrad/spectrad.conf")
STATE = Path("/var/lib/spectrad")
STORE = STATE / "store"
DEMONSTRATION = Path("/usr/share/spectrad/bundles/blood-synthetic")
PACKAGE = Path("/opt/vmtest/spectrad.deb")
EVENT_TYPES = ("scanner", "prediction", "bundle", "scansLost")


def run(*words: object, user: str | None = None, status: int | None = 0) -> str:
    """What a command prints, as root or another user; None allows every status."""
    identity = {}
    if user is not None:
        entry = pwd.getpwnam(user)
        groups = os.getgrouplist(user, entry.pw_gid)
        identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": groups}
    done = subprocess.run(
        [str(word) for word in words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        **identity,
    )
    print(f"$ {' '.join(str(word) for word in words)}\n{done.stdout}", flush=True)
    found = f"{words[0]}: status {done.returncode}, expected {status}: {done.stdout}"
    assert status is None or done.returncode == status, found
    return done.stdout


def unit_property(name: str, unit: str = SERVICE) -> str:
    words = ["systemctl", "show", "--value", f"--property={name}", unit]
    return subprocess.check_output(words, text=True).strip()


def state(unit: str = SERVICE) -> str:
    return unit_property("ActiveState", unit)


def process() -> int:
    """The daemon's process; 0 while there is none."""
    return int(unit_property("MainPID"))


def wait_until_ready(after_process: int = 0, seconds: float = 120.0) -> int:
    """The process of a daemon that has said it is ready, and that is not the one before."""

    def is_ready() -> int:
        found = process()
        is_new = found not in (0, after_process)
        return found if is_new and state() == "active" else 0

    return bus.wait_until(is_ready, "the service is ready", seconds)


def status() -> dict:
    """What the daemon says of itself, asked by the administrator."""
    answer = json.loads(run("spectractl", "status", "--json"))
    return answer.get("status", answer)


def journal(*matches: str) -> list[dict]:
    """The service's journal as structured entries."""
    run("journalctl", "--sync")
    text = run("journalctl", "--output=json", f"--unit={SERVICE}", *matches)
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@contextmanager
def plugged_scanner(donors: int = 50, scans: int = 20) -> Iterator[bus.Scanner]:
    """A virtual scanner with enough to scan for a scenario."""
    recording = synthesize(donors=donors, scans=scans)
    with Simulator(recording, options=("--repeat",)):
        yield bus.plug_in()


def wait_for_predictions(stream: Stream, count: int) -> list[dict]:
    """That many more predictions than there are now."""
    before = len(stream.predictions())
    try:
        stream.wait_for(
            lambda lines: sum(line["type"] == "prediction" for line in lines) >= before + count,
            f"{count} more predictions",
        )
    except AssertionError:
        # What the daemon and its journal say explains it better than what did not come.
        run("spectractl", "scanners", status=None)
        run("journalctl", f"--unit={SERVICE}", "--output=cat", "--lines=30")
        print(*stream.of_type("scanner"), sep="\n")
        raise
    return stream.predictions()[before:]


class Watcher(Program):
    """`spectractl watch --since`, which must see every number once, whatever the daemon does."""

    def __init__(self, since: int):
        command = ["spectractl", "watch", "--json", "--since", since]
        super().__init__(command, user="reader")
        self.since = since

    def lines(self) -> list[dict]:
        """The lines of the stream so far; its notices to people are no JSON."""
        text = self.log.read_text()
        whole = text[: text.rfind("\n") + 1].splitlines()
        return [json.loads(line) for line in whole if line.startswith("{")]

    def wait_for_number(self, number: int, seconds: float = 120.0) -> None:
        def has_come() -> bool:
            assert self.process.poll() is None, f"{self.log.name}: watch has ended"
            return any(line.get("seq", line.get("to", 0)) >= number for line in self.lines())

        bus.wait_until(has_come, f"watch has seen number {number}", seconds)

    def check_every_number_once(self) -> list[dict]:
        """Every number from the first is an event once, or in a gap once; returns the gaps."""
        expected, gaps = self.since + 1, []
        for line in self.lines():
            if line["type"] in EVENT_TYPES:
                assert line["seq"] == expected, f"number {line['seq']}, expected {expected}"
                expected += 1
            elif line["type"] == "gap":
                assert line["from"] == expected, f"gap {line}, expected from {expected}"
                expected = line["to"] + 1
                gaps.append(line)
        assert expected > self.since + 1, "watch has seen nothing"
        return gaps


def last_number() -> int:
    """The number of the last event."""
    return status()["next"] - 1


@contextmanager
def configured(**keys: object) -> Iterator[None]:
    """The configuration with these keys, such as SAMPLE_SCANS, put back afterwards."""
    original = CONFIGURATION.read_text()
    added = "".join(f"{name}={value}\n" for name, value in keys.items())
    CONFIGURATION.write_text(original + added)
    try:
        yield
    finally:
        CONFIGURATION.write_text(original)


def pause(seconds: float) -> None:
    """Lets the service run under load; what is checked afterwards does not depend on it."""
    time.sleep(seconds)
