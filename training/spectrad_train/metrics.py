"""The figures of one model on held-out rows, beside what guessing would reach.

`figures` is the only door: it takes what a model answered for rows that it was not trained on and
returns plain numbers for `metrics.json` and the report. No figure is rounded, none is NaN: what
is undefined is None.
"""

import numpy as np
from sklearn import metrics as scores

from .calibration import calibration
from .intervals import corrected_interval, limited
from .significance import permutation_test

UNKNOWN = -1


def predicted_classes(probabilities):
    """The class with the largest probability, int [n]; ties go to the first, as in the daemon."""
    return np.asarray(probabilities).argmax(axis=1)


def figures(
    truth,
    probabilities,
    class_names,
    folds,
    *,
    groups=None,
    permutations=1000,
    seed,
    training_truth=None,
):
    """All figures of one model, as a dictionary that is ready for JSON.

    `truth` int [n] has -1 where the class is unknown; those rows are left out everywhere.
    `probabilities` float [n, k] are the answers for row i of a model that row i did not train;
    `folds` int [n] names the fold that held row i out. `groups` [n] (the sample or donor of each
    row) move together in the permutation test. `training_truth` int [m] holds the labels that the
    model was trained on where `folds` cannot tell, as with recordings never used in training.

    Accuracy and balanced accuracy (the mean sensitivity of the classes that occur) are of all
    held-out rows together; their intervals are over folds, around the folds' mean, see
    `intervals.corrected_interval`, and None with one fold. `rocAuc` is one class against the
    rest and compares probabilities across the folds' models.
    """
    truth, folds = np.asarray(truth), np.asarray(folds)
    probabilities = np.asarray(probabilities, float)
    _check(truth, probabilities, class_names, folds, groups)
    known = truth != UNKNOWN
    truth, probabilities, folds = truth[known], probabilities[known], folds[known]
    groups = None if groups is None else np.asarray(groups)[known]
    predicted = predicted_classes(probabilities)
    probabilities = probabilities / probabilities.sum(axis=1, keepdims=True)
    per_fold = _per_fold(truth, predicted, folds)
    return {
        "count": len(truth),
        "unknown": int((~known).sum()),
        "accuracy": float((truth == predicted).mean()),
        "accuracyInterval": _interval(per_fold, "accuracy"),
        "balancedAccuracy": balanced_accuracy(truth, predicted),
        "balancedAccuracyInterval": _interval(per_fold, "balancedAccuracy"),
        "majority": majority_figures(truth, folds, len(class_names), training_truth),
        "permutation": permutation_test(
            truth,
            predicted,
            len(class_names),
            groups=groups,
            permutations=permutations,
            seed=seed,
        ),
        "perClass": _per_class(truth, predicted, probabilities, class_names),
        "confusion": _confusion(truth, predicted, len(class_names)).tolist(),
        "calibration": calibration(truth, probabilities),
        "perFold": per_fold,
    }


def balanced_accuracy(truth, predicted):
    """The mean sensitivity of the classes that occur in `truth`."""
    labels = np.unique(truth)
    return float(scores.recall_score(truth, predicted, labels=labels, average="macro"))


def majority_figures(truth, folds, class_count, training_truth=None):
    """What the most frequent class of the training rows reaches when it is the only answer.

    The training rows of a fold are the rows of all other folds; a tie goes to the first class.
    Any constant answer has a balanced accuracy of 1/k with k classes present. With a single fold
    and no `training_truth` the accuracy is None: nothing tells what was trained on.
    """
    right = 0
    for fold in np.unique(folds):
        held_out = folds == fold
        training = truth[~held_out] if training_truth is None else np.asarray(training_truth)
        training = training[training != UNKNOWN]
        if len(training) == 0:
            right = None
            break
        majority = np.bincount(training, minlength=class_count).argmax()
        right += int((truth[held_out] == majority).sum())
    return {
        "accuracy": None if right is None else right / len(truth),
        "balancedAccuracy": 1 / len(np.unique(truth)),
    }


def _check(truth, probabilities, class_names, folds, groups):
    """Refuses arrays that do not fit together: a mistake of the caller, not of the data."""
    row_count, class_count = len(truth), len(class_names)
    if probabilities.shape != (row_count, class_count):
        expected = (row_count, class_count)
        raise ValueError(f"probabilities have the shape {probabilities.shape}, expected {expected}")
    for name, values in (("folds", folds), ("groups", groups)):
        if values is not None and len(values) != row_count:
            raise ValueError(f"{name} has {len(values)} entries, expected {row_count}")
    if not np.isin(truth, range(UNKNOWN, class_count)).all():
        raise ValueError(
            f"truth holds {truth.min()} to {truth.max()}, expected -1 to {class_count - 1}"
        )
    if (truth == UNKNOWN).all():
        raise ValueError("no row has a known class")
    # NaN fails the comparison as well.
    known = probabilities[truth != UNKNOWN]
    if not ((known >= 0).all() and (abs(known.sum(axis=1) - 1) < 1e-3).all()):
        raise ValueError("each row of probabilities must be >= 0 and sum to 1")


def _per_fold(truth, predicted, folds):
    """Rows, accuracy and balanced accuracy of every fold that holds known rows."""
    result = []
    for fold in np.unique(folds):
        rows = folds == fold
        result.append(
            {
                "fold": int(fold),
                "count": int(rows.sum()),
                "accuracy": float((truth[rows] == predicted[rows]).mean()),
                "balancedAccuracy": balanced_accuracy(truth[rows], predicted[rows]),
            }
        )
    return result


def _interval(per_fold, figure):
    counts = [fold["count"] for fold in per_fold]
    return limited(corrected_interval([fold[figure] for fold in per_fold], counts, sum(counts)))


def _confusion(truth, predicted, class_count):
    """Counts [truth, predicted]."""
    return scores.confusion_matrix(truth, predicted, labels=np.arange(class_count))


def _per_class(truth, predicted, probabilities, class_names):
    """The figures of each class against the rest; what has no rows to stand on is None."""
    labels = np.arange(len(class_names))
    ppv, sensitivity, f1, counts = scores.precision_recall_fscore_support(
        truth, predicted, labels=labels, zero_division=np.nan
    )
    result = {}
    for label, name in enumerate(class_names):
        is_class = truth == label
        others_right = predicted[~is_class] != label
        undefined = is_class.all() or not is_class.any()
        result[name] = {
            "count": int(counts[label]),
            "sensitivity": _defined(sensitivity[label]),
            "specificity": float(others_right.mean()) if len(others_right) else None,
            "ppv": _defined(ppv[label]),
            "f1": _defined(f1[label]),
            "rocAuc": None
            if undefined
            else float(scores.roc_auc_score(is_class, probabilities[:, label])),
        }
    return result


def _defined(value):
    """A float, or None for NaN."""
    return None if np.isnan(value) else float(value)
