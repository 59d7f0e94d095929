"""Seeded inputs that look like those of the service: fields of smooth spectra, and seven values."""

import numpy as np
from spectra_vgg import AUX_COUNT, FULL_SIZE

CALIBRATION_COUNT, CHECK_COUNT = 100, 5
LEVELS = 5


def smooth_spectrum(random):
    """A sum of bumps with a little noise, scaled to [-1, 1]."""
    places = np.linspace(0, 1, FULL_SIZE)
    centres, widths = random.uniform(0, 1, 8), random.uniform(0.03, 0.2, 8)
    heights = random.standard_normal(8)
    bumps = heights * np.exp(-0.5 * ((places[:, None] - centres) / widths) ** 2)
    spectrum = bumps.sum(axis=1) + 0.01 * random.standard_normal(FULL_SIZE)
    low, high = spectrum.min(), spectrum.max()
    return np.clip((2 * spectrum - high - low) / (high - low), -1, 1)


def transition_field(spectrum):
    """Markov transition field: how often the spectrum goes from one point's level to another's."""
    edges = np.quantile(spectrum, np.arange(1, LEVELS) / LEVELS)
    levels = np.searchsorted(edges, spectrum)
    transitions = np.zeros((LEVELS, LEVELS))
    np.add.at(transitions, (levels[:-1], levels[1:]), 1)
    shares = transitions / np.maximum(transitions.sum(axis=1, keepdims=True), 1)
    return shares[levels][:, levels]


def image(spectrum):
    """Both Gramian angular fields and the transition field, [3, size, size]."""
    cosine, sine = spectrum, np.sqrt(1 - spectrum * spectrum)
    summation = np.outer(cosine, cosine) - np.outer(sine, sine)
    difference = np.outer(sine, cosine) - np.outer(cosine, sine)
    return np.stack([summation, difference, transition_field(spectrum)])


def sample_inputs(seed=11):
    """Images [count, 3, size, size] and values [count, 7]: for calibration, then for checks."""
    random = np.random.default_rng(seed)
    count = CALIBRATION_COUNT + CHECK_COUNT
    images = np.stack([image(smooth_spectrum(random)) for _ in range(count)])
    aux = random.standard_normal((count, AUX_COUNT))
    return images.astype(np.float32), aux.astype(np.float32)
