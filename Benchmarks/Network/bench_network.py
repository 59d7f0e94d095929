#!/usr/bin/env python3
"""Times `spectractl network` beside other runtimes; README.md beside this file says how.

    python bench_network.py PROGRAMS MODELS ENVIRONMENTS

MODELS has what the make_*.py scripts made, and the program `int8_peak`; ENVIRONMENTS has a virtual
environment for each peer that could be installed. The tables go to standard output.
"""

import argparse
import os
import platform
import re
import signal
import sys
from pathlib import Path

import numpy as np
from engines import OURS, PEERS, Ours, Peer, PeerFailure, int8_peak
from measurement import Measurement
from report import report
from spectra_vgg import VARIANTS

REFERENCE = "onnxruntime"
# How often a peer is started to tell its load time and first inference; ours starts every batch.
STARTS = 3


def say(text):
    print(f"bench-network: {text}", file=sys.stderr, flush=True)


class Bench:
    """One run: the core, the folders, and what has been measured so far."""

    def __init__(self, chosen):
        self.chosen = chosen
        cores = sorted(os.sched_getaffinity(0))
        self.core = cores[-1]
        # This process only waits, but it should not do even that where the others are timed.
        os.sched_setaffinity(0, set(cores[:-1]) or set(cores))
        self.peaks = []

    def measure_peak(self):
        self.peaks.append(int8_peak(self.chosen.models / "int8_peak", self.core))

    def measure(self, variant):
        """All engines on one network: they agree first, then they take turns."""
        self.measure_peak()
        measurements = {name: Measurement(variant, name) for name in (OURS, *PEERS)}
        running = []
        try:
            self.start(variant, measurements, running)
            check(variant, measurements, running)
            for batch in range(self.chosen.rounds):
                say(f"{variant.name}: round {batch + 1} of {self.chosen.rounds}")
                for engine in list(running):
                    attempt(engine, measurements, running, self.time_batch)
        finally:
            for engine in running:
                engine.stop()
        self.measure_peak()
        return list(measurements.values())

    def time_batch(self, engine, measurement):
        measurement.add(engine.time(self.chosen.runs))

    def start(self, variant, measurements, running):
        """Starts every engine; of a peer's starts, the last one stays."""
        chosen = self.chosen
        running.append(Ours(variant, chosen.programs, chosen.models, self.core))
        for name in PEERS:
            say(f"{variant.name}: starting {name}")
            try:
                for start in range(STARTS):
                    peer = Peer(name, variant, chosen.models, chosen.environments, self.core)
                    measurements[name].add(peer.start)
                    if start < STARTS - 1:
                        peer.stop()
                running.append(peer)
            except PeerFailure as failure:
                measurements[name].failure = str(failure)
                say(f"{variant.name}: {name}: {failure}")


def attempt(engine, measurements, running, action):
    """A peer that fails leaves the run; its row says why."""
    try:
        return action(engine, measurements[engine.name])
    except PeerFailure as failure:
        measurements[engine.name].failure = str(failure)
        say(f"{engine.name}: {failure}")
        engine.stop()
        running.remove(engine)
        return None


def check(variant, measurements, running):
    """Compares the outputs of all engines with onnxruntime's; ours must be the same to the bit."""
    outputs = {}
    for engine in list(running):
        found = attempt(engine, measurements, running, lambda engine, _: engine.outputs())
        if found is not None:
            outputs[engine.name] = found
    expected = outputs.get(REFERENCE)
    if expected is None:
        sys.exit(f"bench-network: {REFERENCE}: {measurements[REFERENCE].failure}")
    for name, found in outputs.items():
        measurements[name].difference = np.abs(found - expected).max()
    say(f"{variant.name}: outputs are at most this far from {REFERENCE}'s: " + ", ".join(
        f"{name} {measurements[name].difference:.2g}" for name in outputs
    ))
    if is_reference_exact():
        demand_equality(variant, outputs[OURS], expected)


def demand_equality(variant, found, expected):
    places = np.argwhere(found.view(np.uint32) != expected.view(np.uint32))
    if len(places):
        sample, element = places[0]
        sys.exit(
            f"bench-network: {variant.name}: {len(places)} of {expected.size} outputs are not "
            f"{REFERENCE}'s; the first is element {element} of sample {sample}: found "
            f"{found[sample, element]!r}, expected {expected[sample, element]!r}"
        )


def is_reference_exact():
    """Whether onnxruntime computes exactly here: on x86 without VNNI its products saturate."""
    return platform.machine() != "x86_64" or "vnni" in processor_text("flags")


def processor_text(field):
    found = re.search(rf"{field}\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    return found.group(1) if found else platform.machine()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=Path, help="where spectractl is")
    parser.add_argument("models", type=Path)
    parser.add_argument("environments", type=Path)
    parser.add_argument("--rounds", type=int, default=15, help="turns of each engine")
    parser.add_argument("--runs", type=int, default=40, help="inferences in a turn")
    names = [variant.name for variant in VARIANTS]
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NETWORK")
    return parser.parse_args()


def main():
    # An end from outside leaves through `finally`, and stops the engines.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench-network: terminated"))
    chosen = arguments()
    bench = Bench(chosen)
    measurements = [
        each for variant in VARIANTS if variant.name in chosen.only
        for each in bench.measure(variant)
    ]
    print(report(measurements, *max(bench.peaks), processor_text("model name")))


if __name__ == "__main__":
    main()
