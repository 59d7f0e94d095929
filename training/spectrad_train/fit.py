"""From labelled recordings to a bundle: the whole way, in order."""

import platform
import shutil
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from . import bundle as bundles
from . import comparison, cross_validation, members, metrics, models
from . import samples as tables
from .arrays import Arrays
from .choices import Choices
from .ensemble import ensemble_answers
from .errors import InputError
from .illustrations import illustrate
from .jobs import Jobs
from .method import Method
from .preprocessing import Preprocessor
from .progress import Progress
from .report import write_report
from .workspace import Workspace, seed_of

PROGRAMS = ("keras", "jax", "onnx", "onnxruntime", "scikit-learn", "imbalanced-learn", "numpy")


@dataclass(frozen=True)
class Places:
    """Where a run reads and writes. `unseen` are recordings that nothing is trained on."""

    spectractl: Path
    work: Path
    output: Path
    report: Path
    unseen: tuple = ()
    fresh: bool = False
    replaces: bool = False


@dataclass(frozen=True)
class Run:
    """What every step of a run reads."""

    source: tables.Source
    method: Method
    choices: Choices
    places: Places
    workspace: Workspace
    preprocessor: Preprocessor
    samples: tables.Samples
    jobs: Jobs
    progress: Progress


def begun(source, method, choices, places, jobs, progress):
    """Opens the workspace and reads the samples."""
    settings = {
        "data": source.described(),
        "method": method.described(),
        "choices": choices.described(),
    }
    workspace = Workspace(places.work, settings, fresh=places.fresh)
    preprocessor = Preprocessor(places.spectractl, workspace.folder / "preprocessed")
    samples = tables.read(source, method, preprocessor, progress.say)
    tell_samples(samples, progress)
    return Run(source, method, choices, places, workspace, preprocessor, samples, jobs, progress)


def make_bundle(run, description):
    """Measures, trains, writes and checks; returns the metrics.

    Errors: InputError for whatever people gave that cannot be used.
    """
    places, choices, progress = run.places, run.choices, run.progress
    bundles.refuse_to_replace(places.output, places.replaces)
    others = unseen_samples(run)
    result = described(run, description)
    measured(run, result["targets"])
    folder = run.workspace.folder / "bundle"
    draft = train_members(run, description, folder, result["targets"])
    if others is not None:
        result["unseen"] = unseen_figures(run, others, draft, folder)
    with progress.task("golden cases"):
        bundles.finish(
            draft,
            description,
            run.method,
            run.samples,
            run.preprocessor,
            folder,
            choices,
            result,
        )
    progress.say(bundles.checked(places.spectractl, folder))
    with progress.task("report"):
        arrays = Arrays(run.samples, run.method, run.preprocessor)
        page = write_report(places.report, result, illustrate(arrays, draft))
    bundles.put_in_place(folder, places.output, places.replaces)
    run.preprocessor.remove()
    progress.say(f"wrote {places.output}; the report is {page}")
    return result


def described(run, description):
    """The head of `metrics.json`: what was measured, with what."""
    return {
        "format": 1,
        "name": description.name,
        "version": description.version,
        "description": description.description,
        "intendedUse": description.intended_use,
        "demonstration": description.demonstration,
        "data": description.data,
        "recordings": run.source.described()["recordings"],
        "settings": {
            "source": run.source.described(),
            "method": run.method.described(),
            "choices": run.choices.described(),
        },
        "samples": len(run.samples),
        "groups": len(np.unique(run.samples.groups)),
        "folds": run.choices.folds,
        "programs": program_versions(),
        "targets": {},
    }


def tell_samples(samples, progress):
    """Says how many samples there are of each class."""
    progress.say(f"{len(samples)} samples in {len(np.unique(samples.groups))} groups")
    for target, names in samples.class_names.items():
        classes = samples.classes[target]
        counts = ", ".join(f"{name} {(classes == i).sum()}" for i, name in enumerate(names))
        unknown = (classes < 0).sum()
        progress.say(f"{target}: {counts}" + (f", unknown {unknown}" if unknown else ""))


