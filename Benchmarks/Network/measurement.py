"""What one engine took with one network."""

import statistics

import numpy as np


class Measurement:
    """Collects the answers of an engine; `failure` says why there are none."""

    def __init__(self, variant, engine):
        self.variant, self.engine = variant, engine
        self.failure = None
        self.difference = None
        self.times, self.loads, self.firsts = [], [], []
        self.resident_bytes = self.interpreter_bytes = None

    def add(self, answer):
        """Takes what an answer has: of a start, of a batch, or of both."""
        self.times += answer.get("microseconds", [])
        for values, name in (
            (self.loads, "loadMicroseconds"), (self.firsts, "firstInferenceMicroseconds"),
        ):
            if name in answer:
                values.append(answer[name])
        self.resident_bytes = answer.get("residentBytes", self.resident_bytes)
        self.interpreter_bytes = answer.get("interpreterBytes", self.interpreter_bytes)

    @property
    def has_figures(self):
        return self.failure is None and bool(self.times)

    @property
    def median(self):
        return statistics.median(self.times)

    @property
    def minimum(self):
        return min(self.times)

    @property
    def p99(self):
        return float(np.percentile(self.times, 99))

    @property
    def load_milliseconds(self):
        return statistics.median(self.loads) / 1e3 if self.loads else None

    @property
    def first_milliseconds(self):
        return statistics.median(self.firsts) / 1e3 if self.firsts else None

    @property
    def resident_mebibytes(self):
        return self.resident_bytes / 2**20 if self.resident_bytes else None

    def peak_fraction(self, multiplications_per_second):
        """Products of the direct convolutions in the median time, of what the core can do in it."""
        if not multiplications_per_second:
            return None
        seconds = self.median / 1e6
        return self.variant.multiplications / seconds / multiplications_per_second
