"""The command line: `spectrad-train fit`, `compare`, `evaluate` and `make`."""

import argparse
import sys
from fractions import Fraction
from pathlib import Path

from .errors import InputError

DESCRIPTION = "From labelled near-infrared recordings to a model bundle for spectrad."


def main(arguments=None):
    """Runs a command; returns 0 done, 2 input or a place that cannot be used, or 130 stopped."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        # The numerical libraries take seconds to load: --help does not wait for them.
        from . import commands  # noqa: PLC0415

        commands.run(chosen)
    except InputError as error:
        print(f"spectrad-train: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        # A full disk, a folder that may not be written: nothing that a traceback explains better.
        place = f"{error.filename}: " if error.filename else ""
        print(f"spectrad-train: {place}{error.strerror or error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("spectrad-train: stopped; the same command goes on where it was", file=sys.stderr)
        return 130
    return 0


def _parser():
    parser = argparse.ArgumentParser(prog="spectrad-train", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    fit = commands.add_parser("fit", help="make a bundle of labelled recordings")
    _add_data(fit)
    _add_network(fit)
    _add_run(fit)
    fit.add_argument(
        "--imbalance",
        choices=("none", "weighted", "undersample", "oversample"),
        help="what is done about rare classes (default: oversample)",
    )
    fit.add_argument("--output", type=Path, required=True, help="the bundle's folder")
    fit.add_argument("--replace", action="store_true", help="replace a bundle that is there")
    fit.add_argument("--report", type=Path, help="folder of the report (default: OUTPUT-report)")
    fit.add_argument(
        "--unseen",
        type=Path,
        action="append",
        default=[],
        help="a recording to measure the finished bundle on; may be repeated",
    )
    fit.add_argument("--name", help="the bundle's name (default: the output folder's)")
    fit.add_argument("--bundle-version", default="1.0.0", metavar="VERSION")
    fit.add_argument("--description", default="", help="what it is, for people")
    fit.add_argument("--intended-use", default="research only, not for diagnosis")
    fit.add_argument("--data", default="", help="where the recordings come from, in words")
    fit.add_argument(
        "--not-a-demonstration",
        action="store_true",
        help="predictions are not marked as demonstration",
    )

    compare = commands.add_parser("compare", help="which treatment of rare classes wins")
    _add_data(compare)
    _add_network(compare)
    _add_run(compare)

    evaluate = commands.add_parser("evaluate", help="measure the method on known data")
    evaluate.add_argument("subject", choices=("bloods",))
    evaluate.add_argument(
        "--folder", type=Path, required=True, help="the folder with donations_mean_355.csv"
    )
    evaluate.add_argument(
        "--signatures", type=Path, help="CSV of pure compounds (default: parametric ones)"
    )
    evaluate.add_argument("--report", type=Path, required=True, help="folder of the report")
    _add_network(evaluate)
    _add_run(evaluate)

    make = commands.add_parser("make", help="make a bundle that ships, or a small one to see it")
    make.add_argument("bundle", choices=("blood-synthetic", "powders", "trial"))
    make.add_argument("--spectrasim", type=Path, default=Path(".build/release/spectrasim"))
    make.add_argument("--folder", type=Path, help="powders: the folder with the scans")
    make.add_argument("--output", type=Path, help="default: bundles/NAME")
    make.add_argument("--report", type=Path, help="default: docs/bundles/NAME")
    _add_run(make, folds=None)
    return parser


def _add_data(parser):
    data = parser.add_argument_group("data")
    data.add_argument(
        "recordings",
        nargs="+",
        type=Path,
        metavar="RECORDING",
        help="what spectractl preprocess reads, or folders of it",
    )
    data.add_argument("--labels", type=Path, help="CSV with columns sample, target, …, and group")
    data.add_argument("--target", action="append", default=[], help="a target; may be repeated")
    data.add_argument(
        "--classes", action="append", default=[], metavar="TARGET=A,B,…", help="the classes' order"
    )
    data.add_argument(
        "--class-from",
        action="append",
        default=[],
        metavar="TARGET=PATTERN",
        help="the class stands in the sample's name, as the group of a pattern",
    )
    data.add_argument(
        "--group",
        metavar="PATTERN",
        help="what must stay together beside a sample, as a group of a pattern on its name",
    )
    data.add_argument(
        "--each-scan-is-a-sample",
        action="store_true",
        help="take scans without sample names as samples of their own",
    )
    data.add_argument("--axis", help="as of spectractl preprocess")
    data.add_argument("--sample-from", metavar="PATTERN", help="as of spectractl preprocess")
    data.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="COLUMN[=A,B,…]",
        help="as of spectractl preprocess",
    )
    data.add_argument("--method", default="plain", help="plain, blood, or a JSON file")
    data.add_argument("--window", metavar="START:END", help="nanometres (default: 950:1350)")


def _add_network(parser):
    network = parser.add_argument_group("network")
    network.add_argument("--activation", choices=("relu", "softmax"), default="relu")
    network.add_argument(
        "--width",
        type=_width,
        default=Fraction(1, 4),
        metavar="SHARE",
        help="of the published widths, such as 1 or 1/4 (default: 1/4)",
    )
    network.add_argument(
        "--fold-width",
        type=_width,
        metavar="SHARE",
        help="of the networks that are only measured (default: 1/4 at most)",
    )
    network.add_argument("--image-only", action="store_true", help="leave the meta-features out")
    network.add_argument(
        "--convolution-dropout",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="after each convolution (default: 0; published: 0.2)",
    )
    network.add_argument("--members", type=int, default=1, help="networks per target")
    network.add_argument("--epochs", type=int, default=200)
    network.add_argument(
        "--patience", type=int, default=20, help="epochs without improvement until a training stops"
    )
    network.add_argument(
        "--halve-after",
        type=int,
        default=10,
        help="epochs without improvement until the learning rate is halved",
    )
    network.add_argument(
        "--averaging",
        type=float,
        default=0.98,
        metavar="SHARE",
        help="what the moving average of the weights keeps of itself at each step; "
        "0 keeps the best epoch's weights instead (default: %(default)s)",
    )
    network.add_argument("--batch", type=int, default=16)
    network.add_argument("--learning-rate", type=float, default=1e-3)


def _add_run(parser, folds=10):
    run = parser.add_argument_group("run")
    run.add_argument("--folds", type=int, default=folds, help="0 leaves the figures out")
    run.add_argument("--permutations", type=int, default=1000)
    run.add_argument("--seed", type=int, default=1)
    run.add_argument(
        "--work", type=Path, help="folder of what is finished (default: training/output/NAME)"
    )
    run.add_argument("--fresh", action="store_true", help="forget what an earlier run finished")
    run.add_argument(
        "--jobs", type=int, help="fits side by side, one core each (default: all cores)"
    )
    run.add_argument("--spectractl", type=Path, default=Path(".build/release/spectractl"))
    run.add_argument("--quiet", action="store_true", help="say nothing but errors")


def _width(text):
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        value = Fraction(0)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"found {text}, expected a share such as 1 or 1/4")
    return value
