"""The samples of recordings: names, groups, labels and median spectra."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from . import groups, labels
from .errors import InputError
from .workspace import digest

# Columns of the table of samples that are no labels.
TAKEN = ("sample", "scans", "temperature", "humidity")


@dataclass(frozen=True)
class Source:
    """Where samples come from, as the command line says it.

    `options` go to spectractl as they are (--axis, --sample-from, --label). `group` is a pattern
    with one capture group on the sample's name; `classes_from` has such a pattern for targets
    whose class stands in the name.
    """

    recordings: tuple
    options: tuple = ()
    labels: Path | None = None
    targets: tuple = ()
    class_orders: dict | None = None
    classes_from: dict | None = None
    group: str | None = None
    each_scan_is_a_sample: bool = False

    def described(self):
        """What the settings of a run say of the data: digests, not places."""
        return {
            "recordings": [
                {"file": Path(path).name, "sha256": digest(path)} for path in self.recordings
            ],
            "options": list(self.options),
            "labels": {"file": Path(self.labels).name, "sha256": digest(self.labels)}
            if self.labels
            else None,
            "targets": list(self.targets),
            "classOrders": self.class_orders or {},
            "classesFrom": self.classes_from or {},
            "group": self.group,
            "eachScanIsASample": self.each_scan_is_a_sample,
        }


@dataclass(frozen=True)
class Samples:
    """A table with one row per sample that has a median.

    `groups` [n] tells what must stay on one side of every split. `medians` [n, points] is the
    median absorbance in the window, `temperature` in °C, `humidity` in percent, `classes` has for
    each target the class index of every row, -1 where it is unknown.
    """

    names: np.ndarray
    groups: np.ndarray
    scans: np.ndarray
    temperature: np.ndarray
    humidity: np.ndarray
    medians: np.ndarray
    wavelengths_nanometres: np.ndarray
    class_names: dict
    classes: dict

    def __len__(self):
        return len(self.names)

    def known(self, target):
        """The rows whose class is known."""
        return np.flatnonzero(self.classes[target] >= 0)

    def with_medians(self, medians, sources):
        """The same table with other spectra: row i is a changed copy of row `sources[i]`."""
        return replace(
            self,
            names=self.names[sources],
            groups=self.groups[sources],
            scans=self.scans[sources],
            temperature=self.temperature[sources],
            humidity=self.humidity[sources],
            medians=medians,
            classes={name: values[sources] for name, values in self.classes.items()},
        )

    def write_recording(self, path):
        """Writes each median as the one scan of its sample, in row order.

        Its wavelengths are the window's points of the bundle's axis, so that spectractl neither
        interpolates nor takes a median: the numbers that it reads are these.
        """
        header = {
            "type": "recording",
            "version": 1,
            "wavelengthsNanometres": self.wavelengths_nanometres.tolist(),
            "scanner": {},
        }
        with open(path, "w", encoding="utf-8") as file:
            file.write(json.dumps(header) + "\n")
            for row in range(len(self)):
                scan = {
                    "time": None,
                    # Rows that follow each other must not be taken for one sample.
                    "sample": f"{row}",
                    "absorbance": self.medians[row].tolist(),
                    "temperatureCelsius": float(self.temperature[row]),
                    "relativeHumidityPercent": float(self.humidity[row]),
                }
                file.write(json.dumps(scan) + "\n")


def read(source, method, preprocessor, say, class_names=None):
    """Takes the recordings to median spectra and joins what is known of each sample.

    `class_names` are those of each target where they are settled already: then a class may be
    missing. `say` is told of samples that are left out. Errors: InputError for whatever cannot be
    used.
    """
    table_of_labels = labels.read_labels(source.labels) if source.labels else None
    targets = tuple(class_names or source.targets or _targets(source, table_of_labels))
    taken = [target for target in targets if target in TAKEN]
    if taken:
        raise InputError(
            f"{', '.join(taken)}: expected another name for a target, this one is a column of "
            "what spectractl writes (--target names those that are wanted)"
        )
    strange = sorted({*(source.class_orders or {}), *(source.classes_from or {})} - set(targets))
    if strange:
        raise InputError(
            f"--classes or --class-from names {', '.join(strange)}, expected only targets: "
            f"{', '.join(targets)}"
        )
    draft = method.draft(targets, {target: ("one", "other") for target in targets})
    stages = preprocessor.run(source.recordings, draft, "median", "medians", source.options)
    for note in stages.notes:
        say(note)
    table = stages.table()
    if table.empty:
        raise InputError(
            f"{', '.join(map(str, source.recordings))}: found no sample with an accepted scan"
        )
    names = table["sample"].to_numpy(dtype=str)
    names = groups.check_sample_names(
        names, table["scans"], scans_are_samples=source.each_scan_is_a_sample
    )
    words = {
        target: _words(source, target, table, names, table_of_labels, say) for target in targets
    }
    class_names = class_names or {t: _order(words[t], source, t) for t in targets}
    medians = stages.spectra(targets[0], "median")
    if np.ptp(medians, axis=0).max() == 0:
        raise InputError(f"all {len(names)} samples have the same spectrum: nothing can be learned")
    samples = Samples(
        names=np.array(names),
        groups=np.array(groups.sample_groups(names, table_of_labels, source.group)),
        scans=table["scans"].to_numpy(),
        temperature=table["temperature"].to_numpy(),
        humidity=table["humidity"].to_numpy(),
        medians=medians,
        wavelengths_nanometres=method.wavelengths_nanometres,
        class_names=class_names,
        classes={
            target: _indices(words[target], class_names[target], target) for target in targets
        },
    )
    stages.remove()
    return samples


def _targets(source, table_of_labels):
    """The targets that the data name: a table's columns, patterns, label columns, or all labels."""
    if table_of_labels is not None:
        return tuple(table_of_labels.targets)
    if source.classes_from:
        return tuple(source.classes_from)
    options = list(source.options)
    columns = [
        options[index + 1].split("=")[0]
        for index, option in enumerate(options[:-1])
        if option == "--label"
    ]
    return tuple(columns) or recorded_targets(source.recordings)


