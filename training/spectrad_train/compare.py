"""Which treatment of rare classes wins on some data: the same folds, once for each."""

from dataclasses import dataclass, replace

import numpy as np

from . import fitting, metrics, models
from .cross_validation import Fold, folds_of, prepared
from .imbalance import KINDS
from .progress import epoch_text
from .workspace import seed_of


@dataclass(frozen=True)
class Trial:
    """One fold under one treatment."""

    kind: str
    fold: Fold

    @property
    def title(self):
        """The trial in words."""
        return f"{self.kind}: {self.fold.title}"

    @property
    def result(self):
        """The name of its result in the workspace."""
        return f"compare-{self.kind}/{self.fold.result}"


def answered(trial, report):
    """The network's answers to the fold's held-out rows, kept in the workspace."""
    return trial.fold.workspace.arrays(trial.result, lambda: _answers(trial, report))


def _answers(trial, report):
    fold = trial.fold
    choices = replace(fold.choices, imbalance=trial.kind)
    # The same seed for all treatments: they differ in nothing else.
    seed = seed_of(choices.seed, fold.target, fold.number)
    report(f"{trial.title}: constants and images")
    folder = fold.workspace.path("compare", trial.kind, f"{fold.target}-{fold.number}", "fit.npz")
    values, parts = prepared(fold, choices, seed, folder.parent)
    fitted = models.fit_network(
        values,
        parts,
        choices,
        choices.fold_width,
        seed,
        folder.parent,
        lambda epoch, record: report(epoch_text(trial.title, epoch, record)),
    )
    inputs = values.network_inputs(meta=choices.meta)
    held_out = {name: table[fold.held_out] for name, table in inputs.items()}
    return {"network": fitting.predict(fitted.network, held_out)}


def compare(run):
    """The figures of every target under every treatment, and which treatment wins.

    The winner has the largest balanced accuracy, averaged over the targets. Returns what
    `metrics.json` calls "imbalance".
    """
    samples, choices = run.samples, run.choices
    divided = {
        target: folds_of(samples, target, run.method, choices, run.workspace, run.places.spectractl)
        for target in samples.class_names
    }
    trials = [
        Trial(kind, fold) for folds, _ in divided.values() for fold in folds for kind in KINDS
    ]
    found = run.jobs.results(answered, trials, run.workspace, run.progress, _outcome)
    result = {
        target: {kind: _figures(run, target, folds, found, kind) for kind in KINDS}
        for target, (folds, _) in divided.items()
    }
    means = {
        kind: float(np.mean([figures[kind]["balancedAccuracy"] for figures in result.values()]))
        for kind in KINDS
    }
    return result | {"default": max(means, key=means.get), "means": means}


def _outcome(trial, found):
    fold = trial.fold
    truth = fold.samples.classes[fold.target][fold.held_out]
    predicted = metrics.predicted_classes(found["network"])
    return f"{trial.title}: balanced accuracy {metrics.balanced_accuracy(truth, predicted):.3f}"


def _figures(run, target, folds, found, kind):
    truth = run.samples.classes[target]
    rows = np.concatenate([fold.held_out for fold in folds])
    numbers = np.concatenate([np.full(len(fold.held_out), fold.number) for fold in folds])
    answers = np.concatenate([found[Trial(kind, fold).result]["network"] for fold in folds])
    figures = metrics.figures(
        truth[rows],
        answers,
        run.samples.class_names[target],
        numbers,
        groups=run.samples.groups[rows],
        permutations=run.choices.permutations,
        seed=seed_of(run.choices.seed, target, "permutations"),
    )
    return {
        "balancedAccuracy": figures["balancedAccuracy"],
        "accuracy": figures["accuracy"],
        "interval": figures["balancedAccuracyInterval"],
        "perClass": {name: each["sensitivity"] for name, each in figures["perClass"].items()},
    }
