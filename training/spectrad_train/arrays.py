"""What models are fitted on: everything that one set of constants makes of the samples."""

from dataclasses import dataclass

import numpy as np

from . import constants
from .networks.spectra_vgg import network_images


@dataclass(frozen=True)
class TargetArrays:
    """One target's inputs under one set of constants; row i is sample i of the table.

    Rows behind the table's are augmented copies. `images` [n, 3, N, N] float32, `meta` [n, 7]
    float32 standardised, `derivative` [n, N], `classes` [n].
    """

    draft: dict
    images: np.ndarray
    meta: np.ndarray
    derivative: np.ndarray
    classes: np.ndarray

    def network_inputs(self, *, meta=True):
        """What SpectraVGG is trained on: the part of the image that matters, channels last."""
        images = np.ascontiguousarray(network_images(self.images))
        return {"image": images, "meta": self.meta} if meta else {"image": images}

    def onnx_inputs(self, rows, *, meta=True):
        """What the exported network reads: whole images, channels first."""
        images = np.ascontiguousarray(self.images[rows])
        return {"image": images, "meta": self.meta[rows]} if meta else {"image": images}

    def spectrum_inputs(self, training):
        """The derivative, standardised point by point with the training rows, [n, N, 1]."""
        mean = self.derivative[training].mean(axis=0)
        deviation = self.derivative[training].std(axis=0)
        values = (self.derivative - mean) / np.where(deviation > 0, deviation, 1)
        return {"spectrum": values.astype(np.float32)[..., np.newaxis]}


class Arrays:
    """Makes `TargetArrays` of a table of samples with the daemon's preprocessing."""

    def __init__(self, samples, method, preprocessor, name="table"):
        self.samples, self.method, self.preprocessor = samples, method, preprocessor
        self.recording = preprocessor.folder / f"{name}.scans.ndjson"
        preprocessor.folder.mkdir(parents=True, exist_ok=True)
        samples.write_recording(self.recording)

    def draft(self, target, rows):
        """A draft with every constant of the target found on `rows`."""
        class_names = self.samples.class_names[target]
        return constants.fitted(self.method, target, class_names, rows, self._preprocess)

    def of(self, target, draft, copies=None):
        """The arrays of all samples, and of augmented copies behind them, under a draft.

        `copies` is a table of samples like this one's.
        """
        parts = [self._part(target, draft, self.recording, self.samples)]
        if copies is not None and len(copies):
            recording = self.preprocessor.folder / "copies.scans.ndjson"
            copies.write_recording(recording)
            parts.append(self._part(target, draft, recording, copies))
        images, meta, derivative, classes = (
            values[0] if len(values) == 1 else np.concatenate(values)
            for values in zip(*parts, strict=True)
        )
        return TargetArrays(draft, images, meta, derivative, classes)

    def _part(self, target, draft, recording, samples):
        stages = self.preprocessor.run([recording], draft, "image", "stages")
        # Read before the folder's next use: the copies are written to the same place.
        return (
            np.array(stages.images(target)),
            stages.meta(target),
            stages.spectra(target, "derivative"),
            samples.classes[target],
        )

    def _preprocess(self, draft, until):
        return self.preprocessor.run([self.recording], draft, until, "stages")
