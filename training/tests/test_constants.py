import numpy as np
from threadpoolctl import threadpool_limits

from spectrad_train import constants, method


class _Stages:
    """What the preprocessing would have written of more samples than one thread takes at once."""

    def __init__(self):
        random = np.random.default_rng(1)
        self.derivatives = random.normal(0, 0.01, (1000, 85))
        self.raw_meta = random.normal(0, 1, (1000, 7)).astype(np.float32)

    def spectra(self, target, stage):
        return self.derivatives

    def meta(self, target):
        return self.raw_meta


def test_constants_are_the_same_however_many_threads_there_are():
    stages = _Stages()
    drafts = []
    for threads in (1, 2, 2):
        with threadpool_limits(threads):
            drafts.append(
                constants.fitted(
                    method.plain(), "t", ("a", "b"), np.arange(1000), lambda draft, until: stages
                )
            )
    assert drafts[0] == drafts[1] == drafts[2]
