"""What the report shows of the data: spectra step by step, images, components."""

import numpy as np

from .arrays import Arrays
from .report import Illustrations

STAGES = ("median", "net", "scaling", "scatter", "derivative")


def illustrate(arrays, bundle):
    """Illustrations by target, under the constants of the members that ship.

    The images are those of each class's mean spectrum, so that no single measured scan is shown.
    """
    result = {}
    for described in bundle["targets"]:
        target = described["name"]
        draft = bundle | {"targets": [described | {"members": []}]}
        draft.pop("golden", None)
        draft.pop("training", None)
        stages = arrays.preprocessor.run([arrays.recording], draft, "derivative", "stages")
        rows = arrays.samples.known(target)
        spectra = {name: stages.spectra(target, name)[rows] for name in STAGES}
        components = described["metaFeatures"]["pca"]
        scores = (spectra["derivative"] - components["mean"]) @ np.array(components["loadings"]).T
        result[target] = Illustrations(
            wavelengths_nanometres=arrays.samples.wavelengths_nanometres,
            stages=spectra,
            classes=arrays.samples.classes[target][rows],
            class_names=arrays.samples.class_names[target],
            images=_mean_images(arrays, target, draft, rows),
            pca_scores=scores,
            pca_variances=np.array(components["variances"]),
            t2_limit=described["abstain"]["t2Limit"],
        )
    return result


def _mean_images(arrays, target, draft, rows):
    """The image of each class's mean median spectrum, [3, N, N] by class name."""
    samples = arrays.samples
    classes = samples.classes[target][rows]
    present = [index for index in range(len(samples.class_names[target])) if index in classes]
    means = np.array([samples.medians[rows][classes == index].mean(axis=0) for index in present])
    first = np.array([rows[classes == index][0] for index in present])
    table = samples.with_medians(means, first)
    images = Arrays(table, arrays.method, arrays.preprocessor, "means").of(target, draft).images
    return {samples.class_names[target][i]: images[k] for k, i in enumerate(present)}
