"""The folder of one run: what is finished stays, so that an interrupted run goes on."""

import fcntl
import hashlib
import io
import json
import os
import shutil
from pathlib import Path

import numpy as np

from .errors import InputError


class Workspace:
    """Results by name, written whole or not at all, of one set of settings.

    A folder that was begun with other settings, or in which another run is at work, is refused:
    results of two runs never mix. In other processes it reads and writes without asking again.
    """

    def __init__(self, folder, settings, *, fresh=False):
        self.folder = Path(folder)
        path = self.folder / "settings.json"
        if not path.exists() and self.folder.exists() and any(self.folder.iterdir()):
            raise InputError(
                f"{self.folder} is not the folder of a run: found files but no settings.json; "
                "name another with --work"
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        hold(self.folder)
        if fresh:
            # The folder itself stays: it is what is held.
            for entry in self.folder.iterdir():
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        wanted = json.loads(json.dumps(settings))
        if path.exists():
            begun = json.loads(path.read_text(encoding="utf-8"))
            difference = first_difference(begun, wanted)
            if difference:
                raise InputError(
                    f"{self.folder} was begun with other settings ({difference}); "
                    "say --fresh to begin anew, or name another folder with --work"
                )
        else:
            write_whole(path, json.dumps(wanted, indent=1).encode())

    def path(self, *names):
        """A place in the folder; the folders above it exist."""
        path = self.folder.joinpath(*names)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def arrays(self, name, make):
        """The arrays that an earlier run stored under `name`, else those that `make()` returns."""
        path = self.path("results", f"{name}.npz")
        if not path.exists():
            arrays = make()
            packed = io.BytesIO()
            np.savez(packed, **arrays)
            write_whole(path, packed.getvalue())
        with np.load(path, allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}

    def stored(self, name):
        """The arrays that are stored under `name`; nothing may be missing of them."""
        return self.arrays(name, dict)

    def has(self, name):
        """Whether a result of this name is stored."""
        return (self.folder / "results" / f"{name}.npz").exists()


# What this process holds: path to open folder. The lock ends with the process, however it ends.
_held = {}


def hold(folder):
    """Keeps other processes out of a folder: two runs in one would read each other's half files."""
    path = Path(folder).resolve()
    if path in _held:
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise InputError(
            f"another run works in {folder}: wait until it ends, or name another with --work"
        ) from None
    _held[path] = descriptor


def write_whole(path, contents):
    """Writes bytes so that the file is the old one or the new one at every moment."""
    path = Path(path)
    beside = path.with_name(path.name + ".part")
    with open(beside, "wb") as file:
        file.write(contents)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def first_difference(begun, wanted, place=""):
    """The first place where two settings differ, in words, or None."""
    if isinstance(begun, dict) and isinstance(wanted, dict):
        for key in sorted(set(begun) | set(wanted)):
            inside = f"{place}.{key}" if place else key
            found = first_difference(begun.get(key), wanted.get(key), inside)
            if found:
                return found
        return None
    if begun != wanted:
        return f"{place} was {json.dumps(begun)}, now {json.dumps(wanted)}"
    return None


def digest(path):
    """SHA-256 of a file, or of a folder: of its files' relative names and digests, sorted."""
    path = Path(path)
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file())
        lines = "".join(f"{file.relative_to(path)} {digest(file)}\n" for file in files)
        return hashlib.sha256(lines.encode()).hexdigest()
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}, expected a recording") from None


def seed_of(seed, *names):
    """A number for one purpose that follows from the run's seed and the purpose's names."""
    text = "/".join(map(str, (seed, *names)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
