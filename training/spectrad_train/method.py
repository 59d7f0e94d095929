"""What the daemon does to a spectrum before the network: axis, window, signatures, steps."""

import hashlib
import json
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .errors import InputError

AXIS = {"startNanometres": 900, "endNanometres": 1700, "points": 170}
WINDOW = {"startNanometres": 950, "endNanometres": 1350}
META_FEATURES = 7

# Absorption bands as (wavelength in nm, width in nm, height). Parametric and our own: the bands
# stand where textbooks of near-infrared spectroscopy put the bonds; heights are relative.
SIGNATURE_BANDS = {
    # The tail of the band near 915 nm; the N-H second overtone of the globin.
    "deoxyhaemoglobin": ((915, 60, 1.0), (1020, 24, 0.35)),
    # C-H third overtone, combination, second overtones of methylene and methyl, combination.
    "fat": ((930, 18, 0.35), (1040, 22, 0.2), (1165, 18, 0.4), (1211, 18, 1.0), (1390, 30, 1.0)),
    # O-H and C-H second overtones and combinations.
    "glucose": ((1120, 40, 0.3), (1190, 40, 0.6), (1270, 40, 0.6), (1420, 60, 2.0)),
}

# High fat goes with high LDL cholesterol, so its signature stays in.
BLOOD_NET_SIGNALS = {
    "hdl_cholesterol": {"add": ["deoxyhaemoglobin"], "subtract": ["fat", "glucose"]},
    "ldl_cholesterol": {"add": ["deoxyhaemoglobin"], "subtract": ["glucose"]},
    "haemoglobin": {"add": ["deoxyhaemoglobin"], "subtract": ["fat", "glucose"]},
}


def wavelengths(axis, window):
    """The axis' wavelengths inside the window, in nanometres."""
    values = np.linspace(axis["startNanometres"], axis["endNanometres"], axis["points"])
    inside = (values >= window["startNanometres"]) & (values <= window["endNanometres"])
    return values[inside]


@dataclass(frozen=True)
class Method:
    """The steps before the network, as a bundle writes them, without anything that training finds.

    `nets` has an entry for each target whose net signal is formed of `signatures`; the spectrum
    of other targets goes on as it is.
    """

    axis: dict = field(default_factory=lambda: dict(AXIS))
    window: dict = field(default_factory=lambda: dict(WINDOW))
    signatures: dict = field(default_factory=dict)
    nets: dict = field(default_factory=dict)
    scaling: str = "snv"
    scatter_order: int | None = 1
    savitzky_golay: dict = field(
        default_factory=lambda: {"window": 5, "polynomial": 2, "derivative": 1}
    )
    markov_bins: int = 5
    minimum_scatter_slope: float = 0.1

    @property
    def wavelengths_nanometres(self):
        """The window's wavelengths, [points]."""
        return wavelengths(self.axis, self.window)

    @property
    def points(self):
        """How many points the window has, which is also the side of the image."""
        return len(self.wavelengths_nanometres)

    def draft(self, targets, classes):
        """A bundle without members, which is all that `spectractl preprocess` needs.

        `classes` are the class names of each target. Placeholders have the right shapes.
        """
        return {
            "format": 1,
            "name": "draft",
            "version": "0",
            "axis": self.axis,
            "window": self.window,
            "signatures": {name: list(values) for name, values in self.signatures.items()},
            "targets": [self._target(name, classes[name]) for name in targets],
            "quality": {
                "minimumSignalCounts": 0,
                "maximumRawCounts": 0,
                "minimumScatterSlope": self.minimum_scatter_slope,
            },
        }

    def _target(self, name, classes):
        nothing = [0.0] * self.points
        target = {
            "name": name,
            "classes": list(classes),
            "scaling": {"kind": self.scaling},
            "savitzkyGolay": self.savitzky_golay,
            "metaFeatures": {
                "pca": {"mean": nothing, "loadings": [nothing] * 2, "variances": [1.0, 1.0]},
                "clusters": [nothing] * 2,
                "mean": [0.0] * META_FEATURES,
                "standardDeviation": [1.0] * META_FEATURES,
            },
            "image": {"channels": ["gasf", "gadf", "mtf"], "mtfBins": self.markov_bins},
            "members": [],
            "combine": "geometricMean",
            "abstain": {"minimumProbability": 0.0, "t2Limit": None, "qLimit": None},
        }
        if self.scaling == "global":
            target["scaling"] |= {"mean": 0.0, "standardDeviation": 1.0}
        if name in self.nets:
            target["net"] = self.nets[name]
        return target

    def described(self):
        """The method as the settings of a run name it."""
        return {
            "axis": self.axis,
            "window": self.window,
            # Digests: a measured signature may be no one's to pass on with the figures.
            "signatures": {name: _digest(values) for name, values in self.signatures.items()},
            "nets": self.nets,
            "scaling": self.scaling,
            "scatterOrder": self.scatter_order,
            "savitzkyGolay": self.savitzky_golay,
            "markovBins": self.markov_bins,
            "minimumScatterSlope": self.minimum_scatter_slope,
        }


