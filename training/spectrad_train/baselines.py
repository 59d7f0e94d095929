"""The models that a network has to beat: PCA with LDA, PLS-DA, and the commonest class.

LDA and PLS-DA are what a chemist would try first: they see the median spectrum after SNV, which
takes each spectrum by itself, so nothing passes from held-out rows to training rows. Each baseline
takes

- `spectra`: float [n, points], median spectra in the window;
- `classes`: int [n]; `groups`: [n], what must stay together in the inner folds;
- `training`, `held_out`: indices of rows, of which the training rows' classes are all known;
- `class_count`; `seed`, of the inner folds,

and returns the held-out rows' probabilities, float [held-out rows, class_count]. A class without
training rows has probability 0.
"""

import warnings

import numpy as np
from sklearn.cross_decomposition import PLSRegression
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import balanced_accuracy_score
from threadpoolctl import threadpool_limits

from .folds import even_folds, most_folds

PCA_COMPONENTS = (5, 10, 15, 20, 30)
# PLS finds its directions with the classes in sight and needs fewer of them.
PLS_COMPONENTS = (2, 4, 6, 8, 10, 15, 20)
INNER_FOLDS = 5


def standard_normal_variate(spectra):
    """Each spectrum with mean 0 and standard deviation 1 (a flat one becomes 0), [n, points]."""
    spectra = spectra - spectra.mean(axis=1, keepdims=True)
    deviation = spectra.std(axis=1, keepdims=True)
    return spectra / np.where(deviation > 0, deviation, 1)


def lda(spectra, classes, groups, *, training, held_out, class_count, seed):
    """Principal components of SNV spectra, then linear discriminant analysis.

    Inner cross-validation on the training rows chooses the number of components. Priors are
    equal, which is what balanced accuracy rewards.
    """
    return _discriminated(
        _pca_scores,
        PCA_COMPONENTS,
        spectra,
        classes,
        groups,
        training=training,
        held_out=held_out,
        class_count=class_count,
        seed=seed,
    )


def pls_da(spectra, classes, groups, *, training, held_out, class_count, seed):
    """PLS scores of SNV spectra, then linear discriminant analysis of the scores.

    Of the variants of PLS-DA this one gives probabilities that mean something: a regression on
    0 and 1 answers outside 0 to 1, and its largest answer leans towards the commoner class
    (Barker and Rayens, J. Chemometrics 17, 2003). Components and priors as in `lda`.
    """
    return _discriminated(
        _pls_scores,
        PLS_COMPONENTS,
        spectra,
        classes,
        groups,
        training=training,
        held_out=held_out,
        class_count=class_count,
        seed=seed,
    )


def majority(spectra, classes, groups, *, training, held_out, class_count, seed):
    """The shares of the classes among the training rows, whatever the spectrum.

    The commonest class has the largest share, so it is always the answer, and the probabilities
    are as honest as they can be without looking.
    """
    shares = np.bincount(np.asarray(classes)[training], minlength=class_count) / len(training)
    return np.tile(shares, (len(held_out), 1))


def _discriminated(
    scores, candidates, spectra, classes, groups, *, training, held_out, class_count, seed
):
    classes, groups = np.asarray(classes)[training], np.asarray(groups)[training]
    spectra = standard_normal_variate(np.asarray(spectra, float))
    trained, held_out = spectra[training], spectra[held_out]
    # Threads cost more than they gain with matrices this small: ten times as much on two cores.
    with threadpool_limits(1):
        count = _chosen_count(scores, candidates, trained, classes, groups, seed=seed)
        training_scores, held_out_scores = scores(trained, classes, count, held_out)
        return _probabilities(training_scores, classes, held_out_scores, class_count)


def _chosen_count(scores, candidates, spectra, classes, groups, *, seed):
    """The number of components with the best balanced accuracy over the inner folds.

    The inner folds' predictions are pooled, because a rare class may be missing in some of them;
    of equally good numbers the least wins.
    """
    fold_count = min(INNER_FOLDS, most_folds(classes, groups))
    if fold_count < 2 or len(np.unique(classes)) < 2:
        return min(candidates[len(candidates) // 2], _rank(spectra, classes))
    folds = even_folds(classes, groups, fold_count, seed, tries=1)
    parts = [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in set(folds)]
    largest = min(_rank(spectra[fitted], classes[fitted]) for fitted, _ in parts)
    largest = min(largest, max(candidates))
    candidates = sorted({min(candidate, largest) for candidate in candidates})
    predicted = np.empty((len(candidates), len(classes)), int)
    for fitted, tried in parts:
        # The first components are the same however many follow, so the most are fitted once.
        known = classes[fitted]
        fitted_scores, tried_scores = scores(spectra[fitted], known, largest, spectra[tried])
        for index, count in enumerate(candidates):
            answers = _probabilities(
                fitted_scores[:, :count], known, tried_scores[:, :count], classes.max() + 1
            )
            predicted[index, tried] = answers.argmax(axis=1)
    accuracies = [balanced_accuracy_score(classes, answers) for answers in predicted]
    return candidates[int(np.argmax(accuracies))]


def _pca_scores(spectra, classes, count, others):
    """The principal component scores of the training spectra and of others."""
    projection = PCA(count, svd_solver="full").fit(spectra)
    return projection.transform(spectra), projection.transform(others)


def _pls_scores(spectra, classes, count, others):
    """The PLS scores of the training spectra and of others, each class counting the same."""
    indicators = np.equal.outer(classes, np.unique(classes)).astype(float)
    # Divided by the size of its class, an indicator's covariance with the spectra is the class's
    # mean spectrum: the first directions part the means of rare classes as well as of common ones.
    indicators /= indicators.mean(axis=0)
    projection = PLSRegression(count, scale=False)
    with warnings.catch_warnings():
        # Late components of noise settle slowly; they do no harm, as the inner folds choose.
        warnings.simplefilter("ignore", ConvergenceWarning)
        # Once the classes are explained in full, the components that follow are zero.
        warnings.filterwarnings("ignore", "y residual is constant", UserWarning)
        projection.fit(spectra, indicators)
    return projection.transform(spectra), projection.transform(others)


def _probabilities(scores, classes, others, class_count):
    """Linear discriminant analysis with equal priors: probabilities of the other rows."""
    present = np.unique(classes)
    probabilities = np.zeros((len(others), class_count))
    if len(present) in (1, len(classes)):
        # Nothing to discriminate, or no two rows of a class to learn its scatter from.
        probabilities[:, present] = 1 / len(present)
        return probabilities
    discriminant = LinearDiscriminantAnalysis(priors=np.full(len(present), 1 / len(present)))
    probabilities[:, present] = discriminant.fit(scores, classes).predict_proba(others)
    return probabilities


def _rank(spectra, classes):
    """How many components the spectra can carry and still leave some scatter in the classes."""
    centred = spectra - spectra.mean(axis=0)
    free = len(spectra) - len(np.unique(classes)) - 1
    return max(1, min(np.linalg.matrix_rank(centred), free))
