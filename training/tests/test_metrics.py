"""The figures against numbers worked out by hand, scipy and scikit-learn's own functions."""

import json
import math

import numpy as np
import pytest
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.metrics import balanced_accuracy_score

from spectrad_train import metrics
from spectrad_train.intervals import corrected_interval

NAMES = ("low", "ok", "high")
# Confusion by hand: low 1 of 2, ok 3 of 4, high 0 of 2; nothing was ever called high.
TRUTH = np.array([0, 0, 1, 1, 1, 1, 2, 2])
ANSWERS = np.array([0, 1, 1, 1, 1, 0, 1, 0])
FOLDS = np.array([0, 1, 0, 0, 1, 1, 0, 1])


def sure(answers, class_count=3, confidence=0.7):
    """Probabilities with the given top class, the rest shared equally."""
    rest = (1 - confidence) / (class_count - 1)
    probabilities = np.full((len(answers), class_count), rest)
    probabilities[np.arange(len(answers)), answers] = confidence
    return probabilities


def random_case(seed, rows=120, class_count=3, skill=0.5):
    """Random truth, and answers that are right more often than not."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, class_count, rows)
    weights = generator.random((rows, class_count)) + skill * np.eye(class_count)[truth]
    return truth, weights / weights.sum(axis=1, keepdims=True), generator.integers(0, 5, rows)


def by_hand(**options):
    options = {"permutations": 10, "seed": 1, **options}
    return metrics.figures(TRUTH, sure(ANSWERS), NAMES, FOLDS, **options)


def test_accuracies_and_confusion_are_those_counted_by_hand():
    result = by_hand()
    assert result["count"] == 8
    assert result["accuracy"] == 4 / 8
    assert result["balancedAccuracy"] == pytest.approx((1 / 2 + 3 / 4 + 0) / 3)
    assert result["confusion"] == [[1, 1, 0], [1, 3, 0], [1, 1, 0]]


def test_figures_per_class_are_those_counted_by_hand():
    low, ok, high = (by_hand()["perClass"][name] for name in NAMES)
    assert low["count"] == 2
    assert low["sensitivity"] == 1 / 2
    assert low["specificity"] == pytest.approx(4 / 6)
    assert low["ppv"] == pytest.approx(1 / 3)
    assert low["f1"] == pytest.approx(2 / 5)
    # Two values occur, so the AUC is (sensitivity + specificity) / 2.
    assert low["rocAuc"] == pytest.approx((1 / 2 + 4 / 6) / 2)
    assert ok["ppv"] == pytest.approx(3 / 5)
    assert (high["sensitivity"], high["ppv"], high["f1"]) == (0, None, 0)


def test_a_class_that_never_occurs_has_no_figures_of_its_own():
    truth = np.where(TRUTH == 2, 1, TRUTH)
    result = metrics.figures(truth, sure(ANSWERS), NAMES, FOLDS, permutations=10, seed=1)
    assert result["perClass"]["high"] == {
        "count": 0,
        "sensitivity": None,
        "specificity": 1.0,
        "ppv": None,
        "f1": None,
        "rocAuc": None,
    }
    assert result["balancedAccuracy"] == pytest.approx((1 / 2 + 4 / 6) / 2)
    assert result["majority"]["balancedAccuracy"] == 1 / 2


@pytest.mark.parametrize("seed", range(5))
def test_figures_agree_with_scikit_learn_and_scipy(seed):
    truth, probabilities, folds = random_case(seed)
    result = metrics.figures(truth, probabilities, NAMES, folds, permutations=10, seed=seed)
    answers = probabilities.argmax(axis=1)
    assert result["balancedAccuracy"] == pytest.approx(balanced_accuracy_score(truth, answers))
    for label, name in enumerate(NAMES):
        of_class = probabilities[truth == label, label]
        others = probabilities[truth != label, label]
        area = stats.mannwhitneyu(of_class, others).statistic / len(of_class) / len(others)
        assert result["perClass"][name]["rocAuc"] == pytest.approx(area), f"seed {seed}"
    chosen = probabilities[np.arange(len(truth)), truth]
    assert result["calibration"]["logLoss"] == pytest.approx(-np.log(chosen).mean())
    squares = ((probabilities - np.eye(3)[truth]) ** 2).sum(axis=1).mean()
    assert result["calibration"]["brier"] == pytest.approx(squares)
    shares, confidences = calibration_curve(
        answers == truth, probabilities.max(axis=1), n_bins=10, strategy="uniform"
    )
    filled = [b for b in result["calibration"]["bins"] if b["count"]]
    assert [b["accuracy"] for b in filled] == pytest.approx(shares)
    assert [b["confidence"] for b in filled] == pytest.approx(confidences)


def test_the_calibration_error_is_that_computed_by_hand():
    # Four answers of 0.7 of which half are right, four of 0.95 of which all are right.
    truth, answers = np.array([0, 0, 1, 1, 0, 1, 0, 1]), np.array([0, 1, 0, 1, 0, 1, 0, 1])
    probabilities = np.concatenate([sure(answers[:4], 2, 0.7), sure(answers[4:], 2, 0.95)])
    result = metrics.figures(truth, probabilities, ("a", "b"), np.zeros(8), permutations=1, seed=1)[
        "calibration"
    ]
    assert result["expectedCalibrationError"] == pytest.approx(0.5 * 0.2 + 0.5 * 0.05)
    assert [b["count"] for b in result["bins"]] == [0, 0, 0, 0, 0, 0, 4, 0, 0, 4]


def test_a_probability_on_a_limit_belongs_to_the_lower_bin():
    probabilities = sure(np.array([0, 1]), 2, 0.5)
    result = metrics.figures([0, 1], probabilities, ("a", "b"), [0, 0], permutations=1, seed=1)
    assert [b["high"] for b in result["calibration"]["bins"] if b["count"]] == [0.5]


def test_the_majority_class_is_that_of_each_folds_training_rows():
    # Fold 0 is trained on 1 1 1 0 0, so it answers 1; fold 1 on 0 0 1, so it answers 0.
    truth = np.array([0, 0, 1, 1, 1, 1, 0, 0])
    folds = np.array([0, 0, 0, 1, 1, 1, 1, 1])
    majority = metrics.majority_figures(truth, folds, 2)
    assert majority == {"accuracy": (1 + 2) / 8, "balancedAccuracy": 1 / 2}


def test_with_one_fold_the_majority_class_is_that_of_the_training_labels_given():
    truth, folds = np.array([0, 1, 1]), np.zeros(3, int)
    assert metrics.majority_figures(truth, folds, 2)["accuracy"] is None
    given = metrics.majority_figures(truth, folds, 2, training_truth=[0, 0, 1, -1, -1])
    assert given["accuracy"] == pytest.approx(1 / 3)


def test_the_interval_is_students_widened_for_shared_training_rows():
    values = [0.7, 0.8, 0.75, 0.9, 0.85]
    result = corrected_interval(values, [20] * 5, 100)
    plain = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    widened = math.sqrt((1 / 5 + 20 / 80) / (1 / 5))
    assert result["mean"] == pytest.approx(0.8)
    assert result["high"] - 0.8 == pytest.approx((plain.high - 0.8) * widened)
    assert 0.8 - result["low"] == pytest.approx((plain.high - 0.8) * widened)


def test_intervals_stay_within_the_figures_range():
    interval = by_hand()["accuracyInterval"]
    assert interval["mean"] == pytest.approx(0.5)
    assert (interval["low"], interval["high"]) == (0, 1)


def test_one_fold_gives_no_interval():
    result = metrics.figures(TRUTH, sure(ANSWERS), NAMES, np.zeros(8), permutations=1, seed=1)
    assert result["accuracyInterval"] is None
    assert result["balancedAccuracyInterval"] is None


def test_the_permutation_test_approaches_the_exact_one():
    exact = stats.permutation_test(
        (TRUTH,),
        lambda truth: (truth == ANSWERS).mean(),
        permutation_type="pairings",
        alternative="greater",
        n_resamples=np.inf,
    )
    result = by_hand(permutations=20_000, seed=3)["permutation"]
    assert result["accuracy"]["p"] == pytest.approx(exact.pvalue, abs=0.015), "seed 3"
    assert result["accuracy"]["mean"] == pytest.approx(exact.null_distribution.mean(), abs=0.01)
    # Any permutation of fixed answers expects 1/k, whatever the answers are.
    assert result["balancedAccuracy"]["mean"] == pytest.approx(1 / 3, abs=0.01)


def test_rows_of_a_group_move_together():
    # Four donors of ten scans. 4 of the 24 orders of their labels leave every scan right.
    truth, groups = np.repeat([0, 0, 1, 1], 10), np.repeat(["d", "a", "c", "b"], 10)
    options = {"permutations": 4000, "seed": 5}
    names, folds = ("a", "b"), np.zeros(40)
    together = metrics.figures(truth, sure(truth, 2), names, folds, groups=groups, **options)
    alone = metrics.figures(truth, sure(truth, 2), names, folds, **options)
    assert together["permutation"]["accuracy"]["p"] == pytest.approx(4 / 24, abs=0.02), "seed 5"
    assert together["permutation"]["accuracy"]["quantile95"] == 1
    assert alone["permutation"]["accuracy"]["p"] == 1 / 4001


def test_a_group_of_several_labels_exchanges_them_within_itself():
    # Two laboratories, each measured both classes ten times: 2 x 2 equally likely worlds.
    truth, groups = np.tile(np.repeat([0, 1], 10), 2), np.repeat([7, 3], 20)
    result = metrics.figures(
        truth,
        sure(truth, 2),
        ("a", "b"),
        np.zeros(40),
        groups=groups,
        permutations=4000,
        seed=6,
    )
    assert result["permutation"]["accuracy"]["p"] == pytest.approx(1 / 4, abs=0.02), "seed 6"


def test_groups_of_one_label_never_take_one_from_a_group_of_several():
    # A laboratory with both classes (2 worlds) beside two donors of class 0 (1 world).
    truth, groups = np.repeat([0, 1, 0, 0], 10), np.repeat([1, 1, 2, 3], 10)
    result = metrics.figures(
        truth,
        sure(truth, 2),
        ("a", "b"),
        np.zeros(40),
        groups=groups,
        permutations=4000,
        seed=7,
    )
    assert result["permutation"]["accuracy"]["p"] == pytest.approx(1 / 2, abs=0.03), "seed 7"


@pytest.mark.parametrize("seed", range(2))
def test_p_is_evenly_spread_when_answers_know_nothing(seed):
    generator = np.random.default_rng(seed)
    values = []
    for _ in range(100):
        labels = generator.permutation(np.repeat([0, 1, 2], 8))
        truth, groups = np.repeat(labels, 3), np.repeat(np.arange(24), 3)
        # All scans of a donor get the same answer: the worst case for rows taken alone.
        answers = np.repeat(generator.integers(0, 3, 24), 3)
        result = metrics.figures(
            truth,
            sure(answers),
            NAMES,
            np.zeros(72),
            groups=groups,
            permutations=60,
            seed=int(generator.integers(1 << 30)),
        )
        values.append(result["permutation"]["balancedAccuracy"]["p"])
    assert np.mean(np.array(values) <= 0.1) < 0.2, f"seed {seed}"


def test_unknown_rows_change_nothing():
    truth, probabilities, folds = random_case(8)
    some = np.arange(len(truth)) % 3 > 0
    hidden = np.where(some, truth, -1)
    options = {"permutations": 20, "seed": 8}
    with_unknown = metrics.figures(hidden, probabilities, NAMES, folds, **options)
    without = metrics.figures(truth[some], probabilities[some], NAMES, folds[some], **options)
    assert with_unknown.pop("unknown") == (~some).sum()
    assert without.pop("unknown") == 0
    assert with_unknown == without


def test_the_result_is_plain_json_and_the_same_again():
    first, second = by_hand(groups=list("aabbccdd")), by_hand(groups=list("aabbccdd"))
    text = json.dumps(first, allow_nan=False)
    assert text == json.dumps(second, allow_nan=False)
    assert json.loads(text) == first


def test_ties_go_to_the_first_class():
    assert metrics.predicted_classes([[0.5, 0.5], [0.2, 0.8]]).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"probabilities": sure(ANSWERS)[:, :2]}, "shape"),
        ({"probabilities": sure(ANSWERS) * 2}, "sum to 1"),
        ({"probabilities": sure(ANSWERS) * np.nan}, "sum to 1"),
        ({"folds": FOLDS[1:]}, "folds has 7 entries, expected 8"),
        ({"groups": [1]}, "groups has 1 entries"),
        ({"truth": TRUTH + 1}, "expected -1 to 2"),
        ({"truth": np.full(8, -1)}, "no row"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(change, message):
    given = {"truth": TRUTH, "probabilities": sure(ANSWERS), "folds": FOLDS, **change}
    with pytest.raises(ValueError, match=message):
        metrics.figures(class_names=NAMES, permutations=1, seed=1, **given)
