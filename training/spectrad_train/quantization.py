"""A float ONNX model as a QDQ int8 file, and what onnxruntime answers to such files."""

import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from .bias_correction import corrected

# Every channel of an image lies within these limits by its definition: sums and differences of
# cosines and sines, and shares. Fixed, they give all members of a target the same quantized image.
IMAGE_LIMITS = {"rmin": np.float32(-1), "rmax": np.float32(1)}


class _Calibration(CalibrationDataReader):
    def __init__(self, rows):
        self.rows = iter(rows)

    def get_next(self):
        return next(self.rows, None)


def _row(inputs, index):
    """One sample of every input, as a batch of one in float32."""
    return {
        name: np.ascontiguousarray(table[index : index + 1], dtype=np.float32)
        for name, table in inputs.items()
    }


def quantize(model, path, calibration):
    """Writes the float model as QDQ int8, its activations' ranges taken from samples.

    `calibration` has a table for each input by name, images [n, 3, N, N] whole. Weights become
    int8, symmetric per channel; activations uint8 between the least and greatest value seen, the
    image between -1 and 1; biases are moved until the layers' mean answers are the float model's.
    """
    rows = [_row(calibration, index) for index in range(len(calibration["image"]))]
    with tempfile.TemporaryDirectory() as folder:
        plain, prepared = Path(folder) / "plain.onnx", Path(folder) / "prepared.onnx"
        onnx.save(model, plain)
        quant_pre_process(str(plain), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(path),
            _Calibration(rows),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=False,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={
                "WeightSymmetric": True,
                "ActivationSymmetric": False,
                "TensorQuantOverrides": {"image": [IMAGE_LIMITS]},
            },
        )
        onnx.save(corrected(onnx.load(prepared), onnx.load(path), rows), path)
    image_quantization(path)


def image_quantization(path):
    """Scale, zero point and its type with which the file quantizes its image.

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


def probabilities(model, inputs):
    """What onnxruntime answers, on one thread, for every row of the inputs: [n, classes].

    `model` is a file or an ONNX model in memory; `inputs` has a table for each input by name.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    source = model.SerializeToString() if isinstance(model, onnx.ModelProto) else str(model)
    session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    (output,) = session.get_outputs()
    count = len(next(iter(inputs.values())))
    answers = np.empty((count, output.shape[-1]), dtype=np.float32)
    for index in range(count):
        (answers[index],) = session.run([output.name], _row(inputs, index))[0]
    return answers
