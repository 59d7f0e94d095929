"""Writes the golden values of the preprocessing steps, computed by numpy, scipy and pyts in float64.

Run from the repository root: python Tests/Golden/chemometrics/make_golden.py
All spectra are synthetic and come from a seed.
"""
import json
import pathlib
import warnings

import numpy as np
from pyts.image import GramianAngularField, MarkovTransitionField
from scipy.signal import correlate, savgol_filter
from scipy.stats import gmean

FOLDER = pathlib.Path(__file__).parent
AXIS = np.linspace(900, 1700, 170)
WINDOW = np.flatnonzero((AXIS >= 950) & (AXIS <= 1350))
ROWS = [0, 7, 42, -2, -1]


def bands(nanometres, centres, widths, heights):
    return sum(h * np.exp(-0.5 * ((nanometres - c) / w) ** 2)
               for c, w, h in zip(centres, widths, heights))


def spectrum(rng, nanometres):
    """A smooth absorbance with broad bands, a slope, an offset and a little noise."""
    heights = rng.uniform(0.1, 0.9, 6)
    smooth = bands(nanometres, [960, 1070, 1195, 1260, 1440, 1620], [35, 60, 40, 30, 70, 90], heights)
    slope = rng.normal(0, 2e-4) * (nanometres - 1150)
    return 0.3 + smooth + slope + 2e-4 * rng.standard_normal(nanometres.size)


def signatures(nanometres):
    return {
        "first": 0.1 + bands(nanometres, [970, 1080, 1260], [40, 120, 90], [0.9, 0.5, 0.35]),
        "second": 0.05 + bands(nanometres, [1040, 1210, 1395], [35, 28, 30], [0.25, 1.0, 0.6]),
        "third": 0.08 + bands(nanometres, [985, 1150, 1310], [30, 60, 50], [0.5, 0.45, 0.4]),
    }


def net_signal(x, added, subtracted):
    if not added and not subtracted:
        return x
    m = x.mean()
    one = lambda s: correlate(x - m, s - m, mode="same", method="direct")
    if x.size % 2:
        assert np.allclose(one(x), np.correlate(x - m, x - m, "same"), atol=1e-12)
    return sum(map(one, added), np.zeros(x.size)) - sum(map(one, subtracted), np.zeros(x.size))


def scaled(x, scaling):
    if scaling is None:
        return (x - x.mean()) / x.std()
    return (x - scaling[0]) / scaling[1]


def corrected(x, order, reference):
    if order is None:
        return x
    t = np.linspace(0, 1, x.size)
    design = np.column_stack([reference, *(t**p for p in range(order + 1))])
    b = np.linalg.lstsq(design, x, rcond=None)[0]
    return (x - design @ b) / b[0] + reference


def image(d):
    row = d[None, :]
    gasf = GramianAngularField(image_size=d.size, method="summation").fit_transform(row)[0]
    gadf = GramianAngularField(image_size=d.size, method="difference").fit_transform(row)[0]
    return np.stack([gasf, gadf, markov(d, 5)])


def markov(d, bins):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        field = MarkovTransitionField(image_size=d.size, n_bins=bins, strategy="quantile")
        return field.fit_transform(d[None, :])[0]


def chain(name, seed, size=85, net=("first", "second", "third"), scaling=None, order=1,
          golay=(5, 2, 1), added=1):
    rng = np.random.default_rng(seed)
    nanometres = AXIS[WINDOW][:size]
    known = signatures(nanometres)
    add = [known[n] for n in net[:added]]
    subtract = [known[n] for n in net[added:]]
    training = [spectrum(rng, nanometres) for _ in range(40)]
    nets = np.array([net_signal(x, add, subtract) for x in training])
    if scaling == "global":
        scaling = (float(nets.mean()), float(nets.std()))
    scales = np.array([scaled(x, scaling) for x in nets])
    reference = scales.mean(axis=0)
    golayed = lambda x: savgol_filter(x, golay[0], golay[1], deriv=golay[2])
    derived = np.array([golayed(corrected(x, order, reference)) for x in scales])
    mean = derived.mean(axis=0)
    loadings = np.linalg.svd(derived - mean, full_matrices=False)[2][:2]
    scores = (derived - mean) @ loadings.T
    clusters = np.array([derived[scores[:, 0] < 0].mean(axis=0), derived[scores[:, 0] >= 0].mean(axis=0)])
    meta_mean, meta_std = rng.uniform(-1, 30, 7), rng.uniform(0.5, 4, 7)

    x = spectrum(rng, nanometres)
    temperature, humidity = rng.uniform(30, 50), rng.uniform(20, 60)
    n = net_signal(x, add, subtract)
    s = scaled(n, scaling)
    c = corrected(s, order, reference)
    d = golayed(c)
    pc = loadings @ (d - mean)
    near = int(np.argmin(((clusters - d) ** 2).sum(axis=1)))
    meta = np.array([temperature, humidity, *pc, near == 0, near == 1, d.std()])
    residual = d - mean - loadings.T @ pc
    variances = scores.var(axis=0)
    return {
        "name": name, "added": lists(add), "subtracted": lists(subtract), "scaling": scaling,
        "order": order, "reference": reference.tolist(), "savitzkyGolay": list(golay),
        "pcaMean": mean.tolist(), "loadings": loadings.tolist(), "variances": variances.tolist(),
        "clusters": clusters.tolist(), "metaMean": meta_mean.tolist(), "metaDeviation": meta_std.tolist(),
        "spectrum": x.tolist(), "temperatureCelsius": temperature, "relativeHumidityPercent": humidity,
        "net": n.tolist(), "scaled": s.tolist(), "corrected": c.tolist(), "derivative": d.tolist(),
        "metaFeatures": ((meta - meta_mean) / meta_std).tolist(),
        "t2": float((pc**2 / variances).sum()), "q": float((residual**2).sum()),
        "rows": [r % size for r in ROWS], "imageRows": image(d)[:, ROWS, :].round(9).tolist(),
    }


