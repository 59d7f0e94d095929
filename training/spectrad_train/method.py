"""The fixed choices of the method: axis, window, signatures and the steps of each target."""

import numpy as np

CLASSES = ("low", "ok", "high")

AXIS = {"startNanometres": 900, "endNanometres": 1700, "points": 170}
WINDOW = {"startNanometres": 950, "endNanometres": 1350}

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
NET_SIGNALS = {
    "hdl_cholesterol": {"add": ["deoxyhaemoglobin"], "subtract": ["fat", "glucose"]},
    "ldl_cholesterol": {"add": ["deoxyhaemoglobin"], "subtract": ["glucose"]},
    "haemoglobin": {"add": ["deoxyhaemoglobin"], "subtract": ["fat", "glucose"]},
}

TARGETS = tuple(NET_SIGNALS)


def window_wavelengths():
    """The wavelengths of the window in nanometres."""
    axis = np.linspace(AXIS["startNanometres"], AXIS["endNanometres"], AXIS["points"])
    inside = (axis >= WINDOW["startNanometres"]) & (axis <= WINDOW["endNanometres"])
    return axis[inside]


def signature(name):
    """A compound's absorption in the window: Pearson VII bands of exponent 2."""
    wavelengths = window_wavelengths()
    bands = (
        height / (1 + ((wavelengths - centre) / width) ** 2) ** 2
        for centre, width, height in SIGNATURE_BANDS[name]
    )
    return sum(bands)


def draft_target(name):
    """A target without anything that training finds; its placeholders have the right shapes."""
    points = len(window_wavelengths())
    return {
        "name": name,
        "classes": list(CLASSES),
        "net": NET_SIGNALS[name],
        "scaling": {"kind": "snv"},
        "savitzkyGolay": {"window": 5, "polynomial": 2, "derivative": 1},
        "metaFeatures": {
            "pca": {
                "mean": [0.0] * points,
                "loadings": [[0.0] * points] * 2,
                "variances": [1.0, 1.0],
            },
            "clusters": [[0.0] * points] * 2,
            "mean": [0.0] * 7,
            "standardDeviation": [1.0] * 7,
        },
        "image": {"channels": ["gasf", "gadf", "mtf"], "mtfBins": 5},
        "members": [],
        "combine": "geometricMean",
        "abstain": {"minimumProbability": 0.0, "t2Limit": None, "qLimit": None},
    }


def draft_bundle(name, version, description):
    """A bundle without members, which is all that the preprocessing needs."""
    return {
        "format": 1,
        "name": name,
        "version": version,
        "description": description,
        "intendedUse": "demonstration, not for diagnosis",
        "axis": AXIS,
        "window": WINDOW,
        "signatures": {name: signature(name).tolist() for name in SIGNATURE_BANDS},
        "targets": [draft_target(target) for target in TARGETS],
        "quality": {
            "minimumSignalCounts": 0,
            "maximumRawCounts": 0,
            "minimumScatterSlope": 0.1,
        },
        "reference": "factory",
        "demonstration": True,
    }
