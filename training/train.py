#!/usr/bin/env python3
"""From a labelled recording to a model bundle: constants, networks, figures, golden cases.

Every spectrum and image comes from `spectractl preprocess`, so that training and the daemon share
one arithmetic. README.md beside this file says how to run it.
"""

import argparse
import os
import shutil
import time
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import jax  # noqa: E402
from rich.console import Console  # noqa: E402
from spectrad_training import method  # noqa: E402
from spectrad_training.workshop import Workshop  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording", type=Path, help="labelled recording to train on")
    parser.add_argument("--unseen", type=Path, required=True, help="recording of other donors")
    parser.add_argument("--preprocess", default=".build/release/spectractl preprocess")
    parser.add_argument("--output", type=Path, default=Path("bundles/blood-synthetic"))
    parser.add_argument("--work", type=Path, default=Path("training/output"))
    parser.add_argument("--name", default="blood-synthetic")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--data", required=True, help="where the recordings come from, in words")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--folds", type=int, default=3, help="0 leaves cross-validation out")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main():
    chosen = arguments()
    console = Console(highlight=False, soft_wrap=True)
    start = time.monotonic()
    # All fits run the same compiled step; compiling it takes longer than an epoch.
    jax.config.update("jax_compilation_cache_dir", str(chosen.work.absolute() / "compiled"))

    def say(text):
        console.print(f"{time.monotonic() - start:7.1f} s  {text}", markup=False)

    description = "Low, ok or high of three blood values, learned from synthetic donors only."
    draft = method.draft_bundle(chosen.name, chosen.version, description)
    workshop = Workshop(chosen, say)
    members = chosen.work / "bundle"
    shutil.rmtree(members, ignore_errors=True)
    bundle = workshop.train_members(draft, members)
    metrics = workshop.evaluate_unseen(bundle, members)
    write(workshop, bundle, metrics, members, chosen.output)
    say(f"wrote {chosen.output} with the figures of unseen donors")
    if chosen.folds:
        metrics |= workshop.cross_validate(draft)
        write(workshop, bundle, metrics, members, chosen.output)
        say(f"wrote {chosen.output} again, with its cross-validation")


def write(workshop, bundle, metrics, members, output):
    """Finishes the bundle and puts it where it belongs."""
    workshop.finish(bundle, metrics, members)
    shutil.rmtree(output, ignore_errors=True)
    shutil.copytree(members, output)


if __name__ == "__main__":
    main()
