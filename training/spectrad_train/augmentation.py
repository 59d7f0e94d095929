"""Copies of spectra that differ as two measurements of the same sample do."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Augmentation:
    """How much a copy may differ: standard deviations of normal draws, one of each per copy.

    The defaults are about what two scans of the same sample differ by, after a least-squares fit
    of these very terms to 1,100 scans of powders on a NIRscan Nano (220 samples of five scans,
    950 to 1350 nm): offset 0.013 to 0.024, slope 0.002 to 0.004, scatter 0.037 to 0.052, noise
    0.0005 to 0.0009, shift 0.3 to 0.6 nm (median-based to plain standard deviation).
    """

    offset_absorbance: float = 0.015
    """Of what is added to the whole spectrum, in absorbance (AU)."""
    slope_absorbance: float = 0.004
    """Of the change from the first to the last wavelength, half of it on either side, in AU."""
    scatter: float = 0.04
    """Of the factor around 1 that path length and particle size put on the whole spectrum."""
    noise_absorbance: float = 0.0005
    """Of the noise, drawn anew for each point, in AU."""
    shift_nanometres: float = 0.5
    """Of the shift along the wavelengths."""

    def __post_init__(self):
        for name, value in vars(self).items():
            if not 0 <= value < np.inf:
                raise ValueError(f"{name} is {value}, expected a finite number of 0 or more")


def augmented(spectra, wavelengths_nm, generator, strengths=None):
    """Changes each absorbance spectrum as another measurement of the same sample might.

    `spectra` is [m, points], `wavelengths_nm` [points], rising; the result is a new float64
    [m, points]. In this order: the shift moves the band positions (linear interpolation, beyond
    the ends the end's value is held), scatter multiplies, offset and slope are added, noise
    comes last. The same `numpy.random.Generator` state gives the same copies; a strength of 0
    changes nothing, to the bit.
    """
    strengths = strengths or Augmentation()
    spectra = np.asarray(spectra, float)
    wavelengths_nm = np.asarray(wavelengths_nm, float)
    if spectra.ndim != 2 or spectra.shape[1:] != wavelengths_nm.shape:
        raise ValueError(f"{spectra.shape} spectra for {wavelengths_nm.shape} wavelengths")
    if not (np.diff(wavelengths_nm) > 0).all():
        raise ValueError("the wavelengths do not rise")

    def drawn(strength, columns=1):
        # Drawn even for strength 0, so that one strength never changes another one's draws.
        return strength * generator.standard_normal((len(spectra), columns))

    shifts = drawn(strengths.shift_nanometres)
    factors = 1 + drawn(strengths.scatter)
    offsets = drawn(strengths.offset_absorbance)
    slopes = drawn(strengths.slope_absorbance)
    noise = drawn(strengths.noise_absorbance, spectra.shape[1])
    along = (wavelengths_nm - wavelengths_nm[0]) / np.ptp(wavelengths_nm) - 0.5
    shifted = np.empty_like(spectra)
    for row, (spectrum, shift) in enumerate(zip(spectra, shifts[:, 0], strict=True)):
        shifted[row] = np.interp(wavelengths_nm - shift, wavelengths_nm, spectrum)
    return shifted * factors + offsets + slopes * along + noise
