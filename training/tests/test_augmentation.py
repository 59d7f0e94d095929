"""What augmented copies look like."""

import numpy as np
import pytest

from spectrad_train.augmentation import Augmentation, augmented

WAVELENGTHS = np.linspace(950, 1350, 85)
NONE = {
    "offset_absorbance": 0,
    "slope_absorbance": 0,
    "scatter": 0,
    "noise_absorbance": 0,
    "shift_nanometres": 0,
}


def spectra(count=4):
    """Smooth spectra: two bands of different height each."""
    heights = np.linspace(0.2, 0.8, count)[:, np.newaxis]
    first = np.exp(-(((WAVELENGTHS - 1100) / 60) ** 2))
    second = np.exp(-(((WAVELENGTHS - 1250) / 40) ** 2))
    return 0.5 + heights * first + 0.3 * second


def change(count=4, seed=7, **strengths):
    """What augmentation adds to spectra, with all strengths 0 that are not given."""
    before = spectra(count)
    generator = np.random.default_rng(seed)
    after = augmented(before, WAVELENGTHS, generator, Augmentation(**NONE | strengths))
    np.testing.assert_array_equal(before, spectra(count), "the given spectra were changed")
    return after - before


def test_strength_zero_changes_nothing_to_the_bit():
    assert not change().any()


def test_an_offset_is_the_same_at_each_wavelength():
    offsets = change(offset_absorbance=0.05)
    np.testing.assert_allclose(offsets, np.repeat(offsets[:, :1], 85, axis=1), atol=1e-12)
    assert len(np.unique(offsets[:, 0].round(9))) == 4, "each copy has its own"


def test_a_slope_is_linear_and_zero_in_the_middle():
    slopes = change(slope_absorbance=0.05)
    rise = slopes[:, -1] - slopes[:, 0]
    assert (rise != 0).all()
    np.testing.assert_allclose(slopes, rise[:, None] * np.linspace(-0.5, 0.5, 85), atol=1e-12)


def test_scatter_multiplies():
    factors = change(scatter=0.1) / spectra()
    np.testing.assert_allclose(factors, np.repeat(factors[:, :1], 85, axis=1), atol=1e-12)


def test_a_shift_moves_bands_and_holds_the_ends():
    line = np.tile(WAVELENGTHS, (200, 1))
    shifted = augmented(
        line,
        WAVELENGTHS,
        np.random.default_rng(7),
        Augmentation(**NONE | {"shift_nanometres": 0.5}),
    )
    # On a straight line of slope 1 the spectrum falls by the shift wherever it is not held.
    falls = line - shifted
    shift = falls[:, 40]
    assert shift.std() == pytest.approx(0.5, rel=0.15), "seed 7"
    np.testing.assert_allclose(falls[:, 1:-1], np.repeat(shift[:, None], 83, axis=1), atol=1e-9)
    assert (shifted >= WAVELENGTHS[0]).all() and (shifted <= WAVELENGTHS[-1]).all()
    np.testing.assert_allclose(shifted[shift > 0, 0], WAVELENGTHS[0])
    np.testing.assert_allclose(shifted[shift < 0, -1], WAVELENGTHS[-1])


@pytest.mark.parametrize(
    ("name", "measured"),
    [
        ("offset_absorbance", lambda delta: delta[:, 0]),
        ("slope_absorbance", lambda delta: delta[:, -1] - delta[:, 0]),
        ("scatter", lambda delta: (delta / spectra(4000))[:, 0]),
        ("noise_absorbance", lambda delta: delta.ravel()),
    ],
)
def test_a_strength_is_a_standard_deviation(name, measured):
    seed = 11
    values = measured(change(count=4000, seed=seed, **{name: 0.02}))
    assert values.std() == pytest.approx(0.02, rel=0.05), f"seed {seed}"
    assert abs(values.mean()) < 0.002, f"seed {seed}"


def test_noise_differs_from_point_to_point():
    noise = change(count=2000, noise_absorbance=0.01)
    correlation = np.corrcoef(noise[:, 40], noise[:, 41])[0, 1]
    assert abs(correlation) < 0.1, "seed 7"


def test_the_generator_decides():
    first, second = (
        augmented(spectra(), WAVELENGTHS, np.random.default_rng(seed)) for seed in (1, 1)
    )
    np.testing.assert_array_equal(first, second)
    other = augmented(spectra(), WAVELENGTHS, np.random.default_rng(2))
    assert not np.array_equal(first, other)
    generator = np.random.default_rng(1)
    augmented(spectra(), WAVELENGTHS, generator)
    assert not np.array_equal(first, augmented(spectra(), WAVELENGTHS, generator))


def test_no_strength_changes_what_is_drawn_for_another():
    defaults = vars(Augmentation())
    alone = [
        change(**{name: defaults[name]})
        for name in ("offset_absorbance", "slope_absorbance", "noise_absorbance")
    ]
    moved = change(scatter=defaults["scatter"], shift_nanometres=defaults["shift_nanometres"])
    np.testing.assert_allclose(change(**defaults), sum(alone) + moved, atol=1e-12)


def test_the_defaults_are_no_larger_than_scans_of_one_sample_differ():
    deviation = change(count=2000, **vars(Augmentation())).std(axis=0)
    assert (deviation > 0.003).all() and (deviation < 0.06).all(), deviation


def test_no_rows_give_no_copies():
    assert augmented(np.empty((0, 85)), WAVELENGTHS, np.random.default_rng(1)).shape == (0, 85)


def test_mistakes_of_the_caller_are_refused():
    generator = np.random.default_rng(1)
    with pytest.raises(ValueError, match="84"):
        augmented(spectra(), WAVELENGTHS[1:], generator)
    with pytest.raises(ValueError, match="rise"):
        augmented(spectra(), WAVELENGTHS[::-1], generator)
    with pytest.raises(ValueError, match="scatter is -0.1"):
        Augmentation(scatter=-0.1)
    with pytest.raises(ValueError, match="nan"):
        Augmentation(noise_absorbance=float("nan"))
