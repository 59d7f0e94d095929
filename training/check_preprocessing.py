#!/usr/bin/env python3
"""Compares `spectractl preprocess` with the oracle, stage by stage, on a recording and a bundle.

    python3 training/check_preprocessing.py RECORDING --bundle DIR [--preprocess COMMAND]

Exits with status 1 when a spectrum differs by more than 1e-9 or an image or meta-feature by more
than 1e-5. The Markov transition field is compared like the rest: its bins have no tolerance.
"""

import argparse
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import reference_preprocessing

LIMITS = {"image": 1e-5, "meta": 1e-5}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording")
    parser.add_argument("--bundle", required=True)
    parser.add_argument("--preprocess", default=".build/release/spectractl preprocess")
    chosen = parser.parse_args()
    passed = True
    with tempfile.TemporaryDirectory() as folder:
        ours, oracle = Path(folder) / "ours", Path(folder) / "oracle"
        common = [chosen.recording, "--bundle", chosen.bundle, "--until", "image"]
        command = shlex.split(chosen.preprocess)
        subprocess.run([*command, *common, "--output", str(ours)], check=True)
        reference_preprocessing.preprocess(chosen.recording, chosen.bundle, "image", oracle)
        for path in sorted(oracle.glob("*/*.npy")):
            name = path.relative_to(oracle)
            expected, found = np.load(path), np.load(ours / name)
            if found.shape != expected.shape or found.dtype != expected.dtype:
                shapes = [f"{values.dtype}{values.shape}" for values in (found, expected)]
                print(f"{name}: found {shapes[0]}, expected {shapes[1]}")
                passed = False
                continue
            difference = float(np.abs(found - expected).max())
            inside = difference <= LIMITS.get(path.stem, 1e-9)
            passed &= inside
            print(f"{name}: largest difference {difference:.2e}{'' if inside else '  TOO LARGE'}")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
