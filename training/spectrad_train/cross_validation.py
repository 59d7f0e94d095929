"""Every model on the same grouped folds, all constants found inside each fold."""

from dataclasses import dataclass

import numpy as np

from . import metrics, models
from .arrays import Arrays
from .choices import Choices
from .comparison import quantization_effect
from .folds import grouped_folds
from .method import Method
from .preprocessing import Preprocessor
from .progress import epoch_text
from .samples import Samples
from .workspace import Workspace, seed_of

BASELINE_NAMES = tuple(models.BASELINES)
# The order of the report: what ships first.
MODEL_NAMES = ("networkInt8", "network", "derivativeCNN", *BASELINE_NAMES)


@dataclass(frozen=True)
class Fold:
    """One fold of one target, with all that another process needs to compute it."""

    target: str
    number: int
    training: np.ndarray
    held_out: np.ndarray
    samples: Samples
    method: Method
    choices: Choices
    workspace: Workspace
    spectractl: str

    @property
    def title(self):
        """The fold in words."""
        return f"{self.target}, fold {self.number + 1} of {self.choices.folds}"

    @property
    def result(self):
        """The name of its result in the workspace."""
        return f"{self.target}/fold{self.number}"


def folds_of(samples, target, method, choices, workspace, spectractl):
    """The folds of a target and the fold number of each sample, -1 where its class is unknown."""
    seed = seed_of(choices.seed, "folds")
    numbers = grouped_folds(
        samples.classes[target],
        samples.groups,
        choices.folds,
        seed,
        class_names=samples.class_names[target],
    )
    folds = [
        Fold(
            target,
            number,
            np.flatnonzero((numbers >= 0) & (numbers != number)),
            np.flatnonzero(numbers == number),
            samples,
            method,
            choices,
            workspace,
            spectractl,
        )
        for number in range(choices.folds)
    ]
    return folds, numbers


def computed(fold, report):
    """One fold's answers of every model to its held-out rows, kept in the workspace."""
    return fold.workspace.arrays(fold.result, lambda: _answers(fold, report))


def _answers(fold, report):
    choices, rows, held_out = fold.choices, fold.training, fold.held_out
    seed = seed_of(choices.seed, fold.target, fold.number)
    found = {}
    for name in BASELINE_NAMES:
        report(f"{fold.title}: {name}")
        found[name] = models.baseline_answers(name, fold.samples, fold.target, rows, held_out, seed)
    report(f"{fold.title}: constants and images")
    folder = fold.workspace.path("folds", f"{fold.target}-{fold.number}", "network.onnx").parent
    values, parts = prepared(fold, choices, seed, folder)

    def told(name):
        return lambda epoch, record: report(epoch_text(f"{fold.title}, {name}", epoch, record))

    found["derivativeCNN"] = models.derivative_cnn_answers(
        values, parts, held_out, choices, seed, told("derivative CNN")
    )
    found["network"], found["networkInt8"], history = models.network_answers(
        values, parts, held_out, choices, seed, folder, told("network")
    )
    return found | models.history_arrays(history)


def prepared(fold, choices, seed, folder):
    """What a network learns from in this fold, constants found on its training rows alone.

    Returns `TargetArrays` and the `Split` of the training rows; `folder` holds files meanwhile.
    """
    preprocessor = Preprocessor(fold.spectractl, folder / "preprocessed")
    arrays = Arrays(fold.samples, fold.method, preprocessor)
    draft = arrays.draft(fold.target, fold.training)
    parts = models.split(fold.samples, fold.target, fold.training, choices, seed)
    values = arrays.of(fold.target, draft, parts.copies)
    preprocessor.remove()
    return values, parts


def collected(results, folds, numbers):
    """The folds' answers put together: by model [samples, classes], NaN where none; histories."""
    samples, target = folds[0].samples, folds[0].target
    shape = (len(samples), len(samples.class_names[target]))
    answers = {name: np.full(shape, np.nan) for name in MODEL_NAMES}
    for fold in folds:
        for name in MODEL_NAMES:
            answers[name][numbers == fold.number] = results[fold.result][name]
    return answers, [models.history_records(results[fold.result]) for fold in folds]


def outcome(fold, found):
    """One line on a fold: the balanced accuracy of each model."""
    truth = fold.samples.classes[fold.target][fold.held_out]
    accuracies = (
        f"{name} {metrics.balanced_accuracy(truth, metrics.predicted_classes(found[name])):.3f}"
        for name in MODEL_NAMES
    )
    return f"{fold.title}: balanced accuracy {', '.join(accuracies)}"


def figures(samples, target, answers, numbers, choices):
    """The figures of every model over the folds, and of int8 beside float."""
    truth = samples.classes[target]
    known = truth >= 0
    result = {
        model: metrics.figures(
            truth[known],
            values[known],
            samples.class_names[target],
            numbers[known],
            groups=samples.groups[known],
            permutations=choices.permutations,
            seed=seed_of(choices.seed, target, "permutations"),
        )
        for model, values in answers.items()
    }
    return result, quantization_effect(
        truth[known], answers["network"][known], answers["networkInt8"][known]
    )
