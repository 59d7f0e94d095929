"""What must stay on one side of a split: samples, and the groups that samples belong to."""

import itertools
import re

import numpy as np

from .errors import InputError

_ADVICE = (
    "Name samples while scanning, or after the files or a column with "
    "--sample-from (such as {file}, {folder}/{name} or {Reading_ID})."
)


def check_sample_names(names, scans_per_sample, *, scans_are_samples=False):
    """The name of each row of `samples.csv`, [n] str, once it is clear what a sample is.

    `spectractl preprocess` takes scans that follow each other under one name as one sample, and
    those without name likewise: a recording without sample names becomes a single row with an
    empty name, the median of everything. Folds over such rows would mean nothing, so an empty
    name is refused, and so is one name for all. `scans_are_samples` is for people who know
    that a scan without name is a sample of its own: rows of one scan each are then named
    "scan 1", "scan 2", …; a median of several is refused all the same.
    """
    names = ["" if _is_missing(name) else str(name).strip() for name in names]
    scans = [int(count) for count in scans_per_sample]
    nameless = [count for name, count in zip(names, scans, strict=True) if not name]
    if nameless and not scans_are_samples:
        raise InputError(
            f"{sum(nameless)} of {sum(scans)} scans have no sample name, expected one for each: "
            "without, scans of one sample come to stand on both sides of a split, and the "
            f"figures are too good. {_ADVICE}"
        )
    if nameless and max(nameless) > 1:
        raise InputError(
            f"{max(nameless)} scans without sample name follow each other and were taken as one "
            f"sample, expected one name for each scan that is a sample of its own. {_ADVICE}"
        )
    numbers = itertools.count(1)
    names = [name or f"scan {next(numbers)}" for name in names]
    if len(set(names)) < 2:
        raise InputError(
            f"All {sum(scans)} scans are of one sample{f' “{names[0]}”' if names else ''}, "
            f"expected the scans of many. {_ADVICE}"
        )
    return tuple(names)


def sample_groups(sample_names, table=None, pattern=None):
    """The group of each sample, [n] str: by pattern, else by the table's column, else its name.

    One sample name is always one group, wherever in the recordings it stands. A sample without
    a row or with an empty cell in the table is a group of its own.
    """
    if pattern is not None:
        return groups_from(sample_names, pattern)
    of_table = (table.groups if table else None) or {}
    return tuple(of_table.get(name) or name for name in sample_names)


def groups_from(sample_names, pattern):
    r"""The group of each sample: what the pattern's one capture group finds in its name.

    The regular expression is searched for anywhere in the name: `^(group\d+)/` makes
    `group02/caffeine` part of `group02`. Raises InputError where it does not find one.
    """
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise InputError(f"The pattern “{pattern}” is no regular expression: {error}.") from error
    if expression.groups != 1:
        raise InputError(
            f"The pattern “{pattern}” has {expression.groups} capture groups, expected one: the "
            "part of a sample's name that names its group, such as “^(group[0-9]+)/”."
        )
    groups = []
    for name in sample_names:
        match = expression.search(name)
        if not match or not match[1]:
            raise InputError(
                f"The pattern “{pattern}” finds no group in the sample name “{name}”, expected "
                "one in each."
            )
        groups.append(match[1])
    return tuple(groups)


def _is_missing(name):
    """Whether a cell is empty: "", None, or pandas' NaN."""
    return name is None or (isinstance(name, float) and np.isnan(name)) or not str(name).strip()
