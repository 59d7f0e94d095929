"""Copies of spectra that differ as two measurements of the same sample do."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Augmentation:
    """How much a copy may differ: standard deviations of normal draws, one of each per copy.

    Absorbance has no unit but is named AU by spectroscopists; "slope" is the change from the
    first to the last wavelength, half of it on either side of the middle.
    """

    offset_absorbance: float = 0.02
    slope_absorbance: float = 0.02
    scatter: float = 0.03
    """Of the factor around 1 that path length and particle size put on the whole spectrum."""
    noise_absorbance: float = 0.002
    """Of the noise, drawn anew for each point."""
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
