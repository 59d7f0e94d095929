"""Folds whose groups stay together and whose classes are shared out evenly."""

import numpy as np
import pytest

from spectrad_train.errors import InputError
from spectrad_train.folds import grouped_folds, validation_split

SEED = 5


def table(classes, folds):
    """How many rows of each class each fold holds, [folds, classes]."""
    counts = np.zeros((folds.max() + 1, classes.max() + 1), int)
    np.add.at(counts, (folds[folds >= 0], classes[folds >= 0]), 1)
    return counts


def donors(count, samples_each, seed=SEED):
    """Donors of one class each (6, 85 and 9 %) with up to `samples_each` samples."""
    generator = np.random.default_rng(seed)
    of_donor = generator.permutation(np.repeat([0, 1, 2], [count * 6 // 100, count * 85 // 100, 0]))
    of_donor = np.concatenate([of_donor, np.full(count - len(of_donor), 2)])
    each = generator.integers(1, samples_each + 1, count)
    return np.repeat(of_donor, each), np.repeat([f"donor {n}" for n in range(count)], each)


def assert_together(folds, groups):
    for group in np.unique(groups):
        assert len(np.unique(folds[groups == group])) == 1, f"{group} is in several folds"


def test_powders_20_laboratories_with_all_11_classes():
    classes, groups = np.tile(np.arange(11), 20), np.repeat(np.arange(20), 11)
    folds = grouped_folds(classes, groups, 10, SEED)
    assert_together(folds, groups)
    assert (table(classes, folds) == 2).all()


def test_600_donors_of_one_sample_with_a_rare_class():
    classes, groups = donors(600, 1)
    folds = grouped_folds(classes, groups, 10, SEED)
    counts = table(classes, folds)
    assert np.ptp(counts.sum(axis=1)) <= 1
    assert (np.ptp(counts, axis=0) <= 1).all()


def test_donors_with_several_samples():
    classes, groups = donors(300, 4)
    folds = grouped_folds(classes, groups, 10, SEED)
    assert_together(folds, groups)
    counts = table(classes, folds)
    expected = counts.mean(axis=0)
    assert (np.abs(counts - expected) <= 3).all(), f"seed {SEED}: {counts}"
    assert np.ptp(counts.sum(axis=1)) <= 6, f"seed {SEED}: {counts}"


@pytest.mark.parametrize("seed", range(12))
def test_groups_of_very_different_size(seed):
    generator = np.random.default_rng(seed)
    groups = np.repeat(np.arange(30), generator.integers(1, 40, 30))
    classes = generator.choice(3, len(groups), p=[0.1, 0.6, 0.3])
    folds = grouped_folds(classes, groups, 5, seed)
    assert_together(folds, groups)
    sizes = np.bincount(folds, minlength=5)
    assert sizes.max() < 1.5 * sizes.mean() and sizes.min() > 0.6 * sizes.mean(), (
        f"seed {seed}: {sizes}"
    )


def test_rows_of_unknown_class_are_in_no_fold():
    classes, groups = np.tile([0, 1, -1], 20), np.repeat(np.arange(20), 3)
    folds = grouped_folds(classes, groups, 4, SEED)
    np.testing.assert_array_equal(folds < 0, classes < 0)
    assert_together(folds[classes >= 0], groups[classes >= 0])


def test_the_seed_decides():
    classes, groups = donors(100, 3)
    first, again, other = (grouped_folds(classes, groups, 5, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_order_of_the_folds_does_not_hang_on_the_names_of_the_groups_type():
    classes, groups = donors(60, 3)
    numbers = np.unique(groups, return_inverse=True)[1]
    np.testing.assert_array_equal(
        grouped_folds(classes, groups, 5, SEED), grouped_folds(classes, numbers, 5, SEED)
    )


def test_a_class_in_two_groups_is_in_the_training_rows_of_each_fold():
    classes = np.array([0, 1, 0, 1, 2, 0, 1, 2, 0, 1])
    groups = np.array([0, 0, 1, 1, 1, 2, 2, 2, 3, 3])
    for seed in range(20):
        folds = grouped_folds(classes, groups, 2, seed)
        for fold in range(2):
            assert set(classes[folds != fold]) == {0, 1, 2}, f"seed {seed}"


def test_several_orders_of_the_groups_are_tried():
    # Tables for which the library's first order ends badly: the first leaves a class out of
    # a fold's training rows, the second makes folds of 16 to 21 rows.
    for seed, group_count, fold_count in ((310, 7, 3), (70, 11, 3)):
        generator = np.random.default_rng(seed)
        generator.integers(6, 14), generator.integers(2, 5)
        groups = np.repeat(np.arange(group_count), generator.integers(1, 10, group_count))
        classes = generator.choice(4, len(groups), p=[0.06, 0.1, 0.24, 0.6])
        counts = table(classes, grouped_folds(classes, groups, fold_count, seed))
        assert (counts.max(axis=0) < counts.sum(axis=0)).all(), f"seed {seed}: {counts}"
        assert np.ptp(counts.sum(axis=1)) <= 4, f"seed {seed}: {counts}"


def test_a_class_in_one_group_only_is_refused():
    classes, groups = [0, 1, 0, 1, 2, 2], [0, 0, 1, 1, 1, 1]
    with pytest.raises(InputError, match="Class 2 is in 1 group only: expected at least 2"):
        grouped_folds(classes, groups, 2, SEED)
    with pytest.raises(InputError, match="Class “high” is in 1 group only"):
        grouped_folds(classes, groups, 2, SEED, class_names=("low", "ok", "high"))


def test_fewer_groups_than_folds_are_refused():
    classes, groups = np.tile([0, 1], 12), np.repeat(np.arange(4), 6)
    with pytest.raises(InputError, match="There are 4 groups for 10 folds.*at most 4 folds"):
        grouped_folds(classes, groups, 10, SEED)


def test_fewer_samples_of_each_class_than_folds_are_refused():
    with pytest.raises(InputError, match="No class has more than 3 samples"):
        grouped_folds(np.tile(np.arange(4), 3), np.arange(12), 5, SEED)


def test_a_fold_that_would_stay_empty_is_refused():
    # Five groups of one class each, for which the library finds no five folds.
    groups = np.repeat(np.arange(5), [1, 5, 6, 4, 1])
    classes = np.array([0, 0, 1, 1, 0])[groups]
    with pytest.raises(InputError, match="Fold . of 5 stays empty: the 5 groups are too few"):
        grouped_folds(classes, groups, 5, SEED)
    assert set(grouped_folds(classes, groups, 2, SEED)) == {0, 1}


@pytest.mark.parametrize("share", [0.1, 0.15, 0.2, 0.25, 0.4, 0.5])
def test_validation_rows_are_about_the_share_asked_for(share):
    classes, groups = donors(400, 3)
    rows = np.flatnonzero(np.arange(len(classes)) % 10 != 0)
    training, validation = validation_split(classes, groups, rows, share, SEED)
    np.testing.assert_array_equal(np.sort(np.concatenate([training, validation])), rows)
    assert not set(groups[training]) & set(groups[validation])
    assert len(validation) / len(rows) == pytest.approx(share, abs=0.015)
    for each in range(3):
        of_class = (classes[validation] == each).sum() / (classes[rows] == each).sum()
        assert of_class == pytest.approx(share, abs=0.06), f"class {each}"


def test_validation_of_few_laboratories_takes_whole_ones():
    classes, groups = np.tile(np.arange(11), 18), np.repeat(np.arange(18), 11)
    training, validation = validation_split(classes, groups, np.arange(198), 0.15, SEED)
    assert len(np.unique(groups[validation])) in (2, 3)
    assert set(classes[validation]) == set(classes[training]) == set(range(11))


def test_a_group_that_alone_holds_a_class_stays_in_training():
    classes = np.array([0, 1] * 6 + [2, 0])
    groups = np.repeat(np.arange(7), 2)
    for seed in range(20):
        training, validation = validation_split(classes, groups, np.arange(14), 0.3, seed)
        assert {12, 13} <= set(training), f"seed {seed}"
        assert set(classes[training]) == {0, 1, 2}, f"seed {seed}"
        assert len(validation) >= 2, f"seed {seed}"


def test_training_knows_each_class_though_another_split_were_as_even():
    # Class 2 is in two groups, which together have half of class 0, as the third has.
    groups = np.repeat([0, 1, 2, 3, 4], [11, 11, 20, 10, 10])
    classes = np.repeat([2, 0, 2, 0, 0, 1], [1, 10, 1, 10, 20, 20])
    for seed in range(20):
        training, _ = validation_split(classes, groups, np.arange(62), 0.5, seed)
        assert set(classes[training]) == {0, 1, 2}, f"seed {seed}"


@pytest.mark.parametrize("seed", range(100))
def test_training_of_small_odd_tables_knows_each_class(seed):
    generator = np.random.default_rng(seed)
    groups = np.repeat(np.arange(12), generator.integers(1, 8, 12))
    classes = generator.choice(4, len(groups), p=generator.dirichlet(np.ones(4)))
    training, validation = validation_split(classes, groups, np.arange(len(groups)), 0.5, seed)
    assert set(classes[training]) == set(classes), f"seed {seed}"
    assert not set(groups[training]) & set(groups[validation]), f"seed {seed}"
    assert len(validation), f"seed {seed}"


def test_a_single_group_cannot_be_parted():
    with pytest.raises(InputError, match="1 groups, of which"):
        validation_split([0, 1, 0, 1], ["a"] * 4, np.arange(4), 0.2, SEED)


def test_a_share_of_more_than_half_is_refused():
    with pytest.raises(ValueError, match=r"0\.6"):
        validation_split([0, 1], [0, 1], np.arange(2), 0.6, SEED)
