"""A client of the daemon that keeps every line."""

import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path


class Stream:
    """Reads lines on a thread of its own, so that a scenario can look at them when it likes."""

    def __init__(self, path: Path):
        self.lines: list[dict] = []
        self.changed = threading.Condition()
        self.socket = socket.socket(socket.AF_UNIX)
        deadline = time.monotonic() + 10
        while self.socket.connect_ex(str(path)) != 0:
            assert time.monotonic() < deadline, f"nobody listens at {path}"
            time.sleep(0.05)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with self.socket.makefile() as text:
            for line in text:
                with self.changed:
                    self.lines.append(json.loads(line))
                    self.changed.notify_all()

    def wait_for(
        self, condition: Callable[[list[dict]], object], what: str, seconds: float = 120.0
    ):
        """Returns what the condition gave when that was true for the first time."""
        with self.changed:
            found = self.changed.wait_for(lambda: condition(self.lines), seconds)
            assert found, f"{what}: not within {seconds} s; last lines {self.lines[-3:]}"
            return found

    def predictions(self) -> list[dict]:
        return [line for line in list(self.lines) if line["type"] == "prediction"]

    def of_type(self, kind: str) -> list[dict]:
        return [line for line in list(self.lines) if line["type"] == kind]

    def check_numbers(self) -> None:
        """Every number after the hello's is there, once and in order."""
        numbers = [line["seq"] for line in list(self.lines) if "seq" in line]
        first = self.lines[0]["next"]
        assert numbers == list(range(first, first + len(numbers))), "seq has a gap"
        assert not self.of_type("gap"), "a client that reads was told of a gap"
