"""Members' probabilities as the daemon combines them: step 16 of the preprocessing."""

import numpy as np

from . import quantization

PROBABILITY_MIN = 1e-12


def combined(answers):
    """The geometric mean of the members' probabilities [members, n, k], renormalised, [n, k].

    Also with one member: the int8 answers of a single network need not sum to 1.
    """
    logarithms = np.log(np.maximum(np.asarray(answers, dtype=np.float64), PROBABILITY_MIN))
    result = np.exp(logarithms.mean(axis=0))
    return result / result.sum(axis=1, keepdims=True)


def ensemble_answers(folder, described, inputs):
    """What the members of one target of a bundle answer together, [n, classes]."""
    files = [folder / member["file"] for member in described["members"]]
    return combined([quantization.probabilities(file, inputs) for file in files])