def _indices(words, class_names, target):
    strange = sorted(set(words) - {"", *class_names})
    if strange:
        raise InputError(
            f"{target}: found the label {strange[0]}, expected {', '.join(class_names)}"
        )
    return labels.class_indices(words, class_names)


def _order(words, source, target):
    try:
        return labels.class_order(words, (source.class_orders or {}).get(target))
    except InputError as error:
        raise InputError(f"{target}: {error}") from None


def _words(source, target, table, names, table_of_labels, say):
    """The class of every sample as text; empty where it is unknown."""
    if target in (source.classes_from or {}):
        try:
            return list(groups.groups_from(names, source.classes_from[target]))
        except InputError as error:
            raise InputError(f"--class-from {target}: {error}") from None
    if table_of_labels is not None and target in table_of_labels.targets:
        joined = labels.joined(names, table_of_labels, target)
        for note in joined.notes:
            say(note)
        return joined.labels
    words = list(table[target])
    if not any(words):
        raise InputError(
            f"{target}: found no label of this name in {', '.join(map(str, source.recordings))}, "
            "expected one in the recording, in a column (--label) or in a file (--labels)"
        )
    return words


def recorded_targets(recordings):
    """The targets that native recordings have labels of, in the order of their first label."""
    targets = {}
    for path in recordings:
        files = sorted(Path(path).rglob("*.scans.ndjson")) if Path(path).is_dir() else [Path(path)]
        for file in files:
            if not file.name.endswith(".scans.ndjson"):
                continue
            with open(file, encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    targets |= dict.fromkeys(_labels_in(line))
    if not targets:
        raise InputError(
            f"{', '.join(map(str, recordings))}: found no labels, expected some in the recordings, "
            "in a column (--label), in the samples' names (--class-from) or in a file (--labels)"
        )
    return tuple(targets)


def _labels_in(line):
    """The labelled targets of one line; spectractl tells what is wrong with a broken one."""
    if '"labels"' not in line:
        return {}
    try:
        scan = json.loads(line)
    except ValueError:
        return {}
    found = scan.get("labels") if isinstance(scan, dict) else None
    return found if isinstance(found, dict) else {}
