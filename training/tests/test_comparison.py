"""Two models on the same rows, against hand-computed numbers and scipy's paired test."""

import math

import numpy as np
import pytest
from scipy import stats

from spectrad_train import comparison


def two_classes(answers, confidence):
    """Probabilities with the given top class."""
    return np.where(np.eye(2)[answers] > 0, confidence, 1 - confidence)


def test_the_effect_of_quantization_is_that_counted_by_hand():
    truth = np.array([0, 0, 1, 1, -1])
    before = two_classes([0, 0, 1, 0, 0], 0.8)
    after = two_classes([0, 1, 1, 0, 1], 0.7)
    effect = comparison.quantization_effect(truth, before, after)
    assert effect == pytest.approx(
        {
            "accuracyDifference": 2 / 4 - 3 / 4,
            "balancedAccuracyDifference": 2 / 4 - 3 / 4,
            "agreement": 3 / 4,
            "largestProbabilityDifference": 0.5,
        }
    )


def model(per_fold, p=0.001, counts=None):
    """As much of the figures as a verdict reads."""
    counts = counts or [20] * len(per_fold)
    folds = [
        {"fold": n, "count": c, "accuracy": v, "balancedAccuracy": v}
        for n, (v, c) in enumerate(zip(per_fold, counts, strict=True))
    ]
    return {
        "balancedAccuracy": float(np.mean(per_fold)),
        "permutation": {"balancedAccuracy": {"p": p}},
        "perFold": folds,
    }


def test_the_paired_difference_is_that_of_scipys_paired_test_widened():
    ours, theirs = [0.9, 0.8, 0.85, 0.95], [0.8, 0.8, 0.8, 0.8]
    result = comparison.paired_difference(model(ours), model(theirs))
    plain = stats.ttest_rel(ours, theirs).confidence_interval(0.95)
    widened = math.sqrt((1 / 4 + 1 / 3) / (1 / 4))
    assert result["mean"] == pytest.approx(0.075)
    assert result["high"] - result["mean"] == pytest.approx((plain.high - 0.075) * widened)


def test_the_verdict_says_which_simpler_model_suffices():
    models = {
        "network": model([0.99, 1.0, 0.995, 0.995]),
        "lda": model([1.0, 1.0, 0.997, 0.995]),
        "plsDA": model([0.9, 0.9, 0.9, 0.9]),
    }
    assert comparison.verdict(models) == (
        "LDA suffices: 0.998 against the network's 0.995 "
        "(difference -0.003, 95 % interval -0.015 to 0.009)."
    )


def test_the_verdict_says_when_the_network_earns_its_cost():
    models = {
        "network": model([0.9, 0.91, 0.9, 0.91]),
        "lda": model([0.5, 0.5, 0.51, 0.5]),
        "derivativeCNN": model([0.8, 0.8, 0.82, 0.8]),
    }
    text = comparison.verdict(models)
    assert text.startswith("The network earns its cost: 0.905 against 0.805 of the derivative CNN")


def test_the_verdict_is_no_when_the_network_is_better_by_luck_only():
    models = {"network": model([0.9, 0.7, 0.95]), "plsDA": model([0.8, 0.8, 0.8])}
    assert comparison.verdict(models).startswith(
        "PLS-DA suffices: the network's 0.850 is not shown to be better than 0.800 (difference"
    )


def test_the_verdict_says_when_nothing_is_better_than_chance():
    models = {"network": model([0.4, 0.3], p=0.4), "lda": model([0.35, 0.36], p=0.06)}
    assert comparison.verdict(models).startswith("Nothing suffices")


def test_the_verdict_is_open_with_one_fold_or_nothing_to_compare_with():
    assert "one fold" in comparison.verdict({"network": model([0.9]), "lda": model([0.8])})
    assert "not compared" in comparison.verdict({"network": model([0.9, 0.8])})


def test_models_on_different_folds_are_not_compared():
    with pytest.raises(ValueError, match="not the same folds"):
        comparison.paired_difference(model([0.9, 0.8]), model([0.9, 0.8], counts=[20, 21]))


def test_a_model_that_is_no_better_than_chance_suffices_for_nothing():
    models = {"network": model([0.9, 0.3, 0.9]), "lda": model([0.4, 0.5, 0.6], p=0.4)}
    assert comparison.verdict(models).startswith("Not settled: 0.700 for the network")
