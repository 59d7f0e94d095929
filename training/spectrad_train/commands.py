"""What each command does with what the command line says."""

import json
import math
import os
from fractions import Fraction
from pathlib import Path

from rich.console import Console
from rich.table import Table

from . import bloods, bundle, compare, fit, method, recipes
from .choices import DEFAULT_IMBALANCE, Choices
from .errors import InputError
from .fitting import Schedule
from .jobs import Jobs, keep_compiled
from .networks.spectra_vgg import scaled_widths
from .progress import Progress
from .samples import Source
from .workspace import write_whole

OUTPUT = Path("training/output")
LEAST = {
    "members": 1,
    "folds": 0,
    "permutations": 0,
    "epochs": 1,
    "patience": 1,
    "halve_after": 1,
    "batch": 1,
    "jobs": 1,
}


def run(chosen):
    """Runs the chosen command."""
    {"fit": _fit, "compare": _compare, "evaluate": _evaluate, "make": _make}[chosen.command](chosen)


def _fit(chosen):
    chosen.output = chosen.output.resolve()
    name = chosen.name or chosen.output.name
    description = bundle.Description(
        name=name,
        version=chosen.bundle_version,
        description=chosen.description,
        intended_use=chosen.intended_use,
        data=chosen.data or ", ".join(path.name for path in chosen.recordings),
        demonstration=not chosen.not_a_demonstration,
    )
    places = fit.Places(
        spectractl=chosen.spectractl,
        work=chosen.work or OUTPUT / name,
        output=chosen.output,
        report=chosen.report or chosen.output.with_name(f"{chosen.output.name}-report"),
        unseen=tuple(chosen.unseen),
        fresh=chosen.fresh,
        replaces=chosen.replace,
    )
    bundle.refuse_to_replace(places.output, places.replaces)
    fit.make_bundle(_begun(chosen, places), description)


def _compare(chosen):
    work = chosen.work or OUTPUT / f"compare-{chosen.recordings[0].name.split('.')[0]}"
    places = fit.Places(
        spectractl=chosen.spectractl, work=work, output=work, report=work, fresh=chosen.fresh
    )
    begun = _begun(chosen, places)
    result = compare.compare(begun)
    write_whole(work / "imbalance.json", (json.dumps(result, indent=1) + "\n").encode())
    print_comparison(result)


def print_comparison(result):
    """Prints balanced accuracies by target and treatment; the best of each is marked."""
    console = Console(highlight=False)
    kinds = list(result["means"])
    table = Table("target", *kinds)
    rows = {name: figures for name, figures in result.items() if name not in ("default", "means")}
    for target, figures in rows.items():
        table.add_row(target, *_marked([figures[kind]["balancedAccuracy"] for kind in kinds]))
    table.add_row("mean", *_marked([result["means"][kind] for kind in kinds]))
    console.print(table)
    console.print(f"{result['default']} wins on balanced accuracy (* is the best of its line)")


def _marked(values):
    return [f"{value:.3f}{' *' if value == max(values) else ''}" for value in values]


def _evaluate(chosen):
    bloods.evaluate(
        chosen.folder,
        chosen.signatures,
        choices(chosen),
        fit.Places(
            spectractl=chosen.spectractl,
            work=chosen.work or OUTPUT / "bloods",
            output=chosen.report,
            report=chosen.report,
            fresh=chosen.fresh,
        ),
        jobs(chosen),
        Progress(quiet=chosen.quiet),
    )


def _make(chosen):
    refuse_numbers(chosen)
    recipes.make(chosen, jobs(chosen), Progress(quiet=chosen.quiet))


def _begun(chosen, places):
    return fit.begun(
        source(chosen),
        method.chosen(chosen.method, chosen.window),
        choices(chosen),
        places,
        jobs(chosen),
        Progress(quiet=chosen.quiet),
    )


def source(chosen):
    """The data that the command line names."""
    options = []
    for name in ("axis", "sample_from"):
        if getattr(chosen, name):
            options += [f"--{name.replace('_', '-')}", getattr(chosen, name)]
    for label in chosen.label:
        options += ["--label", label]
    return Source(
        recordings=tuple(chosen.recordings),
        options=tuple(options),
        labels=chosen.labels,
        targets=tuple(chosen.target),
        class_orders={
            target: tuple(names.split(","))
            for target, names in _named("--classes", chosen.classes).items()
        },
        classes_from=_named("--class-from", chosen.class_from),
        group=chosen.group,
        each_scan_is_a_sample=chosen.each_scan_is_a_sample,
    )


def _named(option, texts):
    """TARGET=TEXT, repeated, as a dictionary."""
    result = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise InputError(f"{option}: found {text}, expected TARGET=…")
        result[name] = value
    return result


def choices(chosen):
    """The network, the training and the folds that the command line asks for."""
    refuse_numbers(chosen)
    if not 0 < chosen.learning_rate < math.inf:
        raise InputError(f"--learning-rate: found {chosen.learning_rate}, expected more than 0")
    if not 0 <= chosen.convolution_dropout < 1:
        raise InputError(
            f"--convolution-dropout: found {chosen.convolution_dropout}, expected a share from 0 "
            "to less than 1"
        )
    if not 0 <= chosen.averaging < 1:
        raise InputError(
            f"--averaging: found {chosen.averaging}, expected a share from 0 to less than 1"
        )
    fold_width = chosen.fold_width or min(chosen.width, Fraction(1, 4))
    for width in (chosen.width, fold_width):
        # The members come last: a width that cannot be must not wait for the folds.
        scaled_widths(width)
    schedule = Schedule(
        epochs=chosen.epochs,
        batch=chosen.batch,
        learning_rate=chosen.learning_rate,
        patience=chosen.patience,
        halve_after=chosen.halve_after,
        averaging=chosen.averaging,
    )
    return Choices(
        activation=chosen.activation,
        width=chosen.width,
        fold_width=fold_width,
        meta=not chosen.image_only,
        convolution_dropout=chosen.convolution_dropout,
        imbalance=getattr(chosen, "imbalance", None) or DEFAULT_IMBALANCE,
        schedule=schedule,
        member_schedule=schedule,
        members=chosen.members,
        folds=chosen.folds,
        permutations=chosen.permutations,
        seed=chosen.seed,
    )


def refuse_numbers(chosen):
    """Refuses numbers of the command line that mean nothing, of those that the command has."""
    for name, least in LEAST.items():
        value = getattr(chosen, name, None)
        if value is not None and value < least:
            option = name.replace("_", "-")
            raise InputError(f"--{option}: found {value}, expected {least} or more")
    if chosen.folds == 1:
        raise InputError("--folds: found 1, expected 0 (no figures) or 2 and more")
    if chosen.folds == 0 and chosen.command in ("compare", "evaluate"):
        raise InputError(f"--folds: found 0, but all that {chosen.command} makes are figures")


def jobs(chosen):
    """How fits are computed here: side by side on the cores of a CPU, or one by one on a GPU."""
    import jax  # noqa: PLC0415 - it takes a second that wrong options need not wait for

    on_gpu = jax.default_backend() != "cpu"
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    compiled = Path(cache) / "spectrad-train" / "compiled"
    keep_compiled(compiled)
    return Jobs(chosen.jobs or len(os.sched_getaffinity(0)), on_gpu, compiled)
