"""What balancing does to the training rows."""

import numpy as np
import pytest

from spectrad_train.errors import InputError
from spectrad_train.imbalance import KINDS, balance

# Rows 0 to 11; those with an odd index are not training rows.
CLASSES = np.array([0, 1, 0, 1, 0, 1, 0, 2, 1, 2, 2, -1])
TRAINING = np.array([0, 2, 4, 6, 8, 10])  # classes 0, 0, 0, 0, 1, 2


@pytest.mark.parametrize("kind", KINDS)
def test_only_training_rows_are_used(kind):
    result = balance(kind, CLASSES, TRAINING, seed=1)
    assert set(result.rows) | set(result.copies) <= set(TRAINING)
    assert len(result.weights) == len(result.rows)
    assert len(result.copy_weights) == len(result.copies)
    assert set(CLASSES[result.rows]) == {0, 1, 2}


def test_none_leaves_everything_as_it_is():
    result = balance("none", CLASSES, TRAINING, seed=1)
    np.testing.assert_array_equal(result.rows, TRAINING)
    np.testing.assert_array_equal(result.weights, np.ones(6))
    assert len(result.copies) == 0


def test_weights_are_inverse_shares_with_mean_one():
    # Six rows of three classes: 6 / (3 * 4) for the four rows of class 0, 6 / (3 * 1) for others.
    result = balance("weighted", CLASSES, TRAINING, seed=1)
    np.testing.assert_array_equal(result.rows, TRAINING)
    np.testing.assert_allclose(result.weights, [0.5, 0.5, 0.5, 0.5, 2, 2])
    assert result.weights.mean() == pytest.approx(1)


def test_undersampling_keeps_as_many_of_each_class_as_the_rarest_has():
    classes = np.repeat([0, 1, 2], [50, 7, 20])
    result = balance("undersample", classes, np.arange(77), seed=3)
    assert np.bincount(classes[result.rows]).tolist() == [7, 7, 7]
    assert len(np.unique(result.rows)) == 21, "no row twice"
    assert (np.diff(result.rows) > 0).all()
    np.testing.assert_array_equal(result.weights, np.ones(21))


def test_oversampling_asks_for_copies_up_to_the_commonest_class():
    classes = np.repeat([0, 1, 2], [50, 7, 20])
    result = balance("oversample", classes, np.arange(77), seed=3)
    np.testing.assert_array_equal(result.rows, np.arange(77))
    assert np.bincount(classes[result.copies], minlength=3).tolist() == [0, 43, 30]
    np.testing.assert_array_equal(result.copy_weights, np.ones(73))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_rows(kind):
    classes = np.random.default_rng(0).choice(3, 200, p=[0.1, 0.6, 0.3])
    one, again, other = (balance(kind, classes, np.arange(200), seed) for seed in (5, 5, 6))
    for field in ("rows", "weights", "copies", "copy_weights"):
        np.testing.assert_array_equal(getattr(one, field), getattr(again, field))
    if kind in ("undersample", "oversample"):
        drawn = "rows" if kind == "undersample" else "copies"
        assert not np.array_equal(getattr(one, drawn), getattr(other, drawn))


@pytest.mark.parametrize("kind", KINDS)
def test_one_class_only_is_refused(kind):
    with pytest.raises(InputError, match="All 4 training samples are of the same class"):
        balance(kind, CLASSES, np.array([0, 2, 4, 6]), seed=1)


def test_mistakes_of_the_caller_are_refused():
    with pytest.raises(ValueError, match="unknown"):
        balance("none", CLASSES, np.array([0, 1, 11]), seed=1)
    with pytest.raises(ValueError, match="'smote'"):
        balance("smote", CLASSES, TRAINING, seed=1)
