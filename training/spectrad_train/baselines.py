"""Figures: accuracy, balanced accuracy, recall per class, and the PCA + LDA baseline."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import accuracy_score, balanced_accuracy_score, recall_score
from sklearn.pipeline import make_pipeline

from .method import CLASSES


def figures(classes, predicted):
    """Accuracy, balanced accuracy and recall per class, rounded for people."""
    recall = recall_score(classes, predicted, labels=range(3), average=None, zero_division=0)
    return {
        "accuracy": round(float(accuracy_score(classes, predicted)), 4),
        "balancedAccuracy": round(float(balanced_accuracy_score(classes, predicted)), 4),
        "perClass": {name: round(float(value), 4) for name, value in zip(CLASSES, recall)},
    }


def standard_normal_variate(spectra):
    """Each spectrum with mean 0 and standard deviation 1."""
    spectra = spectra - spectra.mean(axis=1, keepdims=True)
    return spectra / spectra.std(axis=1, keepdims=True)


def discriminant():
    """PCA (20) and LDA with equal priors, which is what balanced accuracy rewards."""
    lda = LinearDiscriminantAnalysis(priors=np.full(3, 1 / 3))
    return make_pipeline(PCA(20, random_state=0), lda)


def lda_predictions(medians, classes, rows, other_medians):
    """Trains the baseline on some rows' median spectra and predicts other spectra's classes."""
    model = discriminant().fit(standard_normal_variate(medians[rows]), classes[rows])
    return model.predict(standard_normal_variate(other_medians))
