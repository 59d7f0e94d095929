#!/usr/bin/env python3
"""Makes standard.json: scans of a standard with peaks, and what numpy and scipy say of them.

Run from the repository root: python3 Tests/Golden/check/make_check.py
"""

import json

import numpy as np
from scipy.signal import find_peaks, peak_prominences

SEED = 20261121
SCANS = 8
POINTS = 228
GAINS = [64, 64, 32, 64, 32, 64, 64, 64]
PROMINENCE = 0.02


def main() -> None:
    random = np.random.default_rng(SEED)
    # Points of a scanner are not evenly spaced.
    wavelengths = np.round(np.linspace(900.3, 1699.1, POINTS) + np.linspace(-1, 1, POINTS) ** 2, 4)
    absorbance = 0.05 + 0.0001 * (wavelengths - 900)
    for centre, width, height in [(1142.6, 9, 0.21), (1209.9, 12, 0.4), (1318, 8, 0.019),
                                  (1410.2, 15, 0.15), (1417, 4, 0.004), (1585.7, 11, 0.03)]:
        absorbance = absorbance + height * np.exp(-0.5 * ((wavelengths - centre) / width) ** 2)
    reference = 40_000 + 30_000 * np.exp(-0.5 * ((wavelengths - 1300) / 220) ** 2)
    scans = []
    for gain in GAINS:
        noise = random.normal(0, 0.0007, POINTS)
        scaled = np.round(reference * gain / 64).astype(int)
        signal = np.round(scaled * 10 ** -(absorbance + noise)).astype(int)
        scans.append({
            "sampleSignal": signal.tolist(), "referenceSignal": scaled.tolist(), "gain": gain,
            "lampPhotodiode": int(random.integers(3790, 3810)),
        })
    # The detector's first point gave nothing once: no absorbance there.
    scans[3]["sampleSignal"][0] = 0

    signals = np.array([s["sampleSignal"] for s in scans], dtype=float)
    references = np.array([s["referenceSignal"] for s in scans], dtype=float)
    with np.errstate(divide="ignore"):
        spectra = np.log10(references / signals)
    usable = np.all(np.isfinite(spectra), axis=0)
    mean, deviation = spectra[:, usable].mean(axis=0), spectra[:, usable].std(axis=0, ddof=1)
    found, _ = find_peaks(mean)
    prominences = peak_prominences(mean, found)[0]
    positions = []
    for peak in found:
        x = wavelengths[usable][peak - 1:peak + 2]
        a, b, _ = np.polyfit(x - x[1], mean[peak - 1:peak + 2], 2)
        positions.append(float(x[1] - b / (2 * a)))

    def chosen(limit: float) -> list[float]:
        noise = 6 / np.sqrt(SCANS) * deviation[found]
        return [p for p, h, n in zip(positions, prominences, noise) if h >= max(limit, n)]

    result = {
        "wavelengthsNanometres": wavelengths.tolist(), "scans": scans,
        "mean": mean.tolist(), "usableFrom": int(np.flatnonzero(usable)[0]),
        "allPeaks": [{"index": int(i), "nanometres": p, "prominence": float(h)}
                     for i, p, h in zip(found, positions, prominences)],
        "noiseAbsorbance": float(np.median(deviation)),
        "lampPhotodiode": float(np.median([s["lampPhotodiode"] for s in scans])),
        "signalCounts": float(np.median((signals / np.array(GAINS)[:, None]).mean(axis=0))),
        "peaksNanometres": chosen(PROMINENCE), "candidatesNanometres": chosen(PROMINENCE / 2),
    }
    with open("Tests/Golden/check/standard.json", "w", encoding="utf-8") as file:
        json.dump(result, file, separators=(",", ":"))
        file.write("\n")
    print(result["peaksNanometres"], result["candidatesNanometres"], len(found))


if __name__ == "__main__":
    main()
