#!/usr/bin/env python3
"""spectractl doctor names what keeps scans from being answered, and is content when nothing does."""

import json
import shutil
import subprocess
from pathlib import Path

from laboratory import bus, rule
from laboratory.programs import HOLDER, Daemon, Program, Simulator, synthesize

RULE = Path("/usr/lib/udev/rules.d/60-spectrad.rules")
NOBODY = "/run/nobody-listens.sock"


def problem(user: str, socket: object = NOBODY) -> str | None:
    """The name of the first problem that this user is told of."""
    command = ["spectractl", "doctor", "--json", "--set", "scanner.sources=usb"]
    done = subprocess.run(
        [*command, "--socket", str(socket)],
        user=user,
        group=user,
        extra_groups=rule.groups(user),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    print(done.stdout, done.stderr)
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    names = [finding["name"] for finding in findings if finding["verdict"] == "problem"]
    assert (done.returncode == 0) == (names == []), done.returncode
    return names[0] if names else None


def expect(name: str | None, found: str | None) -> None:
    assert found == name, f"{found}, expected {name}"


expect("noDevice", problem("measurer"))
with Simulator(synthesize(donors=1, scans=5), options=("--repeat",)):
    scanner = bus.plug_in()
    expect("userNotInGroup", problem("stranger"))

    shutil.chown(scanner.node, "root", "root")
    expect("ruleNotApplied", problem("stranger"))
    shutil.move(RULE, "/run/rule")
    expect("ruleMissing", problem("stranger"))
    shutil.move("/run/rule", RULE)
    shutil.chown(scanner.node, "root", "spectrad")

    with Program(["python3", "-c", HOLDER], user="measurer") as holder:
        holder.wait_for_text("held")
        expect("heldByProgram", problem("measurer"))
    expect("notRunning", problem("measurer"))

    with Daemon() as daemon:
        stream = daemon.connect()
        stream.wait_for(lambda _: stream.predictions(), "a prediction")
        expect(None, problem("measurer", daemon.socket))
        daemon.stop()
