"""Every model on the same grouped folds, all constants found inside each fold."""

import numpy as np

from . import metrics, models
from .folds import grouped_folds
from .workspace import seed_of

BASELINE_NAMES = tuple(models.BASELINES)
# The order of the report: what ships first.
MODEL_NAMES = ("networkInt8", "network", "derivativeCNN", *BASELINE_NAMES)


class CrossValidation:
    """The folds of a run: what is finished is read from the workspace."""

    def __init__(self, arrays, choices, workspace, progress):
        self.arrays, self.choices = arrays, choices
        self.workspace, self.progress = workspace, progress
        self.samples = arrays.samples

    def run(self, target):
        """Answers of every model to every sample with a known class, each held out once.

        Returns the probabilities by model, [samples, classes] with NaN where the class is
        unknown, the fold of each sample, and the training course of each fold's network.
        """
        classes, seed = self.samples.classes[target], self.choices.seed
        count = self.choices.folds
        folds = grouped_folds(classes, self.samples.groups, count, seed_of(seed, "folds"))
        shape = (len(self.samples), len(self.samples.class_names[target]))
        answers = {name: np.full(shape, np.nan) for name in MODEL_NAMES}
        histories = []
        for fold in range(count):
            held_out = np.flatnonzero(folds == fold)
            rows = np.flatnonzero((folds >= 0) & (folds != fold))
            found = self._fold(target, fold, rows, held_out)
            for name in MODEL_NAMES:
                answers[name][held_out] = found[name]
            histories.append(_records(found))
        return answers, folds, histories

    def _fold(self, target, fold, rows, held_out):
        """One fold's answers of every model, from the workspace where they are there."""
        name = f"{target}/fold{fold}"
        task = f"{target}, fold {fold + 1} of {self.choices.folds}"
        if self.workspace.has(name):
            self.progress.say(f"{task}: done before")
        return self.workspace.arrays(name, lambda: self._fit(target, fold, rows, held_out, task))

    def _fit(self, target, fold, rows, held_out, task):
        seed = seed_of(self.choices.seed, target, fold)
        found = {}
        for name in BASELINE_NAMES:
            with self.progress.task(f"{task}: {name}"):
                found[name] = models.baseline_answers(
                    name, self.samples, target, rows, held_out, seed
                )
        with self.progress.task(f"{task}: constants and images"):
            draft = self.arrays.draft(target, rows)
            parts = models.split(self.samples, target, rows, self.choices, seed)
            arrays = self.arrays.of(target, draft, parts.copies)
        with self.progress.task(f"{task}: derivativeCNN") as report:
            found["derivativeCNN"] = models.derivative_cnn_answers(
                arrays, parts, held_out, self.choices, seed, report
            )
        folder = self.workspace.path("networks", f"{target}-fold{fold}", "network.onnx").parent
        with self.progress.task(f"{task}: network") as report:
            found["network"], found["networkInt8"], history = models.network_answers(
                arrays, parts, held_out, self.choices, seed, folder, report
            )
        found |= {f"history.{key}": np.array([r[key] for r in history]) for key in history[0]}
        classes = self.samples.classes[target][held_out]
        self.progress.say(
            f"{task}: balanced accuracy "
            + ", ".join(
                f"{name} {metrics.balanced_accuracy(classes, found[name]):.3f}"
                for name in MODEL_NAMES
            )
        )
        return found


def _records(found):
    """The course of one training as a list of records, one per epoch."""
    columns = {
        key.removeprefix("history."): values.tolist()
        for key, values in found.items()
        if key.startswith("history.")
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def figures(samples, target, answers, folds, choices):
    """The figures of every model over the folds, and of int8 beside float."""
    truth = samples.classes[target]
    names = samples.class_names[target]
    known = truth >= 0
    result = {
        model: metrics.figures(
            truth[known],
            values[known],
            names,
            folds[known],
            groups=samples.groups[known],
            permutations=choices.permutations,
            seed=seed_of(choices.seed, target, "permutations"),
        )
        for model, values in answers.items()
    }
    quantized = metrics.int8_comparison(
        truth[known], answers["network"][known], answers["networkInt8"][known]
    )
    return result, quantized
