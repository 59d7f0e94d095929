"""What the report draws besides the figures: spectra, images and components of one target."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

# The stages of `spectractl preprocess` in their order, as the report calls them.
STAGES = {
    "median": "Median of a sample's scans",
    "net": "Net signal",
    "scaling": "Scaled",
    "scatter": "Scatter corrected",
    "derivative": "Derivative",
}


@dataclass(frozen=True)
class Illustrations:
    """One target's samples on their way to the network, with constants found on all of them.

    - `wavelengths_nanometres`: float [N].
    - `stages`: name of a stage (`STAGES`) to float [n, N]; stages that a method has not are absent.
    - `classes`: int [n], -1 where unknown; `class_names` in the order of the networks' outputs.
    - `images`: class name to float32 [3, N, N] (GASF, GADF, MTF) of the class's mean spectrum: no
      single measured scan is shown.
    - `pca_scores`: float [n, 2]; `pca_variances`: float [2]; `t2_limit`: the Hotelling T squared
      beyond which the daemon abstains, None where it never does.
    """

    wavelengths_nanometres: np.ndarray
    stages: Mapping[str, np.ndarray]
    classes: np.ndarray
    class_names: tuple[str, ...]
    images: Mapping[str, np.ndarray] = field(default_factory=dict)
    pca_scores: np.ndarray | None = None
    pca_variances: np.ndarray | None = None
    t2_limit: float | None = None
