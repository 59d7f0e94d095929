"""What is known of samples beside their spectra: the classes that people noted in a table."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .errors import InputError

# The daemon's own rule for targets and classes (ManifestCheck.checkName) and its limit of classes.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_NAME_RULE = "1 to 64 ASCII letters, digits, “_” and “-”, the first a letter or digit"
_CLASSES_MAX = 16
_RISING = ("low", "ok", "high")


@dataclass(frozen=True)
class LabelTable:
    """The labels of samples, as a file has them."""

    path: Path
    targets: tuple[str, ...]
    """The columns that hold classes, in the file's order."""
    classes: dict[str, dict[str, str]]
    """For each sample the class of each target, "" where unknown; samples in the file's order."""
    groups: dict[str, str] | None
    """Each sample's group, "" where the cell is empty; None without a column `group`."""


class Joined(NamedTuple):
    """One target's labels of a recording's samples."""

    labels: tuple[str, ...]
    """The class of each sample in the recording's order, "" where unknown."""
    notes: tuple[str, ...]
    """Sentences for people: who has no partner on the other side."""


def read_labels(path, targets=None):
    """Reads a table of labels: a LabelTable.

    The file is CSV in UTF-8, cells parted by comma, semicolon or tab, with a header. The column
    `sample` names samples as the recordings do; `group`, if there, says what must stay on one
    side of a split; every other column is a target (of these only `targets`, if given). An empty
    cell is an unknown class. A sample may stand in several lines if these agree. Raises
    InputError, with file and line, for anything else.
    """
    path = Path(path)
    lines = _lines(path)
    header, first = _header(path, lines)
    sample, group, columns = _columns(path, header, first, targets)
    classes, groups, seen = {}, {}, {}
    for line, cells in lines[1:]:
        if len(cells) != len(header):
            raise InputError(
                f"{path}:{line}: {len(cells)} cells were found, expected {len(header)} as in "
                "the header."
            )
        name = cells[sample]
        if not name:
            raise InputError(f"{path}:{line}, column “sample”: empty, expected a sample's name.")
        for target, column in columns.items():
            _check_name(cells[column], f"{path}:{line}, column “{target}”")
        of_line = {target: cells[column] for target, column in columns.items()}
        place = "" if group is None else cells[group]
        if name in seen and (of_line, place) != (classes[name], groups[name]):
            raise InputError(
                f"{path}:{line}: sample “{name}” is {_said(of_line, place)}, but line "
                f"{seen[name]} says {_said(classes[name], groups[name])}: expected the same."
            )
        classes[name], groups[name] = of_line, place
        seen.setdefault(name, line)
    if not classes:
        raise InputError(f"{path}: no line follows the header, expected one for each sample.")
    return LabelTable(path, tuple(columns), classes, None if group is None else groups)


def joined(sample_names, table, target):
    """One target's labels in the order of a recording's samples, with notes: a Joined.

    Raises InputError where the table has no such target or no sample in common.
    """
    if target not in table.targets:
        raise InputError(
            f"{table.path}: no column “{target}”, found {_listed(table.targets) or 'no target'}."
        )
    names = [str(name) for name in sample_names]
    without_row = sorted({name for name in names if name not in table.classes})
    without_sample = sorted(set(table.classes) - set(names))
    if len(without_row) == len(set(names)):
        raise InputError(
            f"{table.path}: no sample of the recordings is in the table. A sample in the "
            f"recordings is “{names[0]}”, one in the table “{next(iter(table.classes))}”: "
            "expected the same names."
        )
    labels = tuple(table.classes[name][target] if name in table.classes else "" for name in names)
    notes = []
    if without_row:
        notes.append(
            f"{len(without_row)} of {len(set(names))} samples of the recordings are not in "
            f"{table.path} and stay without label, such as “{without_row[0]}”."
        )
    if without_sample:
        notes.append(
            f"{len(without_sample)} of {len(table.classes)} samples in {table.path} are not in "
            f"the recordings, such as “{without_sample[0]}”."
        )
    return Joined(labels, tuple(notes))


def class_order(labels, given=None):
    """The class names in the order of the network's outputs: a tuple of str.

    A given order wins; low, ok and high are ordered so where no other label occurs; else names
    are sorted. Empty labels do not count. Raises InputError for labels outside the given order,
    for fewer than two classes, for more than the daemon takes and for names that it refuses.
    """
    found = {label for label in labels if label}
    if given is not None:
        order = tuple(given)
        strange = sorted(found - set(order))
        if strange:
            raise InputError(f"Labels {_listed(strange)} were found, expected {_listed(order)}.")
        if len(set(order)) < len(order):
            raise InputError(f"Classes {_listed(order)}: expected each name only once.")
        missing = [name for name in order if name not in found]
        if missing:
            raise InputError(f"No sample is labelled {_listed(missing)}: expected some of each.")
    elif found <= set(_RISING):
        order = tuple(name for name in _RISING if name in found)
    else:
        order = tuple(sorted(found))
    for name in order:
        _check_name(name, "The classes")
    if not 2 <= len(order) <= _CLASSES_MAX:
        raise InputError(
            f"{len(order)} classes were found ({_listed(order[:20]) or 'no label'}), expected 2 "
            f"to {_CLASSES_MAX}."
        )
    return order


def class_indices(labels, class_names):
    """The index of each label among the class names, int [n]; -1 for an empty label."""
    index = {name: position for position, name in enumerate(class_names)} | {"": -1}
    return np.array([index[label] for label in labels], int)


def _lines(path):
    """The table's lines that are not blank: (line number, stripped cells), the header first."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}, expected a table of labels.") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}:{line}: byte 0x{data[error.start]:02X} is not UTF-8. Save the table as "
            "“CSV UTF-8”."
        ) from error
    candidates = [_divided(path, text, delimiter) for delimiter in ",;\t"]
    lines = max(candidates, key=lambda lines: len(lines[0][1]) if lines else 0)
    if not lines:
        raise InputError(f"{path}: the file is empty, expected a table of labels.")
    return lines


def _divided(path, text, delimiter):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: {error}, expected CSV.") from error
    return lines


def _header(path, lines):
    line, header = lines[0]
    names = [name.casefold() if name.casefold() in ("sample", "group") else name for name in header]
    for position, name in enumerate(names):
        if not name or name in names[:position]:
            raise InputError(
                f"{path}:{line}: column {position + 1} is named “{name}”, expected a name that "
                "no other column has."
            )
    return names, line


def _columns(path, header, line, targets):
    """Where the samples, the groups and each target stand."""
    if "sample" not in header:
        raise InputError(f"{path}:{line}: columns {_listed(header)}, expected a column “sample”.")
    group = header.index("group") if "group" in header else None
    columns = {
        name: position
        for position, name in enumerate(header)
        if name not in ("sample", "group") and (targets is None or name in targets)
    }
    for name in columns:
        _check_name(name, f"{path}:{line}")
    missing = [name for name in targets or () if name not in columns]
    if missing:
        raise InputError(
            f"{path}:{line}: columns {_listed(header)}, expected also {_listed(missing)}."
        )
    return header.index("sample"), group, columns


def _check_name(name, place):
    if name and not _NAME.fullmatch(name):
        raise InputError(f"{place}: “{name[:80]}”, expected {_NAME_RULE}.")


def _said(classes, group):
    words = [f"{target} “{name}”" for target, name in classes.items()]
    return ", ".join(words + ([f"group “{group}”"] if group else [])) or "without label"


def _listed(names):
    return ", ".join(f"“{name}”" for name in names)
