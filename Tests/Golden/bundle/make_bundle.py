#!/usr/bin/env python3
"""Makes the tests' model bundle: two targets, three tiny networks with random weights.

Run from the repository root; needs numpy, scipy, onnx and onnxruntime:

    python3 Tests/Golden/bundle/make_bundle.py

The golden answers are numpy's, scipy's and onnxruntime's. The spectra are sums of bell curves;
nothing was measured and nothing was learnt, so the predictions mean nothing.
"""

import base64
import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from scipy.signal import savgol_filter

sys.path.insert(0, "training")
import reference_preprocessing as oracle  # noqa: E402

FOLDER = Path("Tests/Golden/bundle")
RANDOM = np.random.default_rng(20261121)
AXIS = {"startNanometres": 900, "endNanometres": 1700, "points": 170}
WINDOW = {"startNanometres": 950, "endNanometres": 1350}
POPULATION = 40
SCANS = 3

TARGETS = [
    {
        "name": "ripeness",
        "classes": ["low", "ok", "high"],
        "net": {"add": ["rising"], "subtract": ["falling", "flat"]},
        "scaling": {"kind": "snv"},
        "scatterCorrection": {"order": 1},
        "savitzkyGolay": {"window": 5, "polynomial": 2, "derivative": 1},
        "image": {"channels": ["gasf", "gadf", "mtf"], "mtfBins": 5},
        "members": ["ripeness/0.onnx"],
        "combine": "geometricMean",
    },
    {
        "name": "sweetness",
        "classes": ["sour", "bland", "sweet", "cloying"],
        "scaling": {"kind": "global"},
        "scatterCorrection": {"order": 2},
        "savitzkyGolay": {"window": 7, "polynomial": 3, "derivative": 2},
        "image": {"channels": ["mtf", "gasf"], "mtfBins": 4},
        "members": ["sweetness/0.onnx", "sweetness/1.onnx"],
        "abstain": {"minimumProbability": 0.3},
    },
]


def bell(wavelengths, centre, width):
    return np.exp(-0.5 * ((wavelengths - centre) / width) ** 2)


def scans(wavelengths):
    """A few scans of one invented sample: absorbance, temperature, humidity."""
    heights = RANDOM.uniform(0.2, 1.0, 4)
    bands = [(980, 30), (1190, 45), (1280, 35), (1450, 60)]
    spectrum = 1.2 + RANDOM.normal(0, 0.2) + 2e-4 * (wavelengths - 900)
    for height, (centre, width) in zip(heights, bands):
        spectrum = spectrum + height * bell(wavelengths, centre + RANDOM.normal(0, 3), width)
    temperature, humidity = RANDOM.normal(41, 2), RANDOM.normal(30, 5)
    return [
        {
            "absorbance": np.round(spectrum + RANDOM.normal(0, 0.003, spectrum.size), 6).tolist(),
            "temperatureCelsius": round(temperature + RANDOM.normal(0, 0.1), 2),
            "relativeHumidityPercent": round(humidity + RANDOM.normal(0, 0.1), 2),
        }
        for _ in range(SCANS)
    ]


def corrected(target, bundle, medians):
    """The derivative of every sample's median; fits on the way what depends on the population."""
    values = oracle.net_signal(medians, bundle, target)
    if target["scaling"]["kind"] == "global" and "mean" not in target["scaling"]:
        target["scaling"]["mean"] = float(values.mean())
        target["scaling"]["standardDeviation"] = float(values.std())
    values = oracle.scaled(values, target["scaling"])
    correction = target["scatterCorrection"]
    correction.setdefault("reference", values.mean(axis=0).tolist())
    values = oracle.scatter_corrected(values, correction)
    filtering = target["savitzkyGolay"]
    return savgol_filter(
        values,
        filtering["window"],
        filtering["polynomial"],
        deriv=filtering["derivative"],
        axis=1,
    )


