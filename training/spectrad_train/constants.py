"""The numbers that training finds for a target before any network: steps 6 to 9 and 17."""

import copy

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

# The share of training samples that lie inside the limits of calibration.
INSIDE_SHARE = 0.999


def fitted(method, target, class_names, rows, preprocess):
    """Finds every constant of one target on the given rows, step after step.

    `preprocess(draft, until)` takes all samples through a draft up to a stage and returns its
    `Stages`; only `rows` of them are looked at. Returns a draft with the one target, complete but
    for its members.
    """
    draft = method.draft([target], {target: class_names})
    if method.scaling == "global":
        draft = _with_global_scaling(draft, preprocess(draft, "net"), rows)
    if method.scatter_order is not None:
        stages = preprocess(draft, "scaling")
        draft = _with_scatter_reference(draft, method.scatter_order, stages, rows)
    draft = _with_spectrum_models(draft, preprocess(draft, "derivative"), rows)
    return _with_standardised_meta(draft, preprocess(draft, "image"), rows)


def _changed(draft):
    draft = copy.deepcopy(draft)
    return draft, draft["targets"][0]


def _with_global_scaling(draft, stages, rows):
    """One mean and deviation of all training spectra's values."""
    draft, target = _changed(draft)
    values = stages.spectra(target["name"], "net")[rows]
    deviation = float(values.std())
    target["scaling"] |= {"mean": float(values.mean()), "standardDeviation": deviation or 1.0}
    return draft


def _with_scatter_reference(draft, order, stages, rows):
    """The mean scaled training spectrum as the reference of the scatter correction."""
    draft, target = _changed(draft)
    spectra = stages.spectra(target["name"], "scaling")[rows]
    target["scatterCorrection"] = {"order": order, "reference": spectra.mean(axis=0).tolist()}
    return draft


def _with_spectrum_models(draft, stages, rows):
    """Components, clusters and limits of the training samples' derivatives."""
    draft, target = _changed(draft)
    spectra = stages.spectra(target["name"], "derivative")[rows]
    pca = PCA(2, svd_solver="full").fit(spectra)
    scores = pca.transform(spectra)
    residuals = spectra - pca.inverse_transform(scores)
    # Threads add up the centres in the order in which they end, so their last bits are chance.
    with threadpool_limits(1):
        centres = KMeans(2, n_init=10, random_state=0).fit(spectra).cluster_centers_
    target["metaFeatures"] |= {
        "pca": {
            "mean": pca.mean_.tolist(),
            "loadings": pca.components_.tolist(),
            "variances": pca.explained_variance_.tolist(),
        },
        "clusters": centres.tolist(),
    }
    t2 = (scores**2 / pca.explained_variance_).sum(axis=1)
    q = (residuals**2).sum(axis=1)
    target["abstain"] |= {
        "t2Limit": float(np.quantile(t2, INSIDE_SHARE)),
        "qLimit": float(np.quantile(q, INSIDE_SHARE)),
    }
    return draft


def _with_standardised_meta(draft, stages, rows):
    """Mean and standard deviation of the training samples' raw meta-features."""
    draft, target = _changed(draft)
    raw = stages.meta(target["name"])[rows].astype(np.float64)
    deviation = raw.std(axis=0)
    target["metaFeatures"] |= {
        "mean": raw.mean(axis=0).tolist(),
        "standardDeviation": np.where(deviation > 0, deviation, 1).tolist(),
    }
    return draft
