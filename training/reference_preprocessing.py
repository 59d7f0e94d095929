#!/usr/bin/env python3
"""The oracle of the preprocessing: the definition in numpy and scipy, float64, slow and plain.

Takes the arguments and writes the files of `spectractl preprocess`, so tests can compare the two
and the workshop can run without the Swift programs:

    python3 training/reference_preprocessing.py RECORDING --bundle DIR --until image --output DIR

The shipped bundle is never made with it: training and daemon share one arithmetic, spectractl's.
"""

import argparse
import csv
import json
from pathlib import Path

import numpy as np
from scipy.signal import savgol_filter

STAGES = ("median", "net", "scaling", "scatter", "derivative", "image")


def read_recording(path):
    """Returns wavelengths and, by sample in order of appearance, its scans as dictionaries."""
    samples = {}
    with open(path, encoding="utf-8") as lines:
        header = json.loads(next(lines))
        for line in lines:
            scan = json.loads(line)
            samples.setdefault(scan["sample"], []).append(scan)
    return np.array(header["wavelengthsNanometres"]), samples


def absorbance(scan):
    """log10(reference / sample) at every wavelength, NaN where either is not positive."""
    if "absorbance" in scan:
        return np.array(scan["absorbance"], dtype=float)
    sample = np.array(scan["sampleSignal"], dtype=float)
    reference = np.array(scan["referenceSignal"], dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log10(reference / sample)
    return np.where((sample > 0) & (reference > 0), value, np.nan)


def axis_window(bundle):
    """The bundle's wavelengths and the slice of them that is the window."""
    axis = bundle["axis"]
    wavelengths = np.linspace(axis["startNanometres"], axis["endNanometres"], axis["points"])
    low, high = bundle["window"]["startNanometres"], bundle["window"]["endNanometres"]
    inside = np.flatnonzero((wavelengths >= low) & (wavelengths <= high))
    return wavelengths, slice(inside[0], inside[-1] + 1)


def net_signal(spectra, bundle, target):
    """Correlation with the added signatures minus that with the subtracted ones (steps 4, 5)."""
    if "net" not in target:
        return spectra
    signatures = bundle["signatures"]
    result = []
    for spectrum in spectra:
        mean = spectrum.mean()
        total = np.zeros_like(spectrum)
        for names, sign in ((target["net"]["add"], 1), (target["net"]["subtract"], -1)):
            for name in names:
                signature = np.array(signatures[name]) - mean
                total += sign * np.correlate(spectrum - mean, signature, "same")
        result.append(total)
    return np.array(result)


def scaled(spectra, scaling):
    """Standard normal variate of each spectrum, or training's constants (step 6)."""
    if scaling["kind"] == "global":
        return (spectra - scaling["mean"]) / scaling["standardDeviation"]
    mean = spectra.mean(axis=1, keepdims=True)
    return (spectra - mean) / spectra.std(axis=1, keepdims=True)


def scatter_corrected(spectra, correction):
    """Extended multiplicative scatter correction of the bundle's order (step 7)."""
    reference = np.array(correction["reference"])
    t = np.linspace(0, 1, reference.size)
    design = np.column_stack([reference] + [t**p for p in range(correction["order"] + 1)])
    coefficients = np.linalg.lstsq(design, spectra.T, rcond=None)[0]
    return ((spectra.T - design @ coefficients) / coefficients[0]).T + reference


def meta_features(derivative, temperature, humidity, constants):
    """The seven facts beside the image, standardised with training's constants (step 9)."""
    pca = constants["pca"]
    scores = (derivative - np.array(pca["mean"])) @ np.array(pca["loadings"]).T
    centres = np.array(constants["clusters"])
    distances = ((derivative[:, None, :] - centres[None]) ** 2).sum(axis=2)
    nearest = distances.argmin(axis=1)
    raw = np.column_stack(
        [temperature, humidity, scores, nearest == 0, nearest == 1, derivative.std(axis=1)]
    )
    return (raw - constants["mean"]) / constants["standardDeviation"]


def polar(derivative):
    """Min-max to [-1, 1] and the sine that belongs to it as a cosine (step 10)."""
    low = derivative.min(axis=1, keepdims=True)
    high = derivative.max(axis=1, keepdims=True)
    cosine = np.clip((2 * derivative - high - low) / (high - low), -1, 1)
    return cosine, np.sqrt(1 - cosine * cosine)


def transition_field(spectrum, bins=5):
    """The Markov transition field of one spectrum (step 13)."""
    edges = np.percentile(spectrum, 100 * np.arange(1, bins) / bins)
    places = np.searchsorted(edges, spectrum, side="left")
    transitions = np.zeros((bins, bins))
    np.add.at(transitions, (places[:-1], places[1:]), 1)
    leaving = transitions.sum(axis=1, keepdims=True)
    shares = np.divide(transitions, leaving, out=np.zeros_like(transitions), where=leaving > 0)
    return shares[places][:, places]


def images(derivative):
    """GASF, GADF and MTF as [samples, 3, N, N] float32 (steps 11 to 14)."""
    cosine, sine = (values.astype(np.float32) for values in polar(derivative))
    result = np.empty((len(derivative), 3) + (derivative.shape[1],) * 2, np.float32)
    for index, spectrum in enumerate(derivative):
        u, v = cosine[index], sine[index]
        result[index, 0] = np.outer(u, u) - np.outer(v, v)
        result[index, 1] = np.outer(v, u) - np.outer(u, v)
        result[index, 2] = transition_field(spectrum)
    return result


def medians(wavelengths, samples, axis):
    """Per sample the median spectrum on the bundle's axis, temperature and humidity (1, 2)."""
    spectra, temperatures, humidities = [], [], []
    for scans in samples.values():
        values = [np.interp(axis, wavelengths, absorbance(scan)) for scan in scans]
        spectra.append(np.median(values, axis=0))
        temperatures.append(np.median([scan["temperatureCelsius"] for scan in scans]))
        humidities.append(np.median([scan["relativeHumidityPercent"] for scan in scans]))
    return np.array(spectra), np.array(temperatures), np.array(humidities)


def preprocess(recording, bundle_folder, until, output):
    """Writes every stage up to `until` of every target, and samples.csv."""
    bundle = json.loads((Path(bundle_folder) / "bundle.json").read_text())
    wavelengths, samples = read_recording(recording)
    axis, window = axis_window(bundle)
    spectra, temperatures, humidities = medians(wavelengths, samples, axis)
    wanted = STAGES[: STAGES.index(until) + 1]
    for target in bundle["targets"]:
        folder = Path(output) / target["name"]
        folder.mkdir(parents=True, exist_ok=True)
        values = spectra[:, window]
        steps = {
            "median": lambda x: x,
            "net": lambda x: net_signal(x, bundle, target),
            "scaling": lambda x: scaled(x, target["scaling"]),
            "scatter": lambda x: scatter_corrected(x, target["scatterCorrection"]),
            "derivative": lambda x: savgol_filter(
                x,
                target["savitzkyGolay"]["window"],
                target["savitzkyGolay"]["polynomial"],
                deriv=target["savitzkyGolay"]["derivative"],
                axis=1,
            ),
        }
        for stage in wanted:
            if stage == "image":
                meta = meta_features(values, temperatures, humidities, target["metaFeatures"])
                np.save(folder / "meta.npy", meta.astype(np.float32))
                np.save(folder / "image.npy", images(values))
                continue
            values = steps[stage](values)
            np.save(folder / f"{stage}.npy", values)
    labels = [next(iter(scans))["labels"] for scans in samples.values()]
    targets = [target["name"] for target in bundle["targets"]]
    with open(Path(output) / "samples.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["sample", "scans", *targets, "temperature", "humidity"])
        for index, (name, scans) in enumerate(samples.items()):
            row = [name, len(scans), *(labels[index].get(target, "") for target in targets)]
            writer.writerow([*row, temperatures[index], humidities[index]])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording")
    parser.add_argument("--bundle", required=True)
    parser.add_argument("--until", choices=STAGES, default="image")
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args()
    preprocess(arguments.recording, arguments.bundle, arguments.until, arguments.output)


if __name__ == "__main__":
    main()