def fit_meta_features(target, derivative, temperatures, humidities):
    mean = derivative.mean(axis=0)
    _, singular, rows = np.linalg.svd(derivative - mean, full_matrices=False)
    constants = {
        "pca": {
            "mean": mean.tolist(),
            "loadings": rows[:2].tolist(),
            "variances": (singular[:2] ** 2 / (len(derivative) - 1)).tolist(),
        },
        "clusters": [derivative[0].tolist(), derivative[1].tolist()],
        "mean": [0.0] * 7,
        "standardDeviation": [1.0] * 7,
    }
    raw = oracle.meta_features(derivative, temperatures, humidities, constants)
    constants["mean"] = raw.mean(axis=0).tolist()
    constants["standardDeviation"] = raw.std(axis=0).tolist()
    target["metaFeatures"] = constants


def images(target, derivative):
    cosine, sine = (values.astype(np.float32) for values in oracle.polar(derivative))
    drawn = {
        "gasf": lambda i: np.outer(cosine[i], cosine[i]) - np.outer(sine[i], sine[i]),
        "gadf": lambda i: np.outer(sine[i], cosine[i]) - np.outer(cosine[i], sine[i]),
        "mtf": lambda i: oracle.transition_field(derivative[i], target["image"]["mtfBins"]),
    }
    channels = target["image"]["channels"]
    return np.array(
        [[drawn[name](i) for name in channels] for i in range(len(derivative))], np.float32
    )


def network(channels, points, classes, reads_meta):
    """Convolution, pooling, convolution; beside them, or not, a layer for the meta-features.

    Its weights are random.
    """
    side = (((points - 5) // 4 + 1) // 2 - 3) // 2 + 1
    shapes = {
        "first": (4, channels, 5, 5),
        "second": (6, 4, 3, 3),
        "facts": (7, 5),
        "classes": (6 * side * side + 5, classes),
    }
    values = {}
    for name, shape in shapes.items():
        fan = shape[0] if len(shape) == 2 else int(np.prod(shape[1:]))
        gain = 6.0 if name == "classes" else 1.5
        values[f"{name}_weights"] = RANDOM.normal(0, gain / np.sqrt(fan), shape)
        bias = shape[1] if len(shape) == 2 else shape[0]
        values[f"{name}_bias"] = RANDOM.normal(0, 0.1, bias)

    def node(kind, inputs, output, **attributes):
        return helper.make_node(kind, inputs, [output], name=output, **attributes)

    def parameters(name):
        return [f"{name}_weights", f"{name}_bias"]

    nodes = [
        node("Conv", ["image", *parameters("first")], "first", strides=[4, 4]),
        node("Relu", ["first"], "first_active"),
        node("MaxPool", ["first_active"], "pooled", kernel_shape=[2, 2], strides=[2, 2]),
        node("Conv", ["pooled", *parameters("second")], "second", strides=[2, 2]),
        node("Relu", ["second"], "second_active"),
        node("Flatten", ["second_active"], "features"),
    ]
    inputs = {"image": [1, channels, points, points]}
    joined = "features"
    if reads_meta:
        inputs["meta"] = [1, 7]
        joined = "joined"
        nodes += [
            node("Gemm", ["meta", *parameters("facts")], "facts"),
            node("Relu", ["facts"], "facts_active"),
            node("Concat", ["facts_active", "features"], joined, axis=1),
        ]
    else:
        del values["facts_weights"], values["facts_bias"]
        values["classes_weights"] = values["classes_weights"][shapes["facts"][1] :]
    nodes += [
        node("Gemm", [joined, *parameters("classes")], "logits"),
        node("Softmax", ["logits"], "probabilities", axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in inputs.items()
        ],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, classes])],
        [numpy_helper.from_array(v.astype(np.float32), name) for name, v in values.items()],
    )
    opset = helper.make_opsetid("", 17)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=9)
    onnx.checker.check_model(model)
    return model


class Calibration(CalibrationDataReader):
    def __init__(self, feeds):
        self.rows = iter(feeds)

    def get_next(self):
        return next(self.rows, None)


def feeds(model, pictures, meta):
    """What each sample gives the model's inputs."""
    known = {"image": pictures, "meta": meta}
    names = [value.name for value in model.graph.input]
    return [{name: known[name][i : i + 1] for name in names} for i in range(len(pictures))]


