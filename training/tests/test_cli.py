"""What the command line makes of errors."""

import errno
import sys
from types import SimpleNamespace

import pytest

from spectrad_train import cli


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "bundle"), "bundle: Permission denied"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_in_a_sentence(monkeypatch, capsys, error, said):
    def run(chosen):
        raise error

    commands = SimpleNamespace(run=run)
    monkeypatch.setitem(sys.modules, "spectrad_train.commands", commands)
    monkeypatch.setattr("spectrad_train.commands", commands, raising=False)
    assert cli.main(["fit", "a.scans.ndjson", "--output", "bundle"]) == 2
    assert capsys.readouterr().err == f"spectrad-train: {said}\n"
