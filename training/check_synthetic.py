#!/usr/bin/env python3
"""Checks that a synthetic recording is learnable but not trivial, and follows the statistics.

    python3 training/check_synthetic.py RECORDING [--statistics train_v1_describe_13140rows.csv]

Prints class shares, scan-to-scan noise and, for each target, the balanced accuracy of PCA + LDA,
cross-validated by donor, on the SNV of each donor's median spectrum from 950 to 1350 nm; then the
same with permuted labels. With the published statistics it also compares mean and standard
deviation of every channel. Exits with status 1 when a figure is outside its limits.
"""

import argparse
import sys

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from reference_preprocessing import absorbance, read_recording

CLASSES = ("low", "ok", "high")
AXIS = np.linspace(900, 1700, 170)
WINDOW = (AXIS >= 950) & (AXIS <= 1350)


class Verdict:
    """Prints figures with their limits and remembers whether one was missed."""

    def __init__(self):
        self.passed = True

    def check(self, name, value, low, high):
        inside = low <= value <= high
        self.passed &= bool(inside)
        print(f"{name:55s} {value:8.4f}  {'ok' if inside else f'OUTSIDE {low:g}..{high:g}'}")


def balanced_accuracy(spectra, labels, priors):
    """PCA (20) + LDA over five folds of donors; each donor is one row."""
    discriminant = LinearDiscriminantAnalysis(priors=priors)
    model = make_pipeline(PCA(20, random_state=0), discriminant)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    predicted = cross_val_predict(model, spectra, labels, cv=folds)
    return balanced_accuracy_score(labels, predicted)


def check_learnable(verdict, medians, samples):
    spectra = medians[:, WINDOW]
    spectra = spectra - spectra.mean(axis=1, keepdims=True)
    spectra /= spectra.std(axis=1, keepdims=True)
    first = [scans[0]["labels"] for scans in samples.values()]
    equal = [1 / 3] * 3
    for target in sorted(first[0]):
        labels = np.array([CLASSES.index(known[target]) for known in first])
        shares = np.bincount(labels, minlength=3) / len(labels)
        print(f"{target}: shares " + " ".join(f"{s:.3f}" for s in shares))
        score = balanced_accuracy(spectra, labels, equal)
        verdict.check(f"{target}: LDA, equal priors", score, 0.55, 0.85)
        score = balanced_accuracy(spectra, labels, None)
        verdict.check(f"{target}: LDA, priors as the shares", score, 0.55, 0.85)
        generator = np.random.default_rng(1)
        permuted = [
            balanced_accuracy(spectra, generator.permutation(labels), equal) for _ in range(5)
        ]
        verdict.check(f"{target}: labels permuted (mean of 5)", np.mean(permuted), 0.28, 0.38)


def check_statistics(verdict, scans, path):
    published = pd.read_csv(path, index_col=0)
    for row, value in (("mean", scans.mean(axis=0)), ("std", scans.std(axis=0, ddof=1))):
        known = published.loc[row].to_numpy(dtype=float)[: AXIS.size]
        ratio = value / known
        verdict.check(f"per-channel {row}: least ratio to the published", ratio.min(), 0.9, 1.1)
        verdict.check(f"per-channel {row}: largest ratio", ratio.max(), 0.9, 1.1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording")
    parser.add_argument("--statistics", help="the published per-channel statistics (CSV)")
    arguments = parser.parse_args()
    wavelengths, samples = read_recording(arguments.recording)
    spectra = [
        np.array([np.interp(AXIS, wavelengths, absorbance(scan)) for scan in scans])
        for scans in samples.values()
    ]
    verdict = Verdict()
    noise = np.mean([values.std(axis=0, ddof=1) for values in spectra], axis=0)
    verdict.check("scan-to-scan deviation: at 1340 nm", noise[93], 0.002, 0.0045)
    verdict.check("scan-to-scan deviation: median channel", np.median(noise), 0.006, 0.009)
    verdict.check("scan-to-scan deviation: at 1700 nm", noise[-1], 0.025, 0.037)
    everything = [scan for scans in samples.values() for scan in scans]
    temperature = np.array([scan["temperatureCelsius"] for scan in everything])
    humidity = np.array([scan["relativeHumidityPercent"] for scan in everything])
    verdict.check("temperature: mean in degrees Celsius", temperature.mean(), 40.1, 42.1)
    verdict.check("temperature: standard deviation", temperature.std(), 2.7, 3.3)
    verdict.check("humidity: mean in percent", humidity.mean(), 30, 33)
    verdict.check("humidity: standard deviation", humidity.std(), 7.3, 8.9)
    if arguments.statistics:
        check_statistics(verdict, np.concatenate(spectra), arguments.statistics)
    check_learnable(verdict, np.array([np.median(v, axis=0) for v in spectra]), samples)
    sys.exit(0 if verdict.passed else 1)


if __name__ == "__main__":
    main()