def lists(arrays):
    return [a.tolist() for a in arrays]


def chains():
    return [
        chain("snv, order 1, three signatures", 1),
        chain("snv, order 0", 2, order=0),
        chain("snv, order 2, two signatures", 3, order=2, net=("first", "third")),
        chain("global, order 1", 4, scaling="global"),
        chain("global, order 0, two added", 5, scaling="global", order=0, added=2),
        chain("no signatures, no scatter correction", 6, net=(), order=None),
        chain("an even number of wavelengths", 7, size=84),
        chain("second derivative of a cubic over seven", 8, golay=(7, 3, 2)),
        chain("smoothing by a quartic over eleven", 9, golay=(11, 4, 0)),
    ]


def markovs():
    rng = np.random.default_rng(10)
    rows = {
        "distinct": rng.permutation(40).astype(float),
        "ties on the edges": np.repeat(np.arange(11.0), 3)[rng.permutation(33)],
        "few values": rng.integers(0, 3, 30).astype(float),
        "mostly equal": np.where(rng.random(30) < 0.8, 2.0, rng.random(30)),
        "rising": np.arange(21.0),
        "a bin entered once at the end": np.array([1, 2, 1, 2, 1, 2, 3, 2, 1, 9.0]),
    }
    cases = [{"name": name, "bins": bins, "values": values.tolist(), "field": markov(values, bins).round(9).tolist()}
             for name, values in rows.items() for bins in (2, 5)]
    return [case for case in cases if np.isfinite(case["field"]).all()]


def medians():
    rng = np.random.default_rng(11)
    scans = rng.normal(size=(12, 9)).round(1)  # rounded: with duplicates
    counts = list(range(1, 13))
    return {"scans": scans.tolist(), "medians": [np.median(scans[:n], axis=0).tolist() for n in counts]}


def resampling():
    rng = np.random.default_rng(12)
    x = np.linspace(0, 1, 228)
    grid = 901.5 + 815 * x - 16 * x**2
    values = spectrum(rng, grid)
    shuffled = rng.permutation(np.concatenate([np.arange(228), [5, 100, 100, 227]]))
    noisy = values[shuffled] + 1e-3 * rng.standard_normal(shuffled.size)
    distinct, inverse = np.unique(grid[shuffled], return_inverse=True)
    averaged = np.bincount(inverse, noisy) / np.bincount(inverse)
    whole = np.flatnonzero(AXIS > 896)  # every point: both ends are outside the grid, by less than 5 nm
    return [
        {"name": "rising, the window", "from": 11, "to": 96, "wavelengthsNanometres": grid.tolist(),
         "absorbance": values.tolist(), "expected": np.interp(AXIS[WINDOW], grid, values).tolist()},
        {"name": "shuffled with equal wavelengths, the whole axis", "from": 0, "to": len(whole),
         "wavelengthsNanometres": grid[shuffled].tolist(), "absorbance": noisy.tolist(),
         "expected": np.interp(AXIS, distinct, averaged).tolist()},
    ]


def ensembles():
    rng = np.random.default_rng(13)
    cases = []
    for members in (1, 2, 10):
        p = rng.dirichlet([0.3, 0.3, 0.3], members).astype(np.float32)
        p[0] = np.array([1, 0, 0], np.float32) if members == 2 else p[0]
        combined = gmean(np.maximum(p.astype(float), 1e-12), axis=0)
        cases.append({"members": p.astype(float).tolist(), "combined": (combined / combined.sum()).tolist()})
    return cases


def write(name, value):
    text = json.dumps(value, separators=(",", ":"))
    (FOLDER / name).write_text(text + "\n")
    print(name, len(text))


if __name__ == "__main__":
    write("medians.json", medians())
    write("resampling.json", resampling())
    write("ensembles.json", ensembles())
    write("markov.json", markovs())
    for index, value in enumerate(chains()):
        write(f"chain{index}.json", value)
