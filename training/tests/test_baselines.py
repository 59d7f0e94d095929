"""The baselines: against hand-made pipelines of the library, and where data are thin."""

import inspect
import time
import warnings

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import balanced_accuracy_score
from threadpoolctl import threadpool_limits

from spectrad_train import baselines
from spectrad_train.baselines import lda, majority, pls_da, standard_normal_variate

SEED = 3
DISCRIMINANTS = pytest.mark.parametrize("baseline", [lda, pls_da])


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """The oracles' small matrices, too, take ten times as long with threads on busy cores."""
    with threadpool_limits(1):
        yield


@pytest.fixture(autouse=True)
def no_warnings():
    """Whatever the library would warn of is dealt with or silenced for a reason."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def made(count=240, shares=(0.1, 0.7, 0.2), strength=0.05, seed=SEED):
    """Spectra whose classes differ in the height of a small band; offset and factor differ too."""
    generator = np.random.default_rng(seed)
    classes = generator.permutation(
        np.repeat(range(len(shares)), np.rint(np.multiply(shares, count)).astype(int))
    )
    along = np.linspace(0, 1, 85)
    known = np.exp(-(((along - 0.6) / 0.05) ** 2))
    spectra = 1 + np.exp(-(((along - 0.4) / 0.2) ** 2)) + strength * classes[:, None] * known
    rows = len(classes)
    for centre in np.linspace(0, 1, 8):
        band = np.exp(-(((along - centre) / 0.1) ** 2))
        spectra = spectra + 0.05 * generator.normal(size=(rows, 1)) * band
    spectra += 0.003 * generator.normal(size=spectra.shape)
    spectra = spectra * generator.normal(1, 0.05, (rows, 1)) + generator.normal(0, 0.1, (rows, 1))
    return spectra, classes, np.arange(rows)


def answers(baseline, spectra, classes, groups, class_count=3):
    cut = len(classes) * 7 // 10
    rows = np.arange(len(classes))
    return rows[cut:], baseline(
        spectra,
        classes,
        groups,
        training=rows[:cut],
        held_out=rows[cut:],
        class_count=class_count,
        seed=SEED,
    )


def test_snv_by_hand():
    # Mean 2 and population deviation sqrt(2 / 3) of 1, 2, 3; a flat spectrum has none.
    spectra = np.array([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0]])
    half = np.sqrt(1.5)
    np.testing.assert_allclose(standard_normal_variate(spectra), [[-half, 0, half], [0, 0, 0]])


@DISCRIMINANTS
def test_probabilities_are_probabilities(baseline):
    _, found = answers(baseline, *made())
    assert found.shape == (72, 3)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert (found >= 0).all()


@DISCRIMINANTS
def test_classes_that_differ_are_told_apart_the_rare_ones_too(baseline):
    spectra, classes, groups = made(600)
    held_out, found = answers(baseline, spectra, classes, groups)
    assert balanced_accuracy_score(classes[held_out], found.argmax(axis=1)) > 0.8, f"seed {SEED}"


@DISCRIMINANTS
def test_labels_that_mean_nothing_are_guessed_at_chance(baseline):
    spectra, _, groups = made(900)
    classes = np.random.default_rng(SEED).choice(3, 900)
    held_out, found = answers(baseline, spectra, classes, groups)
    accuracy = balanced_accuracy_score(classes[held_out], found.argmax(axis=1))
    assert accuracy == pytest.approx(1 / 3, abs=0.08), f"seed {SEED}"


def test_lda_is_the_library_pipeline_with_a_number_of_components_among_the_candidates():
    spectra, classes, groups = made(strength=0.01)
    held_out, found = answers(lda, spectra, classes, groups)
    # scikit-learn's own normaliser divides by the norm: SNV but for a factor of sqrt(points).
    centred = spectra - spectra.mean(axis=1, keepdims=True)
    snv = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    expected = []
    for count in baselines.PCA_COMPONENTS:
        scores = PCA(count, svd_solver="full").fit(snv[: held_out[0]])
        discriminant = LinearDiscriminantAnalysis(priors=[1 / 3] * 3)
        discriminant.fit(scores.transform(snv[: held_out[0]]), classes[: held_out[0]])
        expected.append(discriminant.predict_proba(scores.transform(snv[held_out])))
    assert min(np.abs(found - each).max() for each in expected) < 1e-8


def test_the_number_of_components_is_chosen_where_the_classes_need_many():
    # The classes differ in the 13th strongest direction only.
    generator = np.random.default_rng(SEED)
    classes = generator.choice(2, 400)
    directions = np.linalg.qr(generator.normal(size=(85, 40)))[0].T
    strengths = 2.0 ** -np.arange(40) * 100 + 1e-3
    scores = generator.normal(size=(400, 40)) * strengths
    scores[:, 12] = (classes - 0.5) * 2 * strengths[12] + 0.1 * scores[:, 12]
    count = baselines._chosen_count(
        baselines._pca_scores,
        baselines.PCA_COMPONENTS,
        scores @ directions,
        classes,
        np.arange(400),
        seed=SEED,
    )
    assert count == 15, f"seed {SEED}"


def test_pls_first_direction_is_between_the_class_means_however_rare_a_class_is():
    # With two classes the first PLS weight is the covariance with the indicator: the difference
    # of the means. Three classes: it lies in the plane of the means, seen from their mean.
    spectra, classes, _ = made(300, (0.05, 0.9, 0.05))
    spectra = standard_normal_variate(spectra)
    scores, _ = baselines._pls_scores(spectra, classes, 1, spectra[:1])
    means = np.stack([spectra[classes == each].mean(axis=0) for each in range(3)])
    weighted = means - spectra.mean(axis=0)
    direction = np.linalg.svd(weighted, full_matrices=False)[2][0]
    expected = (spectra - spectra.mean(axis=0)) @ direction
    assert abs(np.corrcoef(scores[:, 0], expected)[0, 1]) == pytest.approx(1, abs=1e-6)


@DISCRIMINANTS
def test_scans_are_not_looked_at_outside_the_training_rows(baseline):
    spectra, classes, groups = made()
    held_out, found = answers(baseline, spectra, classes, groups)
    # Other held-out spectra beside the first, and other held-out labels: the same answer to it.
    changed, other = spectra.copy(), classes.copy()
    changed[held_out[1:]] = changed[held_out[1:]][::-1] * 3 + 1
    other[held_out] = 0
    _, again = answers(baseline, changed, other, groups)
    np.testing.assert_array_equal(found[0], again[0])


@DISCRIMINANTS
def test_offset_and_factor_of_a_spectrum_do_not_matter(baseline):
    spectra, classes, groups = made()
    _, found = answers(baseline, spectra, classes, groups)
    _, again = answers(baseline, spectra * 2.5 + 7, classes, groups)
    np.testing.assert_allclose(found, again, atol=1e-6)


@DISCRIMINANTS
def test_the_same_seed_gives_the_same_answer(baseline):
    spectra, classes, groups = made(strength=0.01)
    np.testing.assert_array_equal(
        answers(baseline, spectra, classes, groups)[1],
        answers(baseline, spectra, classes, groups)[1],
    )


@DISCRIMINANTS
def test_a_class_without_training_rows_has_probability_zero(baseline):
    spectra, classes, groups = made()
    _, found = answers(baseline, spectra, classes * 2, groups, class_count=6)
    assert not found[:, [1, 3, 5]].any()
    np.testing.assert_allclose(found.sum(axis=1), 1)


@DISCRIMINANTS
@pytest.mark.parametrize("rare", [1, 2, 3])
def test_a_class_smaller_than_the_inner_folds_is_no_obstacle(baseline, rare):
    spectra, classes, groups = made(200, (0.5, 0.5))
    classes[:rare] = 2
    _, found = answers(baseline, spectra, classes, groups)
    assert np.isfinite(found).all() and found.shape == (60, 3)


@DISCRIMINANTS
@pytest.mark.parametrize("training_rows", [2, 3, 4, 6, 9])
def test_a_handful_of_training_rows_is_no_obstacle(baseline, training_rows):
    spectra, classes, groups = made(30, (0.4, 0.4, 0.2))
    classes[:3] = [0, 1, 2]
    found = baseline(
        spectra,
        classes,
        groups,
        training=np.arange(training_rows),
        held_out=np.arange(20, 30),
        class_count=3,
        seed=SEED,
    )
    np.testing.assert_allclose(found.sum(axis=1), 1)


@DISCRIMINANTS
@pytest.mark.parametrize("group_count", [1, 2, 3])
def test_few_groups_are_no_obstacle(baseline, group_count):
    spectra, classes, _ = made()
    _, found = answers(baseline, spectra, classes, np.arange(240) % group_count)
    np.testing.assert_allclose(found.sum(axis=1), 1)


@DISCRIMINANTS
def test_spectra_of_low_rank_are_no_obstacle(baseline):
    generator = np.random.default_rng(SEED)
    classes = generator.choice(3, 120)
    scores = generator.normal(size=(120, 3)) + classes[:, None]
    spectra = scores @ generator.normal(size=(3, 85))
    held_out, found = answers(baseline, spectra, classes, np.arange(120))
    assert balanced_accuracy_score(classes[held_out], found.argmax(axis=1)) > 0.5, f"seed {SEED}"


def test_no_more_components_than_the_spectra_carry():
    generator = np.random.default_rng(SEED)
    spectra = generator.normal(size=(40, 3)) @ generator.normal(size=(3, 85))
    assert baselines._rank(spectra, np.arange(40) % 2) == 3, f"seed {SEED}"
    # Nine rows less two class means and the mean of all leave six.
    assert baselines._rank(generator.normal(size=(9, 85)), np.arange(9) % 2) == 6
    assert baselines._rank(generator.normal(size=(2, 85)), np.arange(2)) == 1


@DISCRIMINANTS
def test_one_class_only_is_answered_with_that_class(baseline):
    spectra, classes, groups = made()
    _, found = answers(baseline, spectra, np.ones_like(classes), groups)
    assert (found == [0, 1, 0]).all()


@DISCRIMINANTS
def test_inner_folds_keep_groups_together(baseline, monkeypatch):
    seen = []
    divided = baselines.even_folds

    def watched(classes, groups, count, seed, **options):
        folds = divided(classes, groups, count, seed, **options)
        seen.append((groups, folds))
        return folds

    monkeypatch.setattr(baselines, "even_folds", watched)
    spectra, classes, _ = made()
    groups = np.arange(240) // 4
    answers(baseline, spectra, classes, groups)
    (groups, folds), *_ = seen
    assert len(groups) == 168 and len(set(groups)) == 42 and len(set(folds)) == 5
    for group in set(groups):
        assert len(set(folds[groups == group])) == 1


def test_majority_gives_the_shares_of_the_training_rows():
    classes = np.array([1, 1, 0, 1, 2, 2, 2, 2])
    found = majority(
        np.zeros((8, 5)),
        classes,
        np.arange(8),
        training=np.arange(4),
        held_out=np.array([4, 5]),
        class_count=3,
        seed=SEED,
    )
    np.testing.assert_allclose(found, [[0.25, 0.75, 0]] * 2)


def test_all_baselines_are_called_alike():
    signatures = {inspect.signature(each) for each in (lda, pls_da, majority)}
    assert len(signatures) == 1


@pytest.mark.parametrize(("baseline", "seconds"), [(lda, 1), (pls_da, 3)])
def test_1500_spectra_take_seconds_at_most(baseline, seconds):
    spectra, classes, _ = made(1500, (0.06, 0.85, 0.09))
    start = time.process_time()
    answers(baseline, spectra, classes, np.arange(1500) // 2)
    assert time.process_time() - start < seconds
