"""From labelled recordings to a bundle: the whole way, in order."""

import platform
import shutil
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from . import bundle as bundles
from . import cross_validation, members, metrics, models
from . import samples as tables
from .arrays import Arrays
from .cross_validation import CrossValidation
from .errors import InputError
from .illustrations import illustrate
from .preprocessing import Preprocessor
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


def run(source, method, choices, description, places, progress):
    """Reads, measures, trains, writes and checks; returns the metrics.

    Errors: InputError for whatever people gave that cannot be used.
    """
    bundles.refuse_to_replace(places.output, places.replaces)
    settings = {
        "data": source.described(),
        "method": method.described(),
        "choices": choices.described(),
    }
    workspace = Workspace(places.work, settings, fresh=places.fresh)
    preprocessor = Preprocessor(places.spectractl, workspace.path("preprocessed"))
    samples = tables.read(source, method, preprocessor, progress.say)
    tell_samples(samples, progress)
    arrays = Arrays(samples, method, preprocessor)
    result = {
        "format": 1,
        **{key: value for key, value in asdict(description).items() if key != "intended_use"},
        "intendedUse": description.intended_use,
        **settings["data"],
        "settings": {"method": settings["method"], "choices": settings["choices"]},
        "samples": len(samples),
        "groups": len(np.unique(samples.groups)),
        "folds": choices.folds,
        "programs": programs(),
        "targets": measured(arrays, choices, workspace, progress),
    }
    draft = train_members(arrays, method, choices, description, workspace, progress, result)
    folder = workspace.folder / "bundle"
    if places.unseen:
        result["unseen"] = unseen_figures(
            replace(source, recordings=places.unseen), method, arrays, draft, folder, choices,
            progress,
        )
    with progress.task("golden cases"):
        bundles.finish(
            draft, description, method, samples, preprocessor, folder, choices, result
        )
    progress.say(bundles.checked(places.spectractl, folder))
    with progress.task("report"):
        pictures = illustrate(arrays, draft)
        page = write_report(places.report, result, pictures)
    bundles.put_in_place(folder, places.output, places.replaces)
    shutil.rmtree(preprocessor.folder, ignore_errors=True)
    progress.say(f"wrote {places.output}; the report is {page}")
    return result


def tell_samples(samples, progress):
    """Says how many samples there are of each class."""
    progress.say(f"{len(samples)} samples in {len(np.unique(samples.groups))} groups")
    for target, names in samples.class_names.items():
        classes = samples.classes[target]
        counts = ", ".join(f"{name} {(classes == i).sum()}" for i, name in enumerate(names))
        unknown = (classes < 0).sum()
        progress.say(f"{target}: {counts}" + (f", unknown {unknown}" if unknown else ""))


def measured(arrays, choices, workspace, progress):
    """The figures of every target over the folds; only the classes' counts without folds."""
    result = {}
    for target, names in arrays.samples.class_names.items():
        classes = arrays.samples.classes[target]
        counts = {name: int((classes == index).sum()) for index, name in enumerate(names)}
        result[target] = {"classes": counts, "models": {}, "histories": [], "verdict": None}
        if choices.folds == 0:
            result[target]["verdict"] = "Not measured: the run was told to leave the folds out."
            continue
        folds = CrossValidation(arrays, choices, workspace, progress)
        answers, held_out, histories = folds.run(target)
        with progress.task(f"{target}: figures"):
            figures, quantized = cross_validation.figures(
                arrays.samples, target, answers, held_out, choices
            )
        verdict = metrics.verdict(figures)
        result[target] |= {
            "models": figures,
            "int8": quantized,
            "histories": histories,
            "verdict": verdict,
        }
        progress.say(f"{target}: {verdict}")
    return result


def train_members(arrays, method, choices, description, workspace, progress, result):
    """Trains what ships; returns the bundle without golden cases, its files in the workspace."""
    folder = workspace.folder / "bundle"
    shutil.rmtree(folder, ignore_errors=True)
    targets = []
    for target in arrays.samples.class_names:
        described, kept = members.train(arrays, target, choices, workspace, progress, folder)
        targets.append(described)
        result["targets"][target]["members"] = [
            {"epochs": len(found["history.epoch"]), "int8Agreement": float(found["agreement"])}
            for found in kept
        ]
    return bundles.assembled(description, method, targets)


def unseen_figures(source, method, arrays, draft, folder, choices, progress):
    """Figures of the members that ship, and of the baselines, on recordings of their own."""
    preprocessor, known = arrays.preprocessor, arrays.samples
    orders = {name: names for name, names in known.class_names.items()}
    others = tables.read(
        replace(source, class_orders=orders), method, preprocessor, progress.say, "unseen"
    )
    shared = set(known.groups) & set(others.groups)
    if shared:
        raise InputError(
            f"--unseen: found {len(shared)} samples or groups that are also trained on, such as "
            f"{min(shared)}; expected others"
        )
    of_unseen = Arrays(others, method, preprocessor, "unseen")
    result = {}
    for described in draft["targets"]:
        target = described["name"]
        with progress.task(f"{target}: unseen samples"):
            rows = others.known(target)
            inputs = of_unseen.of(target, draft | {"targets": [described | {"members": []}]})
            answers = {
                "networkInt8": members.ensemble_answers(
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
            name, both, target, known.known(target), len(known) + rows,
            seed_of(choices.seed, target, "unseen"),
        )
        for name in models.BASELINES
    }


def programs():
    """Versions of what the figures were made with."""
    return {"python": platform.python_version()} | {name: version(name) for name in PROGRAMS}
