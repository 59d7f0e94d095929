"""The published method on real blood: 355 donations' mean spectra, beside simpler models."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from . import fit, method
from .bundle import Description
from .errors import InputError
from .samples import Source
from .workspace import write_whole

FILE = "donations_mean_355.csv"
CLASSES = ("low", "ok", "high")
TARGETS = {
    "hdl_cholesterol": "hdl_cholesterol_human",
    "ldl_cholesterol": "cholesterol_ldl_human",
    "haemoglobin": "hemoglobin(hgb)_human",
}
# The columns of pure compounds on the axis, by the names of the method's signatures.
SIGNATURES = {"deoxyhaemoglobin": "hb", "fat": "fat", "glucose": "glucose"}


def evaluate(folder, signatures, choices, places, jobs, progress):
    """Measures the published network and the workshop's on the same folds of donations.

    `folder` holds the donations' file; `signatures` is a CSV of pure compounds on the bundle's
    axis, without which our own parametric ones serve. Writes metrics.json and summary.md into
    the report's folder and returns the metrics.
    """
    path = Path(folder) / FILE
    labels = write_labels(path, places.work / "labels.csv")
    source = Source((path,), options=("--axis", "900:1700"), labels=labels)
    steps = method.blood()
    if signatures:
        steps = replace(steps, signatures=measured_signatures(signatures, steps))
    kinds = {
        "published": replace(
            choices,
            activation="softmax",
            imbalance="none",
            schedule=replace(choices.schedule, averaging=0.0),
        ),
        "workshop": choices,
    }
    parts = {}
    for name, chosen in kinds.items():
        progress.say(f"{name}: {chosen.activation}, imbalance {chosen.imbalance}")
        begun = fit.begun(
            source, steps, chosen, replace(places, work=places.work / name), jobs, progress
        )
        description = Description(
            f"bloods-{name}", "1.0.0", "", "research only, not for diagnosis", FILE
        )
        parts[name] = fit.described(begun, description)
        fit.measured(begun, parts[name]["targets"])
        begun.preprocessor.remove()
    places.report.mkdir(parents=True, exist_ok=True)
    write_whole(places.report / "metrics.json", (json.dumps(parts, indent=1) + "\n").encode())
    write_whole(places.report / "summary.md", summary(parts).encode())
    progress.say(f"wrote {places.report / 'summary.md'}")
    return parts


def write_labels(path, labels):
    """Writes the donations' classes as a table of labels; returns its path."""
    try:
        table = pd.read_csv(path, dtype={"donation_id": "str"})
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: {error}, expected the table of 355 donations") from None
    missing = [name for name in ("donation_id", *TARGETS.values()) if name not in table]
    if missing:
        raise InputError(f"{path}: found no column {', '.join(missing)}")
    result = pd.DataFrame({"sample": table["donation_id"]})
    for target, column in TARGETS.items():
        result[target] = table[column].map(lambda index: CLASSES[int(index)])
    labels.parent.mkdir(parents=True, exist_ok=True)
    result.drop_duplicates().to_csv(labels, index=False)
    return labels


def measured_signatures(path, steps):
    """Pure compounds' absorption in the window, out of a table on the axis."""
    try:
        table = pd.read_csv(path).set_index("wavelength_nm")
        wanted = steps.wavelengths_nanometres
        return {
            name: np.interp(wanted, table.index, table[column]).tolist()
            for name, column in SIGNATURES.items()
        }
    except (OSError, ValueError, KeyError) as error:
        columns = ", ".join(("wavelength_nm", *SIGNATURES.values()))
        raise InputError(f"{path}: {error!r}, expected a CSV with columns {columns}") from None


def summary(parts):
    """The figures as Markdown: accuracy and balanced accuracy by target and model."""
    lines = []
    workshop, published = parts["workshop"]["targets"], parts["published"]["targets"]
    for target in TARGETS:
        counts = ", ".join(f"{n} {c}" for n, c in workshop[target]["classes"].items())
        lines += [
            f"### {target} ({counts})",
            "",
            "| model | accuracy | balanced accuracy | 95 % interval | p |",
            "|---|---|---|---|---|",
        ]
        models = {"published network (int8)": published[target]["models"]["networkInt8"]}
        models |= {SPOKEN[name]: workshop[target]["models"][name] for name in SPOKEN}
        lines += [_line(name, figures) for name, figures in models.items()]
        lines += ["", workshop[target]["verdict"], ""]
    return "\n".join(lines)


SPOKEN = {
    "networkInt8": "the workshop's network (int8)",
    "derivativeCNN": "1-D CNN on the derivative",
    "plsDA": "PLS-DA",
    "lda": "LDA",
    "majority": "majority class",
}


def _line(name, figures):
    interval = figures["balancedAccuracyInterval"]
    permuted = figures["permutation"]["balancedAccuracy"]["p"]
    return (
        f"| {name} | {figures['accuracy']:.3f} | {figures['balancedAccuracy']:.3f} | "
        f"{interval['low']:.3f} to {interval['high']:.3f} | {permuted:.3f} |"
    )