def measured(run, result):
    """Adds the figures of every target over the folds; only the classes' counts without folds."""
    samples, choices = run.samples, run.choices
    for target, names in samples.class_names.items():
        classes = samples.classes[target]
        counts = {name: int((classes == index).sum()) for index, name in enumerate(names)}
        result[target] = {"classes": counts, "models": {}, "histories": [], "verdict": None}
    if choices.folds == 0:
        for target in result:
            result[target]["verdict"] = "Not measured: the run was told to leave the folds out."
        return
    divided = {
        target: cross_validation.folds_of(
            samples, target, run.method, choices, run.workspace, run.places.spectractl
        )
        for target in result
    }
    tasks = [fold for folds, _ in divided.values() for fold in folds]
    found = run.jobs.results(
        cross_validation.computed, tasks, run.workspace, run.progress, cross_validation.outcome
    )
    for target, (folds, numbers) in divided.items():
        answers, histories = cross_validation.collected(found, folds, numbers)
        with run.progress.task(f"{target}: figures"):
            figures, quantized = cross_validation.figures(
                samples, target, answers, numbers, choices
            )
        verdict = comparison.verdict(figures)
        result[target] |= {
            "models": figures,
            "int8": quantized,
            "histories": histories,
            "verdict": verdict,
        }
        run.progress.say(f"{target}: {verdict}")


def train_members(run, description, folder, result):
    """Trains what ships; returns the bundle without golden cases."""
    shutil.rmtree(folder, ignore_errors=True)
    arrays = Arrays(run.samples, run.method, run.preprocessor)
    tasks = []
    for target in run.samples.class_names:
        with run.progress.task(f"{target}: constants"):
            draft = arrays.draft(target, run.samples.known(target))
        tasks += [
            members.Member(
                target,
                number,
                draft,
                run.samples,
                run.method,
                run.choices,
                run.workspace,
                run.places.spectractl,
            )
            for number in range(run.choices.members)
        ]
    found = run.jobs.results(members.trained, tasks, run.workspace, run.progress, members.outcome)
    targets = []
    for target in run.samples.class_names:
        own = [member for member in tasks if member.target == target]
        result[target]["members"] = [members.figures(found[member.result]) for member in own]
        targets.append(members.placed(own, folder))
    return bundles.assembled(description, run.method, targets)


def unseen_samples(run):
    """The samples that nothing is trained on, or None; read before anything takes long."""
    if not run.places.unseen:
        return None
    others = tables.read(
        replace(run.source, recordings=run.places.unseen),
        run.method,
        run.preprocessor,
        run.progress.say,
        class_names=run.samples.class_names,
    )
    shared = set(run.samples.groups) & set(others.groups)
    if shared:
        raise InputError(
            f"--unseen: found {len(shared)} samples or groups that are also trained on, such as "
            f"{min(shared)}; expected others"
        )
    return others


def unseen_figures(run, others, draft, folder):
    """Figures of the members that ship, and of the baselines, on samples of their own."""
    known, choices, progress = run.samples, run.choices, run.progress
    of_unseen = Arrays(others, run.method, run.preprocessor, "unseen")
    result = {}
    for described in draft["targets"]:
        target = described["name"]
        with progress.task(f"{target}: unseen samples"):
            rows = others.known(target)
            inputs = of_unseen.of(target, draft | {"targets": [described | {"members": []}]})
            answers = {
                "networkInt8": ensemble_answers(
                    folder, described, inputs.onnx_inputs(rows, meta=choices.meta)
                )
            }
            answers |= _baselines_on(known, others, target, rows, choices)
        truth = others.classes[target][rows]
        names = known.class_names[target]
        result[target] = {
            "classes": {n: int((truth == i).sum()) for i, n in enumerate(names)},
            "models": {
                model: metrics.figures(
                    truth,
                    values,
                    names,
                    np.zeros(len(truth), int),
                    groups=others.groups[rows],
                    permutations=choices.permutations,
                    seed=seed_of(choices.seed, target, "unseen"),
                    training_truth=known.classes[target],
                )
                for model, values in answers.items()
            },
        }
        figures = result[target]["models"]
        progress.say(
            f"{target}: unseen samples, balanced accuracy "
            + ", ".join(f"{m} {f['balancedAccuracy']:.3f}" for m, f in figures.items())
        )
    return {"samples": len(others), "targets": result}


def _baselines_on(known, others, target, rows, choices):
    """The baselines' answers to `rows` of other samples, fitted on all known ones."""
    both = replace(
        known,
        groups=np.concatenate([known.groups, others.groups]),
        medians=np.concatenate([known.medians, others.medians]),
        classes={target: np.concatenate([known.classes[target], others.classes[target]])},
    )
    return {
        name: models.baseline_answers(
            name,
            both,
            target,
            known.known(target),
            len(known) + rows,
            seed_of(choices.seed, target, "unseen"),
        )
        for name in models.BASELINES
    }


def program_versions():
    """Versions of what the figures were made with."""
    return {"python": platform.python_version()} | {name: version(name) for name in PROGRAMS}
