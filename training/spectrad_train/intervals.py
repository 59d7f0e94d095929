"""Confidence intervals of a figure that was measured once per fold of a cross-validation."""

import numpy as np
from scipy import stats

CONFIDENCE = 0.95


def corrected_interval(values, held_out_counts, row_count):
    """The mean of a figure over folds and its 95 % interval, or None with fewer than two folds.

    The training sets of two folds share most of their rows, so the folds' figures are not
    independent and the usual standard error is too small. Nadeau and Bengio (Inference for the
    generalization error, Machine Learning 52, 2003) replace 1/J by 1/J + held out/trained on in
    the variance of the mean of J folds; the t distribution has J - 1 degrees of freedom. Where
    folds differ in size the ratio is that of the mean sizes.

    The interval is about the figure's luck with these samples: folds that all agree (every one
    at 1.0, say) give an interval without width, which is no proof of certainty.

    `values` and `held_out_counts` have one number per fold, `row_count` is the rows of all folds.
    The result's `low` and `high` are not limited to the figure's own range.
    """
    values = np.asarray(values, float)
    fold_count = len(values)
    if fold_count < 2:
        return None
    held_out = np.mean(held_out_counts)
    variance = values.var(ddof=1) * (1 / fold_count + held_out / (row_count - held_out))
    reach = stats.t.ppf((1 + CONFIDENCE) / 2, fold_count - 1) * np.sqrt(variance)
    mean = values.mean()
    return {"mean": float(mean), "low": float(mean - reach), "high": float(mean + reach)}


def limited(interval, low=0.0, high=1.0):
    """The interval cut to the range that its figure can have; None stays None."""
    if interval is None:
        return None
    return {
        "mean": interval["mean"],
        "low": max(interval["low"], low),
        "high": min(interval["high"], high),
    }
