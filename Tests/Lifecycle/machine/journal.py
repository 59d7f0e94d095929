"""What the service logged: entries with their fields."""

import json
import re
from pathlib import Path

from machine.service import SERVICE, command, wait_until

CATALOG = Path("/usr/lib/systemd/catalog/spectrad.catalog")


def entries(*matches: str) -> list[dict]:
    """The entries of the service's own processes, the oldest first."""
    command("journalctl", "--sync")
    lines = command("journalctl", "-o", "json", f"_SYSTEMD_UNIT={SERVICE}", *matches)
    return [json.loads(line) for line in lines.stdout.splitlines()]


def message_id(subject: str) -> str:
    """The MESSAGE_ID of the catalog's entry with this subject."""
    found = re.search(rf"^-- ([0-9a-f]{{32}})\nSubject: {re.escape(subject)}$", CATALOG.read_text(), re.M)
    assert found, f"no catalog entry with the subject '{subject}'"
    return found[1]


def wait_for(subject: str) -> dict:
    """The first entry of the message with this subject in the catalog."""
    identity = message_id(subject)
    found = wait_until(lambda: entries(f"MESSAGE_ID={identity}"), f"'{subject}' in the journal")
    return found[0]
