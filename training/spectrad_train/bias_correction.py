"""Moves the biases of an int8 network so that each layer's mean answer is the float network's.

All samples of one kind have images that are much alike, so the rounding of the weights shifts a
channel by nearly the same amount for every sample; a moved bias takes that back (Nagel, van
Baalen, Blankevoort and Welling, "Data-free quantization through weight equalization and bias
correction", 2019; here the means are those of samples).
"""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

WEIGHTED = ("Conv", "Gemm")


def corrected(float_model, quantized, rows):
    """The int8 model with its biases moved; `quantized` itself stays as it is.

    `quantized` is what onnxruntime's quantization made of `float_model`; `rows` are samples as
    sessions take them. One layer after the other, so that each makes up for what is left of the
    errors of those before it.
    """
    result = onnx.ModelProto()
    result.CopyFrom(quantized)
    names = [node.output[0] for node in _weighted(float_model)]
    expected = dict(zip(names, _channel_means(float_model, names, rows), strict=True))
    by_weights = {_source(result, node.input[1]): node for node in _weighted(result)}
    for node in _weighted(float_model):
        own = by_weights[f"{node.input[1]}_quantized"]
        (found,) = _channel_means(result, [own.output[0]], rows)
        _move(result, own, expected[node.output[0]] - found)
    return result


def _weighted(model):
    return [node for node in model.graph.node if node.op_type in WEIGHTED]


def _source(model, name):
    """The integers of which a DequantizeLinear makes the tensor."""
    return _maker(model, name).input[0]


def _maker(model, name):
    return next(node for node in model.graph.node if name in node.output)


def _channel_means(model, names, rows):
    """The mean of every channel of some tensors over all samples and pixels: one array each."""
    opened = onnx.ModelProto()
    opened.CopyFrom(model)
    del opened.graph.output[:]
    opened.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        opened.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    sums = None
    for row in rows:
        answers = session.run(names, row)
        means = [a.mean(axis=(0, *range(2, a.ndim)), dtype=np.float64) for a in answers]
        sums = means if sums is None else [s + m for s, m in zip(sums, means, strict=True)]
    return [total / len(rows) for total in sums]


def _move(model, node, shift):
    """Adds to the layer's bias, in its own steps."""
    dequantize = _maker(model, node.input[2])
    values = {value.name: value for value in model.graph.initializer}
    bias, scale = (values[name] for name in dequantize.input[:2])
    steps = np.rint(shift / numpy_helper.to_array(scale))
    moved = numpy_helper.to_array(bias).astype(np.int64) + steps.astype(np.int64)
    limits = np.iinfo(np.int32)
    moved = np.clip(moved, limits.min, limits.max).astype(np.int32)
    bias.CopyFrom(numpy_helper.from_array(moved, bias.name))
