"""Runs spectrad's own programs."""

import subprocess

from .errors import InputError


def run(name, command):
    """Runs the program `name`, whose path `command` begins with; returns what came of it.

    Errors: InputError where the program is not there. What its exit status means the caller says.
    """
    command = [str(part) for part in command]
    try:
        return subprocess.run(command, check=False, capture_output=True, text=True)
    except OSError as error:
        raise InputError(
            f"{command[0]}: {error.strerror}, expected {name} "
            f"(build it with `make build`, or name it with --{name})"
        ) from None
