"""A fit's state on disk, so that one that was interrupted continues."""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

FILE = "fit.npz"


def fingerprint(settings, arrays, batches):
    """A digest that any other fit has another of, as hexadecimal digits.

    `settings` is JSON-ready, `arrays` are the small arrays that decide the fit; `batches` yields
    the rows of its large tables, a part at a time.
    """
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for array in [*arrays, *batches]:
        values = np.ascontiguousarray(array)
        digest.update(f"{values.dtype}{values.shape}".encode())
        digest.update(values.data)
    return digest.hexdigest()


class Checkpoint:
    """One fit's state in one file of a folder, which is written beside and then renamed.

    The file holds every variable of network and optimizer, the state of the dropout among them,
    the averages of the weights, the weights that are kept and the history so far. Without a
    folder nothing is kept, and the fit's identity, which reads all of its data, is not asked for.
    """

    def __init__(self, folder: Path | None, identity: Callable[[], str]):
        self.folder = folder
        self.identity = identity() if folder else None

    def save(self, variables, history, kept_weights):
        """Replaces the file, whole or not at all."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        arrays = {f"variable{i}": np.asarray(v.value) for i, v in enumerate(variables)}
        arrays |= {f"kept{i}": weight for i, weight in enumerate(kept_weights)}
        facts = json.dumps({"identity": self.identity, "history": history})
        partial = self.folder / f"{FILE}.partial"
        with open(partial, "wb") as file:
            np.savez(file, facts=np.array(facts), **arrays)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.folder / FILE)

    def restore(self, variables):
        """Sets the variables and returns the history and the weights that are kept.

        Returns nothing, and leaves the variables alone, if there is no file or one of another fit.
        """
        if self.folder is None or not (self.folder / FILE).exists():
            return None
        try:
            with np.load(self.folder / FILE) as stored:
                arrays = dict(stored)
        except (zipfile.BadZipFile, EOFError, ValueError, OSError):
            return None
        facts = json.loads(str(arrays.pop("facts")))
        if facts["identity"] != self.identity:
            return None
        for index, variable in enumerate(variables):
            variable.assign(arrays[f"variable{index}"])
        count = sum(name.startswith("kept") for name in arrays)
        return facts["history"], [arrays[f"kept{index}"] for index in range(count)]
