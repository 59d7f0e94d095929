"""Puts a bundle together and lets the daemon's own checker load it before it is said to be done."""

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import golden, programs
from .errors import InputError
from .workspace import digest

# The daemon's own rules, asked for before hours of training and not after.
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
VERSION = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}"


@dataclass(frozen=True)
class Description:
    """What a bundle says of itself to people."""

    name: str
    version: str
    description: str
    intended_use: str
    data: str
    demonstration: bool = True

    def __post_init__(self):
        for title, value, rule in (
            ("name", self.name, NAME),
            ("version", self.version, VERSION),
        ):
            if not re.fullmatch(rule, value):
                raise InputError(
                    f"the bundle's {title} is “{value}”, expected 1 to 64 ASCII letters, digits, "
                    "“.”, “_” and “-”, the first a letter or digit"
                    + (" (a version may hold “+” too)" if title == "version" else "")
                )


def assembled(description, method, targets):
    """`bundle.json` but for golden cases and figures."""
    draft = method.draft([], {})
    return {
        "format": 1,
        "name": description.name,
        "version": description.version,
        "description": description.description,
        "intendedUse": description.intended_use,
        **{key: draft[key] for key in ("axis", "window", "signatures")},
        "targets": targets,
        "quality": draft["quality"],
        "demonstration": description.demonstration,
    }


def finish(bundle, description, method, samples, preprocessor, folder, choices, metrics):
    """Writes golden.json and bundle.json beside the members."""
    path = golden.write(bundle, method, samples, preprocessor, folder, choices.seed, choices.meta)
    bundle["golden"] = {"file": path.name, "sha256": digest(path)}
    bundle["training"] = {"data": description.data, "metrics": headline(metrics)}
    text = json.dumps(bundle, indent=1, ensure_ascii=False)
    (folder / "bundle.json").write_text(text + "\n", encoding="utf-8")


def headline(metrics):
    """The figures that travel with the bundle: means over targets, then each target's own."""
    each = {}
    for name, target in metrics["targets"].items():
        measured = target["models"].get("networkInt8")
        if measured is None:
            continue
        each[name] = {
            "accuracy": round(measured["accuracy"], 4),
            "balancedAccuracy": round(measured["balancedAccuracy"], 4),
            "perClass": {
                label: _rounded(figures["sensitivity"])
                for label, figures in measured["perClass"].items()
            },
            "lda": {
                key: round(target["models"]["lda"][key], 4)
                for key in ("accuracy", "balancedAccuracy")
            },
            "verdict": target["verdict"],
        }
    if not each:
        return {}
    mean = {
        key: round(sum(target[key] for target in each.values()) / len(each), 4)
        for key in ("accuracy", "balancedAccuracy")
    }
    return {
        **mean,
        "perClass": {name: target["perClass"] for name, target in each.items()},
        "how": f"{metrics['folds']}-fold cross-validation of the int8 networks, "
        "no sample or group on both sides",
        "targets": each,
    }


def _rounded(value):
    return None if value is None else round(value, 4)


def checked(spectractl, folder):
    """Lets `spectractl bundle check` load the bundle; returns what it said.

    Errors: InputError with its refusal. That would be a mistake of the workshop, not of people.
    """
    result = programs.run("spectractl", [spectractl, "bundle", "check", folder])
    if result.returncode != 0:
        raise InputError(
            f"the daemon's checker refuses the finished bundle {folder}: "
            f"{(result.stderr or result.stdout).strip()}"
        )
    return result.stdout.strip()


def put_in_place(folder, output, replaces):
    """Moves a checked bundle to where it belongs, whole or not at all."""
    output = Path(output)
    refuse_to_replace(output, replaces)
    beside = output.with_name(f".{output.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(folder, beside)
    if output.exists():
        old = output.with_name(f".{output.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        os.rename(output, old)
        os.rename(beside, output)
        shutil.rmtree(old)
    else:
        os.rename(beside, output)


def refuse_to_replace(output, replaces):
    """Refuses a place that is taken, unless a bundle there may be replaced."""
    output = Path(output)
    if not output.exists():
        return
    if not replaces:
        raise InputError(f"{output} exists; say --replace to replace it, or name another --output")
    if not (output / "bundle.json").is_file():
        raise InputError(f"{output} is not a bundle: found no bundle.json, so it is left alone")
