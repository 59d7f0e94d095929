"""The report that people read: one page of HTML that holds its own figures."""

import json
import math
import os
from pathlib import Path

import numpy as np

from .illustrations import STAGES, Illustrations
from .page import page

__all__ = ["STAGES", "Illustrations", "write_report"]


def write_report(folder, metrics, illustrations):
    """Writes `metrics.json` and `report.html` into a folder and returns the page's path.

    `metrics` is the dictionary that the brief of `metrics.json` describes; numbers of numpy
    become plain ones and NaN becomes null. `illustrations` maps a target's name to its
    `Illustrations`; a target without them has no plots of spectra.

    The page is self-contained and the same for the same input, byte for byte. Each file is
    replaced as a whole, so a reader never sees half of one.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    metrics = plain(metrics)
    text = json.dumps(metrics, indent=1, ensure_ascii=False, allow_nan=False)
    _replace(folder / "metrics.json", text + "\n")
    path = folder / "report.html"
    _replace(path, page(metrics, illustrations))
    return path


def plain(value):
    """The value as JSON knows it: no numpy, no tuples, None where a number is not finite."""
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, os.PathLike) else value


def _replace(path, text):
    """Writes a file beside its place and moves it there.

    A file name that is not UTF-8 has surrogates, which become backslash escapes.
    """
    beside = path.with_name(path.name + ".part")
    beside.write_text(text, encoding="utf-8", errors="backslashreplace")
    os.replace(beside, path)
