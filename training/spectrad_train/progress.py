"""What a person sees of a long run: a line for what is done, live ones for what is under way."""

import time
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


class Progress:
    """Tells of a run on standard error: what is finished as lines, the rest as a live display.

    Where standard error is no terminal there is no live display.
    """

    def __init__(self, console=None, quiet=False):
        self.console = console or Console(stderr=True, highlight=False, soft_wrap=True, quiet=quiet)
        self.start = time.monotonic()

    def say(self, text):
        """One line that stays."""
        self.console.print(f"{time.monotonic() - self.start:7.1f} s  {text}", markup=False)

    @contextmanager
    def task(self, name):
        """A step under way that has no parts."""
        with self.live(1) as live:
            live.show(0, name)
            yield

    @contextmanager
    def live(self, count):
        """A bar over `count` tasks and a line for each that is under way."""
        bars = Bars(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        with bars:
            yield Live(bars, count)


class Live:
    """The live display of some tasks, by number."""

    def __init__(self, bars, count):
        self.bars = bars
        self.whole = bars.add_task("all" if count > 1 else "", total=count, visible=count > 1)
        self.lines = {}

    def show(self, index, text):
        """What task `index` is about."""
        if index not in self.lines:
            self.lines[index] = self.bars.add_task(text, total=None)
        self.bars.update(self.lines[index], description=text)

    def finish(self, index):
        """Task `index` is done."""
        if index in self.lines:
            self.bars.remove_task(self.lines.pop(index))
        self.bars.advance(self.whole)


def epoch_text(name, epoch, record):
    """How far a training is."""
    return (
        f"{name}: epoch {epoch + 1}, validation loss {record['validationLoss']:.3f}, "
        f"balanced accuracy {record['validationBalancedAccuracy']:.3f}"
    )
