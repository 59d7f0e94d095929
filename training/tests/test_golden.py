import numpy as np
import pytest

from spectrad_train import golden
from spectrad_train.ensemble import combined
from spectrad_train.method import AXIS


def test_invented_scans_repeat_and_are_plausible():
    first, second = (golden.invented_scans(AXIS, seed=4, count=8) for _ in range(2))
    for ours, theirs in zip(first, second, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    spectra, temperature, humidity = first
    assert spectra.shape == (8, golden.SCANS, 170)
    assert -1 < spectra.min() < spectra.max() < 6
    assert 20 < temperature.min() < temperature.max() < 60
    assert 1 <= humidity.min() <= humidity.max() <= 99


def test_cases_are_clear_and_different():
    answers = {
        "one": np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.51, 0.49]]),
        "other": np.array([[0.1, 0.9], [0.1, 0.9], [0.8, 0.2], [0.1, 0.9]]),
    }
    assert golden.chosen(answers, count=2) == [0, 2]
    assert golden.chosen(answers) == [0, 1, 2]


def test_without_a_clear_answer_the_clearest_is_taken():
    answers = {"one": np.array([[0.5, 0.5], [0.49, 0.51]])}
    assert golden.chosen(answers) == [1]


def test_members_are_combined_as_the_daemon_does():
    answers = np.array([[[0.5, 0.5, 0.0]], [[0.9, 0.1, 0.0]]])
    expected = np.array([np.sqrt(0.5 * 0.9), np.sqrt(0.5 * 0.1), 1e-12])
    np.testing.assert_allclose(combined(answers)[0], expected / expected.sum(), rtol=1e-12)


def test_one_member_is_renormalised():
    assert combined([[[0.25, 0.25]]])[0] == pytest.approx([0.5, 0.5])