def _digest(values):
    return hashlib.sha256(json.dumps(list(values)).encode()).hexdigest()


def band_signature(name, wavelengths_nanometres):
    """A compound's absorption as Pearson VII bands of exponent 2, [points]."""
    bands = (
        height / (1 + ((wavelengths_nanometres - centre) / width) ** 2) ** 2
        for centre, width, height in SIGNATURE_BANDS[name]
    )
    return sum(bands)


def blood(window=None):
    """The published method for blood, with signatures of our own."""
    window = window or dict(WINDOW)
    points = wavelengths(AXIS, window)
    signatures = {name: band_signature(name, points).tolist() for name in SIGNATURE_BANDS}
    return Method(window=window, signatures=signatures, nets=BLOOD_NET_SIGNALS)


def plain(window=None):
    """SNV, EMSC of order 1 and first derivative, without signatures: for any material."""
    return Method(window=window or dict(WINDOW))


BUILT_IN = {"plain": plain, "blood": blood}

# What a file may say of a method, with the field it sets.
FIELDS = {
    "axis": "axis",
    "window": "window",
    "signatures": "signatures",
    "nets": "nets",
    "scaling": "scaling",
    "scatterOrder": "scatter_order",
    "savitzkyGolay": "savitzky_golay",
    "mtfBins": "markov_bins",
    "minimumScatterSlope": "minimum_scatter_slope",
}


def read(path):
    """A method out of a JSON file, whose names are those of `bundle.json`.

    The daemon's own check of the draft finds what is wrong inside the values.
    """
    try:
        described = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: {error}, expected a JSON file that describes a method") from None
    if not isinstance(described, dict):
        raise InputError(f"{path}: found {type(described).__name__}, expected an object")
    unknown = sorted(set(described) - set(FIELDS))
    if unknown:
        raise InputError(f"{path}: found {', '.join(unknown)}, expected only {', '.join(FIELDS)}")
    method = Method(**{FIELDS[name]: value for name, value in described.items()})
    try:
        method.draft(["target"], {"target": ("one", "other")})
        method.described()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"{path}: {type(error).__name__}: {error}, expected values as in bundle.json"
        ) from None
    return method


def chosen(name_or_path, window):
    """The method that the command line names: built in, or a file; `window` is `start:end` nm."""
    limits = None
    if window:
        try:
            start, end = (float(part) for part in window.split(":"))
            if not (math.isfinite(start) and math.isfinite(end)):
                raise ValueError
        except ValueError:
            raise InputError(f"--window: found {window}, expected start:end in nm") from None
        limits = {"startNanometres": start, "endNanometres": end}
    if name_or_path in BUILT_IN:
        return BUILT_IN[name_or_path](limits)
    if limits:
        raise InputError(f"--window goes with {' or '.join(BUILT_IN)}; {name_or_path} has its own")
    return read(name_or_path)
