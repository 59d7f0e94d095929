"""Whether a model's probabilities mean what they say."""

import numpy as np
from sklearn.metrics import brier_score_loss, log_loss

BIN_COUNT = 10


def calibration(truth, probabilities):
    """Reliability of the top probability, and two scores of all probabilities, JSON-ready.

    `truth` is int [n] without unknown rows, `probabilities` float64 [n, k] with rows that sum
    to 1.

    - `bins`: ten of equal width over (0, 1], each with its limits, `count`, the mean top
      probability (`confidence`) and the share of right answers (`accuracy`); both None if empty.
    - `expectedCalibrationError`: the mean over rows of |accuracy - confidence| of the row's bin
      (Guo and others, On calibration of modern neural networks, 2017). It depends on the bins.
    - `brier`: the mean over rows of the squared distance to the truth, summed over classes, so
      from 0 to 2 (Brier 1950).
    - `logLoss`: in nats; a probability of 0 counts as float64's epsilon, so one such miss is 36.
    """
    class_count = probabilities.shape[1]
    labels = np.arange(class_count)
    bins = reliability_bins(truth, probabilities)
    error = sum(b["count"] * abs(b["accuracy"] - b["confidence"]) for b in bins if b["count"])
    return {
        "bins": bins,
        "expectedCalibrationError": float(error / len(truth)),
        "brier": float(brier_score_loss(truth, probabilities, labels=labels, scale_by_half=False)),
        "logLoss": float(log_loss(truth, probabilities, labels=labels)),
    }


def reliability_bins(truth, probabilities):
    """How often the answer was right, by the probability it was given with; see `calibration`."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    edges = np.linspace(0, 1, BIN_COUNT + 1)
    place = np.searchsorted(edges[1:-1], confidence, side="left")
    bins = []
    for number in range(BIN_COUNT):
        inside = place == number
        some = bool(inside.any())
        bins.append(
            {
                "low": number / BIN_COUNT,
                "high": (number + 1) / BIN_COUNT,
                "count": int(inside.sum()),
                "confidence": float(confidence[inside].mean()) if some else None,
                "accuracy": float(right[inside].mean()) if some else None,
            }
        )
    return bins
