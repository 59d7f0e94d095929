"""spectractl doctor, asked by one user or another."""

import json
import subprocess

from laboratory import rule

NOBODY_LISTENS = "/run/nobody-listens.sock"


def problem(user: str, socket: object = NOBODY_LISTENS) -> dict | None:
    """The first problem that this user is told of."""
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
    problems = [finding for finding in findings if finding["verdict"] == "problem"]
    assert (done.returncode == 0) == (problems == []), done.returncode
    return problems[0] if problems else None
