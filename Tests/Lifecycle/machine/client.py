"""A client of the prediction socket that also notices its end."""

from pathlib import Path

from laboratory.stream import Stream
from machine.service import PREDICTIONS, wait_until


class Client(Stream):
    """Reads every line until the daemon ends the connection."""

    def __init__(self, path: Path = PREDICTIONS):
        self.has_ended = False
        super().__init__(path)

    def _read(self) -> None:
        try:
            super()._read()
        except OSError:
            pass  # The daemon was killed while lines were on their way.
        self.has_ended = True

    def hello(self, seconds: float = 60.0) -> dict:
        self.wait_for(lambda lines: lines, "hello", seconds)
        assert self.lines[0]["type"] == "hello", self.lines[0]
        return self.lines[0]

    def wait_for_predictions(self, count: int) -> None:
        self.wait_for(lambda _: len(self.predictions()) >= count, f"{count} predictions")

    def wait_for_end(self) -> None:
        wait_until(lambda: self.has_ended, "the daemon ends the connection")

    def last_number(self) -> int:
        return max([line["seq"] for line in list(self.lines) if "seq" in line])
