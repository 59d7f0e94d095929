"""Recordings as they lie on disk."""

import json
from collections.abc import Iterable
from pathlib import Path


def scans(paths: Iterable[Path]) -> list[dict]:
    """The scan lines of recordings, one after the other."""
    lines = [json.loads(line) for path in paths for line in path.read_text().splitlines()]
    return [line for line in lines if line.get("type") != "recording"]


def sample_signals(path: Path) -> list[list[int]]:
    return [scan["sampleSignal"] for scan in scans([path])]