def write_member(path, pictures, meta, classes, reads_meta):
    path.parent.mkdir(exist_ok=True)
    model = network(pictures.shape[1], pictures.shape[2], classes, reads_meta)
    with tempfile.TemporaryDirectory() as folder:
        plain = f"{folder}/plain.onnx"
        onnx.save(model, plain)
        quantize_static(
            plain,
            str(path),
            Calibration(feeds(model, pictures, meta)),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )


def quantized(path, pictures):
    """The image as the file's own QuantizeLinear makes it: float32, half to even."""
    graph = onnx.load(path).graph
    values = {value.name: numpy_helper.to_array(value) for value in graph.initializer}
    (reader,) = [node for node in graph.node if "image" in node.input]
    scale, zero = (values[name] for name in reader.input[1:3])
    steps = np.rint(pictures / scale) + np.float32(zero)
    return np.clip(steps, 0, 255).astype(np.uint8)


def answers(path, pictures, meta):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"]
    )
    rows = feeds(onnx.load(path), pictures, meta)
    return np.concatenate([session.run(None, row)[0] for row in rows]).astype(np.float64)


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def write_json(path, value):
    Path(path).write_text(json.dumps(value, separators=(",", ":")) + "\n", encoding="utf-8")


def finish(target, bundle, samples, cases):
    """Fits the target's constants, writes its networks, and answers the golden cases."""
    _, window = oracle.axis_window(bundle)
    medians, temperatures, humidities = (
        np.array([np.median([scan[name] for scan in sample], axis=0) for sample in samples])
        for name in ("absorbance", "temperatureCelsius", "relativeHumidityPercent")
    )
    derivative = corrected(target, bundle, medians[:, window])
    fit_meta_features(target, derivative, temperatures, humidities)
    meta = oracle.meta_features(derivative, temperatures, humidities, target["metaFeatures"])
    meta = meta.astype(np.float32)
    pictures = images(target, derivative)
    combined = 0
    for index, name in enumerate(target["members"]):
        path = FOLDER / name
        # The last of several reads the image alone.
        reads_meta = index + 1 < len(target["members"]) or index == 0
        write_member(path, pictures, meta, len(target["classes"]), reads_meta)
        target["members"][index] = {"file": name, "sha256": sha256(path)}
        combined = combined + np.log(np.maximum(answers(path, pictures, meta), 1e-12))
    combined = np.exp(combined / len(target["members"]))
    combined /= combined.sum(axis=1, keepdims=True)
    bytes_of_images = quantized(FOLDER / target["members"][0]["file"], pictures)
    for index, case in enumerate(cases):
        case["targets"].append(
            {
                "name": target["name"],
                "metaFeatures": meta[index].tolist(),
                "image": base64.b64encode(bytes_of_images[index].tobytes()).decode(),
                "probabilities": combined[index].tolist(),
            }
        )
    print(target["name"], np.bincount(combined.argmax(axis=1)), combined[:2].round(3).tolist())


def main():
    wavelengths, window = oracle.axis_window({"axis": AXIS, "window": WINDOW})
    inside = wavelengths[window]
    bundle = {
        "format": 1,
        "name": "tests",
        "version": "1.0.0",
        "description": "random networks for tests of the program",
        "intendedUse": "tests of the program, not for diagnosis",
        "axis": AXIS,
        "window": WINDOW,
        "signatures": {
            "rising": np.linspace(0.5, 2.5, inside.size).round(6).tolist(),
            "falling": (1 + bell(inside, 1000, 60)).round(6).tolist(),
            "flat": (1 + 0.2 * bell(inside, 1200, 80)).round(6).tolist(),
        },
        "targets": TARGETS,
        "quality": {
            "minimumSignalCounts": 50,
            "maximumRawCounts": 8_000_000,
            "minimumScatterSlope": 0.01,
        },
        "reference": "factory",
        "demonstration": True,
    }
    samples = [scans(wavelengths) for _ in range(POPULATION)]
    cases = [{"name": f"case {i}", "scans": samples[i], "targets": []} for i in range(2)]
    for target in TARGETS:
        finish(target, bundle, samples, cases)
    write_json(FOLDER / "golden.json", {"format": 1, "cases": cases})
    bundle["golden"] = {"file": "golden.json", "sha256": sha256(FOLDER / "golden.json")}
    write_json(FOLDER / "bundle.json", bundle)


if __name__ == "__main__":
    main()
