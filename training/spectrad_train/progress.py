"""What a person sees of a long run: a line for what is done, a live one for what is under way."""

import time
from contextlib import contextmanager

from rich.console import Console


class Progress:
    """Tells of a run on standard error: finished steps as lines, the current one as a status.

    Where standard error is no terminal the current epoch is told once in a while only.
    """

    def __init__(self, console=None, quiet=False):
        self.console = console or Console(stderr=True, highlight=False, soft_wrap=True)
        self.quiet = quiet
        self.start = time.monotonic()

    def say(self, text):
        """One line that stays."""
        if not self.quiet:
            self.console.print(f"{time.monotonic() - self.start:7.1f} s  {text}", markup=False)

    @contextmanager
    def task(self, name):
        """A step under way; gives a function that reports an epoch of it."""
        began = time.monotonic()
        with self.console.status("", spinner="dots") as status:
            self._show(status, name)

            def report(epoch, record):
                self._show(
                    status,
                    f"{name}: epoch {epoch + 1}, {time.monotonic() - began:.0f} s, "
                    f"validation loss {record['validationLoss']:.3f}, "
                    f"balanced accuracy {record['validationBalancedAccuracy']:.3f}",
                )

            yield report

    def _show(self, status, text):
        if not self.quiet:
            status.update(f"{time.monotonic() - self.start:7.1f} s  {text}".replace("[", r"\["))
