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

    `illustrations` maps a target's name to its `Illustrations`; a target without them has no
    plots of spectra. `metrics` is what `metrics.json` holds (numbers of numpy become plain ones,
    NaN becomes null):

    - `format` (1), `name`, `version`, `data` and, if known, `description`, `intendedUse`,
      `samples`, `groups`, `folds`; `recordings` (a list of `file` and `sha256`), `settings`,
      `programs` (versions);
    - `targets`: per target `classes` (class to count), `models` (model to `metrics.figures`, empty
      where nothing was measured), and if known `int8` (`comparison.quantization_effect`),
      `verdict` (`comparison.verdict`), `histories` (per fold the list of epochs of
      `fitting.Fitted`) and `members` (of each its `epochs` and `int8Agreement`);
    - `unseen`, optional: `samples` and `targets` of recordings never used in training;
    - `imbalance`, optional: `default` (a kind), `means` (a kind's balanced accuracy over targets),
      and per target a kind's `accuracy`, `balancedAccuracy`, `interval` and, if known, `perClass`
      (sensitivities).

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
