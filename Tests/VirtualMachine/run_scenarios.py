#!/usr/bin/env python3
"""Runs in the guest as root: every scenario in its own process, one line for each.

A scenario is a Python program of this folder's `scenarios` that ends with status 0. What a failed
one printed and logged is shown below its line, with what the kernel said meanwhile. The last line
is for the host: how many ran, passed and failed.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from laboratory import bus

HERE = Path(__file__).resolve().parent
WORK = Path("/run/vmtest")
# An emulated processor on a busy machine is slow; an idle one needs a twentieth of this.
SECONDS_EACH = 700
LOG_LINES = 60


def title(scenario: Path) -> str:
    """The first line of the scenario's docstring, which says what must be true."""
    first = scenario.read_text().split('"""')[1]
    return first.splitlines()[0].rstrip(".")


def run(scenario: Path, work: Path) -> str | None:
    """Runs it and returns what went wrong, if anything."""
    work.mkdir(parents=True)
    with (work / "output.log").open("w") as output:
        process = subprocess.Popen(
            [sys.executable, scenario],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(HERE), "VMTEST_WORK": str(work)},
            start_new_session=True,
        )
        try:
            status = process.wait(SECONDS_EACH)
            return None if status == 0 else f"status {status}"
        except subprocess.TimeoutExpired:
            return f"not done after {SECONDS_EACH} s"
        finally:
            # Nothing of one scenario reaches the next: no process, no plugged scanner.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
            bus.unplug_all()


def show_logs(work: Path, kernel_lines: list[str]) -> None:
    for log in sorted(work.glob("*.log")):
        for line in log.read_text(errors="replace").splitlines()[-LOG_LINES:]:
            print(f"    {log.name}: {line}", flush=True)
    for line in kernel_lines[-LOG_LINES:]:
        print(f"    kernel: {line}", flush=True)


def show_figures(work: Path) -> None:
    """What a scenario measured, on lines that begin so."""
    for line in (work / "output.log").read_text().splitlines():
        if line.startswith("figure: "):
            print(f"    {line}", flush=True)


def kernel_log() -> list[str]:
    return subprocess.run(["dmesg"], capture_output=True, text=True).stdout.splitlines()


def main() -> None:
    bus.load_driver()
    scenarios = sorted((HERE / "scenarios").glob("*.py"))
    passed = 0
    for scenario in scenarios:
        kernel_lines = len(kernel_log())
        started = time.monotonic()
        failure = run(scenario, WORK / scenario.stem)
        seconds = time.monotonic() - started
        if failure is None:
            passed += 1
            print(f"  passed {seconds:5.1f} s  {title(scenario)}", flush=True)
            show_figures(WORK / scenario.stem)
        else:
            print(f"  FAILED {seconds:5.1f} s  {title(scenario)}: {failure}", flush=True)
            print(f"    in {scenario.name}", flush=True)
            show_logs(WORK / scenario.stem, kernel_log()[kernel_lines:])
    print(f"VMTEST ran={len(scenarios)} passed={passed}", flush=True)


if __name__ == "__main__":
    main()
