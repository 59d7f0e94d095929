"""Initial weights drawn by numpy: the same on every device, and nothing to compile for them."""

import math

import numpy as np


class InitialWeights:
    """Draws the weights of a network's layers, one after the other, from one seed."""

    def __init__(self, seed):
        self._random = np.random.default_rng(seed)

    def seed(self):
        """A seed for a layer that draws while it is trained."""
        return int(self._random.integers(2**31))

    def he_normal(self, shape, dtype=None):
        """Weights [..., in, out] before a rectifier: He et al., "Delving deep", 2015."""
        return self._random.normal(0, math.sqrt(2 / math.prod(shape[:-1])), shape)

    def glorot_uniform(self, shape, dtype=None):
        """Weights [in, out] before a softmax: Glorot and Bengio, 2010."""
        limit = math.sqrt(6 / sum(shape))
        return self._random.uniform(-limit, limit, shape)
