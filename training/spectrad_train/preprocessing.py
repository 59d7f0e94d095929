"""Runs `spectractl preprocess` and reads what it wrote: training computes no spectrum itself."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from . import programs
from .errors import InputError


class Preprocessor:
    """`spectractl preprocess` and a folder for its results."""

    def __init__(self, spectractl, folder):
        self.spectractl = str(spectractl)
        self.folder = Path(folder)

    def run(self, recordings, draft, until, name, options=()):
        """Preprocesses every sample of the recordings up to a stage, into the folder `name`.

        Errors: InputError with what spectractl said, where it refuses a recording or the draft.
        """
        output = self.folder / name
        shutil.rmtree(output, ignore_errors=True)
        (output / "draft").mkdir(parents=True)
        (output / "draft" / "bundle.json").write_text(json.dumps(draft), encoding="utf-8")
        command = [self.spectractl, "preprocess", *map(str, recordings), "--until", until]
        command += ["--bundle", str(output / "draft"), "--output", str(output), *options]
        result = programs.run("spectractl", command)
        said = [line.strip() for line in result.stderr.splitlines() if line.strip()]
        if result.returncode != 0:
            words = " ".join(line for line in said if not line.startswith(("Usage", "See")))
            raise InputError(words.removeprefix("Error: ") or "spectractl preprocess failed")
        return Stages(output, tuple(said))

    def remove(self):
        """Deletes the folder: images of many samples are large."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Stages:
    """The files of one preprocessing run, and what was said about samples that are left out."""

    def __init__(self, folder, notes=()):
        self.folder = Path(folder)
        self.notes = notes

    def spectra(self, target, stage):
        """A stage's spectra of all samples, [samples, points] float64."""
        return np.load(self.folder / target / f"{stage}.npy")

    def meta(self, target):
        """The seven meta-features of all samples as the draft standardises them, [samples, 7]."""
        return np.load(self.folder / target / "meta.npy")

    def images(self, target):
        """The images of all samples, [samples, 3, N, N] float32, read where they are used."""
        return np.load(self.folder / target / "image.npy", mmap_mode="r")

    def table(self):
        """One row per sample: its name, number of scans, labels, temperature and humidity.

        Names and labels are text; an empty one is an empty text.
        """
        path = self.folder / "samples.csv"
        names = pd.read_csv(path, nrows=0).columns
        numbers = {"scans": "int64", "temperature": "float64", "humidity": "float64"}
        kinds = {name: numbers.get(name, "str") for name in names}
        return pd.read_csv(
            path,
            dtype=kinds,
            keep_default_na=False,
            na_values={name: [""] for name in ("temperature", "humidity")},
        )

    def remove(self):
        """Deletes the files: images of many samples are large."""
        shutil.rmtree(self.folder, ignore_errors=True)
