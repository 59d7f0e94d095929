"""Export and quantization: onnxruntime against keras, the file against what the daemon needs."""

import os
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from spectrad_train import quantization
from spectrad_train.export import float_model
from spectrad_train.fitting import predict
from spectrad_train.networks.spectra_vgg import network_images, spectra_vgg

SEED = 20263
WIDTH = Fraction(1, 16)
CLASS_NAMES = ("low", "ok", "high")
SPECTRACTL = Path(
    os.environ.get(
        "TEST_SPECTRACTL", Path(__file__).parents[2] / ".build" / "release" / "spectractl"
    )
)
KINDS = [(activation, meta) for activation in ("relu", "softmax") for meta in (True, False)]


def network_of(activation, meta, side):
    """A network whose normalisations do something, as after training.

    Softmaxes need great factors: they leave little of what they are given.
    """
    network = spectra_vgg(side, 3, activation=activation, width=WIDTH, meta=meta)
    random = np.random.default_rng(SEED)
    greatest = 9 if activation == "softmax" else 1.5
    for index in range(8):
        layer = network.get_layer(f"normalisation{index}")
        shape = layer.get_weights()[0].shape
        gamma, variance = (
            random.uniform(greatest / 3, greatest, shape),
            random.uniform(0.5, 1.5, shape),
        )
        beta, mean = random.uniform(-0.5, 0.5, (2, *shape))
        layer.set_weights([gamma, beta, mean, variance])
    return network


def samples(side, meta, count=4, seed=SEED):
    random = np.random.default_rng(seed)
    inputs = {"image": random.uniform(-1, 1, (count, 3, side, side)).astype(np.float32)}
    if meta:
        inputs["meta"] = random.normal(size=(count, 7)).astype(np.float32)
    return inputs


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: f"{kind[0]}, meta {kind[1]}")
def quantized(request, tmp_path_factory):
    """A float model, its int8 file and the samples it was calibrated with."""
    activation, meta = request.param
    model = float_model(network_of(activation, meta, 85), 85, CLASS_NAMES)
    path = tmp_path_factory.mktemp("int8") / "member.onnx"
    inputs = samples(85, meta)
    quantization.quantize(model, path, inputs)
    return model, path, inputs


@pytest.mark.parametrize("side", [85, 93])
@pytest.mark.parametrize(("activation", "meta"), KINDS)
def test_the_float_model_answers_as_keras_does(activation, meta, side):
    network, inputs = network_of(activation, meta, side), samples(side, meta)
    expected = predict(network, {**inputs, "image": network_images(inputs["image"])})
    assert np.ptp(expected, axis=0).max() > 5e-3
    model = float_model(network, side, CLASS_NAMES)
    found = quantization.probabilities(model, inputs)
    np.testing.assert_allclose(found, expected, atol=1e-5, err_msg=f"seed {SEED}")


def test_pixels_beyond_the_region_do_not_reach_the_output():
    model = float_model(network_of("relu", False, 85), 85, CLASS_NAMES)
    image = samples(85, False, count=1)["image"]
    beyond, inside = image.copy(), image.copy()
    beyond[:, :, 76:, :] = beyond[:, :, :, 76:] = 1
    inside[:, :, 60:76, 60:76] = 1
    first, second, third = quantization.probabilities(
        model, {"image": np.concatenate([image, beyond, inside])}
    )
    np.testing.assert_array_equal(first, second)
    assert np.abs(first - third).max() > 1e-4


def test_a_network_of_another_region_is_refused():
    with pytest.raises(ValueError, match="a network for 76 pixels cannot be exported for 93"):
        float_model(network_of("relu", False, 85), 93, CLASS_NAMES)


def test_the_model_names_its_classes_and_has_the_inputs_of_one_sample():
    model = float_model(network_of("relu", True, 85), 85, CLASS_NAMES)
    shapes = {
        value.name: [size.dim_value for size in value.type.tensor_type.shape.dim]
        for value in [*model.graph.input, *model.graph.output]
    }
    assert shapes == {"image": [1, 3, 85, 85], "meta": [1, 7], "probabilities": [1, 3]}
    assert model.metadata_props[0].value == '["low", "ok", "high"]'
    assert model.opset_import[0].version == 17


def test_the_int8_file_answers_much_as_the_float_model(quantized):
    model, path, inputs = quantized
    expected = quantization.probabilities(model, inputs)
    found = quantization.probabilities(path, inputs)
    np.testing.assert_allclose(found, expected, atol=0.05, err_msg=f"seed {SEED}")


def alike(count, meta=True):
    """Samples whose images differ little, as those of one kind do, and are far from zero."""
    inputs = samples(85, meta, count)
    common = np.array([0.6, -0.4, 0.3], np.float32)[:, np.newaxis, np.newaxis]
    return {**inputs, "image": common + 0.05 * inputs["image"]}


