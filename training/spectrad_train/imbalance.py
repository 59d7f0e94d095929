"""What is done about classes that are rarer than others: weights, or fewer or more rows."""

from dataclasses import dataclass

import numpy as np
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.utils.class_weight import compute_sample_weight

from .errors import InputError

KINDS = ("none", "weighted", "undersample", "oversample")


@dataclass(frozen=True)
class Balance:
    """The rows to train on, the loss weight of each, and the rows to train on again, changed."""

    rows: np.ndarray
    """Training rows to use, int [k], indices into the whole table, rising."""
    weights: np.ndarray
    """The loss weight of each of `rows`, float [k]."""
    copies: np.ndarray
    """Rows of which an augmented copy is to be made, int [c]; one row may stand here often."""
    copy_weights: np.ndarray
    """The loss weight of each copy, float [c]."""


def balance(kind, classes, training_rows, seed):
    """Balances the classes of the training rows; other rows are never touched.

    - `none`: the rows as they are, all of weight 1.
    - `weighted`: each row weighs the inverse of its class's share; the mean weight is 1, so that
      a learning rate means the same with and without.
    - `undersample`: as many rows of each class, drawn without replacement, as the rarest has.
    - `oversample`: augmented copies bring each class to as many as the commonest has. A plain
      repetition would be learned by heart; the caller makes the copies with `augmented`.

    `classes` is int [n], none of the training rows' is -1. Raises InputError where the training
    rows have one class only.
    """
    rows = np.sort(np.asarray(training_rows))
    labels = np.asarray(classes)[rows]
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}, expected one of {KINDS}")
    if (labels < 0).any():
        raise ValueError("a training row's class is unknown: leave such rows out before")
    if len(np.unique(labels)) < 2:
        raise InputError(
            f"All {len(rows)} training samples are of the same class: "
            "expected samples of two classes at least, nothing can be learned from one."
        )
    kept, weights, copies = np.arange(len(rows)), np.ones(len(rows)), np.empty(0, int)
    if kind == "weighted":
        weights = compute_sample_weight("balanced", labels)
    elif kind == "undersample":
        kept = np.sort(_drawn(RandomUnderSampler(random_state=seed), labels))
    elif kind == "oversample":
        copies = _drawn(RandomOverSampler(random_state=seed), labels)[len(rows) :]
    return Balance(rows[kept], weights[kept], rows[copies], np.ones(len(copies)))


def _drawn(sampler, labels):
    """The positions in `labels` that a sampler of imbalanced-learn draws."""
    sampler.fit_resample(np.arange(len(labels))[:, np.newaxis], labels)
    return sampler.sample_indices_
