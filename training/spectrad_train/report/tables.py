"""The report's tables of figures."""

from ..comparison import SPOKEN
from .markup import probability, share, signed, span, table


def _model_name(name):
    spoken = SPOKEN.get(name, name).removeprefix("the ")
    return spoken[:1].upper() + spoken[1:]


def summary(target):
    """Every model's headline figures, beside those of guessing."""
    rows = []
    for name, figures in target["models"].items():
        permutation = figures["permutation"]["balancedAccuracy"]
        rows.append(
            (
                _model_name(name),
                share(figures["accuracy"]),
                span(figures["accuracyInterval"]),
                share(figures["balancedAccuracy"]),
                span(figures["balancedAccuracyInterval"]),
                share(figures["calibration"]["expectedCalibrationError"]),
                share(permutation["quantile95"]),
                probability(permutation["p"]),
            )
        )
    if "majority" not in target["models"]:
        baseline = next(iter(target["models"].values()))["majority"]
        reached = share(baseline["accuracy"]), share(baseline["balancedAccuracy"])
        rows.append((_model_name("majority"), reached[0], None, reached[1], *[None] * 4))
    head = (
        "Model",
        "Accuracy",
        "95 % interval",
        "Balanced accuracy",
        "95 % interval",
        "Calibration error",
        "Permuted labels reach",
        "p",
    )
    caption = (
        "Held-out samples. “Permuted labels reach” is the balanced accuracy below which 95 % of "
        "the permutations stay; p is the share of permutations that do as well as the model."
    )
    return table(caption, head, rows)


def quantization(int8):
    """What int8 costs against float."""
    rows = (
        ("Accuracy, int8 minus float", signed(int8["accuracyDifference"])),
        ("Balanced accuracy, int8 minus float", signed(int8["balancedAccuracyDifference"])),
        ("Samples with the same answer", share(int8["agreement"])),
        ("Largest difference of a probability", share(int8["largestProbabilityDifference"])),
    )
    caption = "The int8 network beside the float network it was made from."
    return table(caption, ("Figure", "Value"), rows)


def per_class(figures):
    """The figures of each class against the rest."""
    rows = [
        (
            name,
            values["count"],
            *(share(values[k]) for k in ("sensitivity", "specificity", "ppv", "f1", "rocAuc")),
        )
        for name, values in figures["perClass"].items()
    ]
    head = ("Class", "Samples", "Sensitivity", "Specificity", "PPV", "F1", "ROC AUC")
    caption = "The network, each class against the rest."
    return table(caption, head, rows)


def imbalance(kinds, default):
    """One target's comparison of the ways to treat classes of unequal size."""
    rows = [
        (
            kind + (" (default)" if kind == default else ""),
            share(values["balancedAccuracy"]),
            span(values.get("interval")),
            share(values["accuracy"]),
            share(_least(values.get("perClass", {}).values())),
        )
        for kind, values in kinds.items()
    ]
    head = ("Treatment", "Balanced accuracy", "95 % interval", "Accuracy", "Least sensitivity")
    return table("The same folds, the same network, other weights or rows.", head, rows)


def _least(values):
    """The smallest of the values that are known, None without one."""
    return min((value for value in values if value is not None), default=None)


def members(found):
    """The networks that ship: how long each was trained and how its int8 file agrees with it."""
    rows = [
        (f"member {number}", values.get("epochs"), share(values.get("int8Agreement")))
        for number, values in enumerate(found)
    ]
    head = ("Network", "Epochs", "int8 answers like float")
    return table("The networks that ship, trained on all samples.", head, rows)


def pairs(caption, values, prefix=""):
    """Settings, versions or digests: names and values, nested ones with dotted names."""
    return table(caption, ("Name", "Value"), list(_flat(values, prefix)))


def _flat(values, prefix):
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
            yield from _flat(dict(enumerate(value)), f"{prefix}{name}.")
        elif isinstance(value, list):
            yield f"{prefix}{name}", ", ".join(str(item) for item in value) or None
        elif isinstance(value, bool):
            yield f"{prefix}{name}", "yes" if value else "no"
        else:
            yield f"{prefix}{name}", value
