"""The numbers that training finds for a target before any network: steps 7 to 9 and 17."""

import copy

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

# The share of training samples that lie inside the limits of calibration.
INSIDE_SHARE = 0.999


def with_scatter_references(bundle, stages, rows):
    """The bundle with each target's mean training spectrum after scaling as its reference."""
    bundle = copy.deepcopy(bundle)
    for target in bundle["targets"]:
        spectra = stages.spectra(target["name"], "scaling")[rows]
        target["scatterCorrection"] = {"order": 1, "reference": spectra.mean(axis=0).tolist()}
    return bundle


def with_spectrum_models(bundle, stages, rows):
    """The bundle with components, clusters and limits of the training samples' derivatives."""
    bundle = copy.deepcopy(bundle)
    for target in bundle["targets"]:
        spectra = stages.spectra(target["name"], "derivative")[rows]
        pca = PCA(2, svd_solver="full").fit(spectra)
        scores = pca.transform(spectra)
        residuals = spectra - pca.inverse_transform(scores)
        t2 = (scores**2 / pca.explained_variance_).sum(axis=1)
        q = (residuals**2).sum(axis=1)
        centres = KMeans(2, n_init=10, random_state=0).fit(spectra).cluster_centers_
        target["metaFeatures"]["pca"] = {
            "mean": pca.mean_.tolist(),
            "loadings": pca.components_.tolist(),
            "variances": pca.explained_variance_.tolist(),
        }
        target["metaFeatures"]["clusters"] = centres.tolist()
        target["abstain"]["t2Limit"] = float(np.quantile(t2, INSIDE_SHARE))
        target["abstain"]["qLimit"] = float(np.quantile(q, INSIDE_SHARE))
    return bundle


def with_standardised_meta(bundle, stages, rows):
    """The bundle with mean and standard deviation of the training samples' raw meta-features."""
    bundle = copy.deepcopy(bundle)
    for target in bundle["targets"]:
        raw = stages.meta(target["name"])[rows].astype(np.float64)
        deviation = raw.std(axis=0)
        target["metaFeatures"]["mean"] = raw.mean(axis=0).tolist()
        target["metaFeatures"]["standardDeviation"] = np.where(deviation > 0, deviation, 1).tolist()
    return bundle


def fitted(bundle, preprocessor, scaled, rows):
    """Finds all constants on the given training rows.

    `scaled` are the stages up to the scaling, which no training sample influences.

    Returns the bundle and the stages that were computed with it, whose meta-features are raw:
    `standardised` brings them to what the network sees.
    """
    bundle = with_scatter_references(bundle, scaled, rows)
    bundle = with_spectrum_models(bundle, preprocessor.run(bundle, "derivative"), rows)
    stages = preprocessor.run(bundle, "image")
    return with_standardised_meta(bundle, stages, rows), stages


def standardised(raw_meta, target):
    """Raw meta-features as the network sees them."""
    meta = target["metaFeatures"]
    return ((raw_meta - meta["mean"]) / meta["standardDeviation"]).astype(np.float32)
