"""A trained network as a QDQ int8 ONNX file: batch normalisation folded, 85 x 85 input."""

import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from .network import PUBLISHED_META_WIDTHS, PUBLISHED_WIDTHS

OPSET = 17


def _folded_convolution(network, index):
    """Kernel [out, in, 3, 3] and bias of a convolution with the normalisation that follows it."""
    kernel = np.asarray(network.get_layer(f"convolution{index}").get_weights()[0])
    normalisation = network.get_layer(f"normalisation{index}")
    gamma, beta, mean, variance = (np.asarray(w) for w in normalisation.get_weights())
    factor = gamma / np.sqrt(variance + normalisation.epsilon)
    return (kernel * factor).transpose(3, 2, 0, 1), beta - mean * factor


def float_model(network, points, class_count):
    """The network as a float ONNX model with inputs image [1, 3, N, N] and meta [1, 7]."""
    nodes, values = [], {}

    def add(kind, inputs, output, **attributes):
        nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def add_parameters(name, weights, bias):
        values[f"{name}_weights"] = np.ascontiguousarray(weights, dtype=np.float32)
        values[f"{name}_bias"] = np.ascontiguousarray(bias, dtype=np.float32)
        return [f"{name}_weights", f"{name}_bias"]

    maps = "image"
    for index in range(len(PUBLISHED_WIDTHS)):
        name = f"convolution{index}"
        parameters = add_parameters(name, *_folded_convolution(network, index))
        maps = add("Conv", [maps, *parameters], name, kernel_shape=[3, 3])
        maps = add("Relu", [maps], f"activation{index}")
        if index % 2 == 1:
            maps = add(
                "MaxPool", [maps], f"pool{index // 2}", kernel_shape=[2, 2], strides=[2, 2]
            )
    features = add("Flatten", [maps], "features")
    facts = "meta"
    for index in range(len(PUBLISHED_META_WIDTHS)):
        name = f"meta{index}"
        parameters = add_parameters(name, *network.get_layer(name).get_weights())
        facts = add("Gemm", [facts, *parameters], name)
        facts = add("Relu", [facts], f"{name}_activation")
    joined = add("Concat", [facts, features], "joined", axis=1)
    parameters = add_parameters("classes", *network.get_layer("classes").get_weights())
    logits = add("Gemm", [joined, *parameters], "logits")
    add("Softmax", [logits], "probabilities", axis=1)
    graph = helper.make_graph(
        nodes,
        "SpectraVGG",
        [
            helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, points, points]),
            helper.make_tensor_value_info("meta", TensorProto.FLOAT, [1, 7]),
        ],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, class_count])],
        [numpy_helper.from_array(value, name) for name, value in values.items()],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9
    )
    onnx.checker.check_model(model)
    return model


class _Calibration(CalibrationDataReader):
    def __init__(self, images, meta):
        self.rows = (
            {"image": images[i : i + 1], "meta": meta[i : i + 1]} for i in range(len(images))
        )

    def get_next(self):
        return next(self.rows, None)


def quantize(model, path, images, meta):
    """Writes the model as QDQ int8, its activations' ranges taken from the given samples."""
    with tempfile.TemporaryDirectory() as folder:
        plain, prepared = Path(folder) / "plain.onnx", Path(folder) / "prepared.onnx"
        onnx.save(model, plain)
        quant_pre_process(str(plain), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(path),
            _Calibration(images, meta),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=False,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={"WeightSymmetric": True, "ActivationSymmetric": False},
        )
    image_quantization(path)


def image_quantization(path):
    """Scale and zero point with which the file quantizes its image.

    The daemon writes the quantized image directly, so the input must have exactly one reader and
    that must be a QuantizeLinear.
    """
    graph = onnx.load(path).graph
    readers = [node for node in graph.node if "image" in node.input]
    if [node.op_type for node in readers] != ["QuantizeLinear"]:
        found = [node.op_type for node in readers]
        raise ValueError(f"{path}: image is read by {found}, expected one QuantizeLinear")
    values = {value.name: numpy_helper.to_array(value) for value in graph.initializer}
    scale, zero = (values[name] for name in readers[0].input[1:3])
    return np.float32(scale), zero.item(), zero.dtype


def quantized_images(path, images):
    """The images as the file's QuantizeLinear makes them: float32 division, half to even."""
    scale, zero, kind = image_quantization(path)
    limits = np.iinfo(kind)
    steps = np.rint(images.astype(np.float32) / scale) + np.float32(zero)
    return np.clip(steps, limits.min, limits.max).astype(kind)


def probabilities(path, images, meta):
    """What onnxruntime answers for every sample, [samples, classes]."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"]
    )
    answers = [
        session.run(None, {"image": images[i : i + 1], "meta": meta[i : i + 1]})[0]
        for i in range(len(images))
    ]
    return np.concatenate(answers)
