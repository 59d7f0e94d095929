"""Golden cases: a few samples and what the bundle must make of them."""

import base64
import json

import numpy as np

from . import export
from .method import AXIS


def golden_scans(recording, samples, scans_per_sample):
    """A few scans of the recording's first samples, their absorbance on the bundle's axis."""
    axis = np.linspace(AXIS["startNanometres"], AXIS["endNanometres"], AXIS["points"])
    cases = {}
    with open(recording, encoding="utf-8") as lines:
        wavelengths = json.loads(next(lines))["wavelengthsNanometres"]
        for line in lines:
            scan = json.loads(line)
            if scan["sample"] not in cases and len(cases) == samples:
                break
            scans = cases.setdefault(scan["sample"], [])
            if len(scans) == scans_per_sample:
                continue
            counts = np.array([scan["referenceSignal"], scan["sampleSignal"]], dtype=float)
            values = np.interp(axis, wavelengths, np.log10(counts[0] / counts[1]))
            scan["absorbance"] = np.round(values, 6).tolist()
            scans.append(scan)
    return cases


def write_recording(path, cases):
    """The golden scans as a native recording, to be preprocessed like any other."""
    axis = np.linspace(AXIS["startNanometres"], AXIS["endNanometres"], AXIS["points"])
    header = {"type": "recording", "version": 1, "wavelengthsNanometres": axis.tolist()}
    header["scanner"] = {}
    kept = ("sample", "labels", "absorbance", "temperatureCelsius", "relativeHumidityPercent")
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(header) + "\n")
        for scans in cases.values():
            for scan in scans:
                line = {"time": None, **{name: scan[name] for name in kept}}
                file.write(json.dumps(line) + "\n")


def golden(cases, stages, bundle, folder):
    """What golden.json holds: scans, meta-features, quantized image and probabilities.

    The image is uint8 [3, N, N], quantized as the target's first member does it.
    """
    result = [
        {
            "name": name,
            "scans": [
                {
                    "absorbance": scan["absorbance"],
                    "temperatureCelsius": scan["temperatureCelsius"],
                    "relativeHumidityPercent": scan["relativeHumidityPercent"],
                }
                for scan in scans
            ],
            "targets": [],
        }
        for name, scans in cases.items()
    ]
    for target in bundle["targets"]:
        images, meta = stages.images(target["name"]), stages.meta(target["name"])
        members = [folder / member["file"] for member in target["members"]]
        answers = np.array([export.probabilities(path, images, meta) for path in members])
        combined = np.exp(np.log(np.maximum(answers.astype(np.float64), 1e-12)).mean(axis=0))
        combined /= combined.sum(axis=1, keepdims=True)
        quantized = export.quantized_images(members[0], images)
        for index, case in enumerate(result):
            case["targets"].append(
                {
                    "name": target["name"],
                    "metaFeatures": [float(value) for value in meta[index]],
                    "image": base64.b64encode(quantized[index].tobytes()).decode(),
                    "probabilities": combined[index].tolist(),
                }
            )
    return {"format": 1, "cases": result}