def means(model, name, inputs):
    """The mean of each channel of a tensor, over samples and pixels."""
    opened = onnx.ModelProto()
    opened.CopyFrom(model)
    del opened.graph.output[:]
    opened.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(
        opened.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    rows = [{k: v[i : i + 1] for k, v in inputs.items()} for i in range(len(inputs["image"]))]
    values = np.concatenate([session.run(None, row)[0] for row in rows])
    return values.mean(axis=(0, *range(2, values.ndim)), dtype=float)


@pytest.mark.parametrize("activation", ["relu", "softmax"])
def test_every_layer_answers_in_the_mean_as_the_float_model_does(activation, tmp_path):
    model = float_model(network_of(activation, True, 85), 85, CLASS_NAMES)
    inputs = alike(12)
    quantization.quantize(model, tmp_path / "member.onnx", inputs)
    int8 = onnx.load(tmp_path / "member.onnx")
    values = {v.name: numpy_helper.to_array(v) for v in int8.graph.initializer}
    weighted = [node for node in model.graph.node if node.op_type in ("Conv", "Gemm")]
    assert len(weighted) == 11
    for node in weighted:
        steps = values[f"{node.input[2]}_quantized_scale"]
        own = next(
            found
            for found in int8.graph.node
            if found.op_type == node.op_type and found.input[1].startswith(node.input[1])
        )
        difference = means(int8, own.output[0], inputs) - means(model, node.output[0], inputs)
        # Half a step of the bias, and what floats of this size leave.
        assert (np.abs(difference) <= 0.51 * steps + 1e-4).all(), f"seed {SEED}, {node.name}"


def test_moved_biases_bring_the_answers_nearer_to_the_float_models(tmp_path, monkeypatch):
    model = float_model(network_of("relu", False, 85), 85, CLASS_NAMES)
    inputs = alike(12, meta=False)
    expected = quantization.probabilities(model, inputs)

    def error(path):
        quantization.quantize(model, path, inputs)
        return np.abs(quantization.probabilities(path, inputs) - expected).mean()

    moved = error(tmp_path / "moved.onnx")
    monkeypatch.setattr(quantization, "corrected", lambda _, int8, __: int8)
    assert moved < 0.8 * error(tmp_path / "plain.onnx"), f"seed {SEED}"


def test_the_image_is_quantized_between_minus_one_and_one_whatever_calibrates(quantized, tmp_path):
    model, path, inputs = quantized
    other = tmp_path / "other.onnx"
    darker = {**inputs, "image": inputs["image"] * 0.3 - 0.1}
    quantization.quantize(model, other, darker)
    for file in (path, other):
        scale, zero, kind = quantization.image_quantization(file)
        assert (scale, zero, kind) == (np.float32(2 / 255), 128, np.uint8)


def test_quantized_images_are_what_onnxruntime_makes_of_them(quantized):
    _, path, _ = quantized
    scale, zero, _ = quantization.image_quantization(path)
    # Every step, the middle between each two, and values beyond the limits.
    values = np.arange(-300, 300, 0.5, dtype=np.float32) * scale
    node = helper.make_node("QuantizeLinear", ["image", "scale", "zero"], ["steps"])
    graph = helper.make_graph(
        [node],
        "one",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, values.shape)],
        [helper.make_tensor_value_info("steps", TensorProto.UINT8, values.shape)],
        [
            numpy_helper.from_array(np.float32(scale), "scale"),
            numpy_helper.from_array(np.uint8(zero), "zero"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (expected,) = session.run(None, {"image": values})
    np.testing.assert_array_equal(quantization.quantized_images(path, values), expected)


def test_weights_are_stored_in_eight_bits_and_biases_in_thirty_two(quantized):
    _, path, _ = quantized
    kinds = {}
    for tensor in onnx.load(path).graph.initializer:
        if tensor.name.endswith(("_scale", "_zero_point")):
            continue
        ending = "weights" if "weights" in tensor.name else "bias"
        kinds.setdefault(ending, set()).add(tensor.data_type)
    assert kinds == {"weights": {TensorProto.INT8}, "bias": {TensorProto.INT32}}


def test_a_member_of_the_published_width_is_well_below_four_mebibytes(tmp_path):
    model = float_model(spectra_vgg(76, 3, width=1), 76, CLASS_NAMES)
    path = tmp_path / "member.onnx"
    quantization.quantize(model, path, samples(76, True, count=1))
    assert 1_200_000 < path.stat().st_size < 2_000_000


@pytest.mark.skipif(not SPECTRACTL.exists(), reason=f"needs the daemon's loader: {SPECTRACTL}")
def test_the_daemon_loads_the_file(quantized):
    _, path, _ = quantized
    command = [SPECTRACTL, "network", "explain", path]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stderr
