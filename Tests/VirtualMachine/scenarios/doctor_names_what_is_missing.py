#!/usr/bin/env python3
"""spectractl doctor names what keeps scans from being answered, and nothing else."""

import shutil
from pathlib import Path

from laboratory import bus, doctor
from laboratory.programs import HOLDER, Daemon, Program, Simulator, synthesize

RULE = Path("/usr/lib/udev/rules.d/60-spectrad.rules")


def expect(name: str | None, found: dict | None) -> None:
    assert (found and found["name"]) == name, f"{found}, expected {name}"


expect("noDevice", doctor.problem("measurer"))
with Simulator(synthesize(donors=1, scans=5), options=("--repeat",)):
    scanner = bus.plug_in()
    expect("userNotInGroup", doctor.problem("stranger"))

    shutil.chown(scanner.node, "root", "root")
    expect("ruleNotApplied", doctor.problem("stranger"))
    shutil.move(RULE, "/run/rule")
    expect("ruleMissing", doctor.problem("stranger"))
    shutil.move("/run/rule", RULE)
    shutil.chown(scanner.node, "root", "spectrad")

    with Program(["python3", "-c", HOLDER], user="measurer") as holder:
        holder.wait_for_text("held")
        expect("heldByProgram", doctor.problem("measurer"))
    expect("notRunning", doctor.problem("measurer"))

    with Daemon() as daemon:
        stream = daemon.connect()
        stream.wait_for(lambda _: stream.predictions(), "a prediction")
        expect(None, doctor.problem("measurer", daemon.socket))
        daemon.stop()
