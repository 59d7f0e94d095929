"""Runs `spectractl preprocess` and reads what it wrote: training computes no spectrum itself."""

import json
import shlex
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd

from .method import CLASSES


class Preprocessor:
    """One recording and the command that preprocesses it under any draft of a bundle."""

    def __init__(self, command, recording, folder):
        self.command = shlex.split(command)
        self.recording = str(recording)
        self.folder = Path(folder)

    def run(self, bundle, until):
        """Preprocesses every sample up to a stage and returns the folder with the results.

        They stay until the next run up to the same stage.
        """
        draft, output = self.folder / "draft", self.folder / until
        for folder in (draft, output):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        (draft / "bundle.json").write_text(json.dumps(bundle))
        arguments = [self.recording, "--bundle", str(draft), "--until", until]
        subprocess.run([*self.command, *arguments, "--output", str(output)], check=True)
        return Stages(output)


class Stages:
    """The files of one preprocessing run."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def spectra(self, target, stage):
        """A stage's spectra of all samples, [samples, points] float64."""
        return np.load(self.folder / target / f"{stage}.npy")

    def meta(self, target):
        """The seven meta-features of all samples, [samples, 7]."""
        return np.load(self.folder / target / "meta.npy")

    def images(self, target, region=None):
        """The images of all samples, [samples, 3, N, N] float32, or their upper left region."""
        images = np.load(self.folder / target / "image.npy", mmap_mode="r")
        return np.ascontiguousarray(images[:, :, :region, :region])

    def samples(self):
        """One row per sample: its name, number of scans, labels, temperature and humidity."""
        return pd.read_csv(self.folder / "samples.csv", dtype={"sample": str})

    def classes(self, target):
        """The class index of every sample."""
        labels = self.samples()[target].fillna("")
        unknown = sorted(set(labels) - set(CLASSES))
        if unknown:
            raise ValueError(f"{target}: labels {unknown}, expected {list(CLASSES)}")
        return labels.map(CLASSES.index).to_numpy()
