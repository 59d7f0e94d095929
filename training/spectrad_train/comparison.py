"""Two models on the same held-out rows: the network and simpler ones, float and int8."""

import numpy as np

from .intervals import corrected_interval, limited
from .metrics import UNKNOWN, balanced_accuracy, predicted_classes

NETWORK = "network"
SIMPLER = ("lda", "plsDA", "derivativeCNN")
SPOKEN = {
    "network": "the network",
    "networkInt8": "the int8 network",
    "derivativeCNN": "the derivative CNN",
    "plsDA": "PLS-DA",
    "lda": "LDA",
    "majority": "the majority class",
}
SIGNIFICANT = 0.05


def quantization_effect(truth, float_probabilities, int8_probabilities):
    """What quantization costs, on the rows of known class, JSON-ready.

    The differences are int8 minus float; `agreement` is the share of rows with equal classes;
    `largestProbabilityDifference` is over all rows and classes.
    """
    known = np.asarray(truth) != UNKNOWN
    truth = np.asarray(truth)[known]
    before = np.asarray(float_probabilities, float)[known]
    after = np.asarray(int8_probabilities, float)[known]
    classes_before, classes_after = predicted_classes(before), predicted_classes(after)
    accuracies = [(truth == classes).mean() for classes in (classes_before, classes_after)]
    balanced = [balanced_accuracy(truth, classes) for classes in (classes_before, classes_after)]
    return {
        "accuracyDifference": float(accuracies[1] - accuracies[0]),
        "balancedAccuracyDifference": balanced[1] - balanced[0],
        "agreement": float((classes_before == classes_after).mean()),
        "largestProbabilityDifference": float(abs(after - before).max()),
    }


def paired_difference(first, second, figure="balancedAccuracy"):
    """The mean over folds of first minus second with its corrected 95 % interval.

    Both are results of `metrics.figures` on the same folds; None with fewer than two folds.
    """
    folds = [[(fold["fold"], fold["count"]) for fold in m["perFold"]] for m in (first, second)]
    if folds[0] != folds[1]:
        raise ValueError(f"not the same folds (fold, rows): {folds[0]} and {folds[1]}")
    pairs = zip(first["perFold"], second["perFold"], strict=True)
    differences = [a[figure] - b[figure] for a, b in pairs]
    counts = [count for _, count in folds[0]]
    return limited(corrected_interval(differences, counts, sum(counts)), -1.0)


def verdict(models):
    """A sentence that says whether the network earns its cost against simpler models.

    `models` maps a model's name to its `metrics.figures`. The rival is the one of LDA, PLS-DA and
    the derivative CNN with the largest balanced accuracy. All numbers of the sentence are means
    over folds. The network earns its cost only where the 95 % interval of the paired difference
    lies above zero. The rival was chosen as the best on these very rows, which flatters it a
    little.
    """
    rivals = [name for name in SIMPLER if name in models]
    if NETWORK not in models or not rivals:
        return "The network was not compared with simpler models on the same folds."
    best = max(rivals, key=lambda name: _over_folds(models[name]))
    network, rival, spoken = models[NETWORK], models[best], SPOKEN[best]
    ours, theirs = _over_folds(network), _over_folds(rival)
    if not (_beats_chance(network) or _beats_chance(rival)):
        return (
            f"Nothing suffices: neither the network ({ours:.3f}) nor {spoken} ({theirs:.3f}) is "
            "shown to be better than permuted labels."
        )
    difference = paired_difference(network, rival)
    if difference is None:
        return (
            f"Not settled: {ours:.3f} for the network, {theirs:.3f} for {spoken}; one fold gives "
            f"no interval for the difference of {_number(ours - theirs)}."
        )
    measured = (
        f"(difference {_number(difference['mean'])}, 95 % interval "
        f"{_number(difference['low'])} to {_number(difference['high'])})"
    )
    if difference["low"] > 0:
        return (
            f"The network earns its cost: {ours:.3f} against {theirs:.3f} of {spoken} {measured}."
        )
    if not _beats_chance(rival):
        spoken = f"{spoken}, which is no better than permuted labels"
        return f"Not settled: {ours:.3f} for the network, {theirs:.3f} for {spoken} {measured}."
    return _rival_suffices(ours, theirs, spoken, measured)


def _rival_suffices(ours, theirs, spoken, measured):
    suffices = f"{spoken[0].upper()}{spoken[1:]} suffices:"
    if ours <= theirs:
        return f"{suffices} {theirs:.3f} against the network's {ours:.3f} {measured}."
    return (
        f"{suffices} the network's {ours:.3f} is not shown to be better than {theirs:.3f} "
        f"{measured}."
    )


def _over_folds(model):
    """The mean balanced accuracy of the folds: the difference is one of means, so are these."""
    return float(np.mean([fold["balancedAccuracy"] for fold in model["perFold"]]))


def _beats_chance(model):
    return model["permutation"]["balancedAccuracy"]["p"] <= SIGNIFICANT


def _number(value):
    """Three decimals without a negative zero."""
    return f"{round(value, 3) + 0.0:.3f}"
