"""Divides samples into folds so that no group stands on both sides of a split.

A group is whatever must stay together for a figure to be believed: all scans of one donor, all
samples that one laboratory measured. Scans of the same sample on both sides are what turned 56 %
into published 99 %.
"""

import warnings

import numpy as np
from sklearn.model_selection import GroupShuffleSplit, StratifiedGroupKFold, StratifiedKFold

from .errors import InputError

_TRIES = 5
_DRAWS = 200


def grouped_folds(classes, groups, count, seed, *, class_names=None):
    """Says in which of `count` folds each row is held out, int [n].

    `classes` is int [n], -1 where unknown (such a row gets fold -1); `groups` is [n], of any type
    that sorts. Folds have about the same size and shares of classes. Raises InputError where
    a class has fewer than two groups (it could not be in the training rows of each fold) or
    where there are fewer groups than folds; with `class_names` it names the class.
    """
    classes, groups = np.asarray(classes), np.unique(groups, return_inverse=True)[1]
    known = np.flatnonzero(classes >= 0)
    _check_groups(classes[known], groups[known], count, class_names)
    folds = np.full(len(classes), -1)
    folds[known] = even_folds(classes[known], groups[known], count, seed)
    for fold in range(count):
        if not (folds == fold).any():
            raise InputError(
                f"Fold {fold + 1} of {count} stays empty: the {len(np.unique(groups[known]))} "
                "groups are too few or too different. Use fewer folds or record more groups."
            )
        trained = classes[(folds >= 0) & (folds != fold)]
        missing = np.setdiff1d(classes[known], trained)
        if len(missing):
            raise InputError(
                f"All samples of class {_said(missing[0], class_names)} came into fold "
                f"{fold + 1} of {count}: expected groups of each class in two folds at least. "
                "Use fewer folds or record more groups."
            )
    return folds


def validation_split(classes, groups, rows, share, seed):
    """Parts rows into those to train on and those to judge it by: (training, validation).

    `rows` are indices into `classes` and `groups` (both [n]), all of known class; about `share`
    of them, at most half, become validation rows, whole groups only. Of many random draws of
    groups the one wins that comes closest to this share of each class. A group that alone holds
    a class stays in training. Raises InputError where that leaves fewer than two groups to part.
    """
    if not 0 < share <= 0.5:
        raise ValueError(f"share is {share}, expected more than 0 and at most 0.5")
    rows, classes = np.asarray(rows), np.asarray(classes)
    groups = np.unique(groups, return_inverse=True)[1]
    alone = _groups_that_alone_hold_a_class(classes[rows], groups[rows])
    free = np.flatnonzero(~np.isin(groups[rows], alone))
    group_count = len(np.unique(groups[rows][free]))
    if group_count < 2:
        raise InputError(
            f"The {len(rows)} training samples are of {len(np.unique(groups[rows]))} groups, "
            f"of which {group_count} may leave the training samples: expected at least 2. "
            "Record more groups, or name smaller ones."
        )
    indices = np.unique(classes[rows], return_inverse=True)[1]
    wanted = share * np.bincount(indices)

    def distance(validation):
        """Chi-squared of the validation rows' classes against the share of all rows' classes."""
        found = np.bincount(indices[validation], minlength=len(wanted))
        # Training must know each class, whatever that costs.
        lost = (found == np.bincount(indices)).sum()
        return ((found - wanted) ** 2 / wanted).sum() + 1e9 * lost

    draws = GroupShuffleSplit(_DRAWS, test_size=share, random_state=seed)
    drawn = (free[chosen] for _, chosen in draws.split(free, groups=groups[rows][free]))
    validation = min(drawn, key=distance)
    training = np.setdiff1d(np.arange(len(rows)), validation)
    assert not np.intersect1d(groups[rows][training], groups[rows][validation]).size
    return rows[training], rows[np.sort(validation)]


def even_folds(classes, groups, count, seed, *, tries=_TRIES):
    """The most even of several grouped and stratified divisions, int [n].

    Unlike `grouped_folds` it takes classes that are in one group only. `count` is at most
    `most_folds`.

    The library places group after group where it makes the shares of classes most alike. How
    well that ends depends on the order of the groups, so several orders are tried.
    """
    if len(np.unique(groups)) == len(groups):
        # Without groups that bind rows together the simple division is exact, and much faster.
        return _divided(StratifiedKFold(count, shuffle=True, random_state=seed), classes, None)
    candidates = [
        _divided(
            StratifiedGroupKFold(count, shuffle=True, random_state=(seed + attempt * 1000) % 2**32),
            classes,
            groups,
        )
        for attempt in range(tries)
    ]
    folds = min(candidates, key=lambda folds: _unevenness(classes, folds, count))
    pairs = np.unique(np.stack([groups, folds]), axis=1)
    assert pairs.shape[1] == len(np.unique(groups)), "a group came into two folds"
    return folds


def most_folds(classes, groups):
    """Into how many folds rows can be divided: one per group and per row of the commonest class."""
    return int(min(len(np.unique(groups)), np.unique(classes, return_counts=True)[1].max()))


def _divided(splitter, classes, groups):
    folds = np.full(len(classes), -1)
    with warnings.catch_warnings():
        # A class with fewer rows than folds is no mistake; it is missing in some held-out rows.
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        for fold, (_, held_out) in enumerate(splitter.split(classes, classes, groups)):
            folds[held_out] = fold
    return folds


def _unevenness(classes, folds, count):
    """Chi-squared of the folds' sizes and class counts against equal parts of all rows."""
    inverse = np.unique(classes, return_inverse=True)[1]
    table = np.zeros((count, inverse.max() + 1))
    np.add.at(table, (folds, inverse), 1)
    table = np.column_stack([table, table.sum(axis=1)])
    expected = table.mean(axis=0)
    return ((table - expected) ** 2 / expected).sum()


def _check_groups(classes, groups, count, class_names):
    if count < 2:
        raise ValueError(f"{count} folds, expected at least 2")
    group_count = len(np.unique(groups))
    if group_count < count:
        raise InputError(
            f"There are {group_count} groups for {count} folds: expected a group for each fold "
            f"at least. Use at most {group_count} folds, or record more groups."
        )
    if most_folds(classes, groups) < count:
        raise InputError(
            f"No class has more than {most_folds(classes, groups)} samples: expected one for each "
            f"of the {count} folds in the commonest class at least. Use fewer folds."
        )
    for each in np.unique(classes):
        present = len(np.unique(groups[classes == each]))
        if present < 2:
            raise InputError(
                f"Class {_said(each, class_names)} is in {present} group only: expected at least "
                "2, so that each fold's training has some. Record it in more groups, or leave "
                "the class out."
            )


def _groups_that_alone_hold_a_class(classes, groups):
    holders = (np.unique(groups[classes == each]) for each in np.unique(classes))
    return [holder[0] for holder in holders if len(holder) == 1]


def _said(index, class_names):
    return f"“{class_names[index]}”" if class_names else str(index)
