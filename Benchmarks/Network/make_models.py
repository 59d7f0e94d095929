#!/usr/bin/env python3
"""Makes the networks from their seeds: as int8 ONNX files and in ncnn's form.

    python make_models.py FOLDER

Beside them go the inputs (`calibration.npz`, `checks.npz`) and the float weights (`NAME.npz`), from
which make_tflite.py makes the same networks again. Random weights time as well as learned ones.
"""

import sys
import tempfile
from pathlib import Path

import ncnn_model
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
from sample_inputs import CALIBRATION_COUNT, sample_inputs
from spectra_vgg import AUX_COUNT, CLASS_COUNT, HIDDEN_COUNTS, WHOLE

# Images whose maps tell the deviation of a layer, and the step from one to the next whose maps
# tell the largest value of a layer.
DEVIATION_COUNT, MAXIMUM_STRIDE = 4, 4


def random_weights(variant):
    """Weights by name: those of convolutions [out, in, 3, 3], of dense layers [in, out]."""
    random = np.random.default_rng(variant.seed)
    weights = {}
    for index, layer in enumerate(variant.convolutions):
        kernel = random.standard_normal((layer.outputs, layer.inputs, 3, 3))
        weights[f"conv{index}.weight"] = kernel * np.sqrt(2 / (9 * layer.inputs))
        weights[f"conv{index}.bias"] = 0.05 * random.standard_normal(layer.outputs)
    first, second = HIDDEN_COUNTS
    joined = second + variant.convolutions[-1].outputs
    for name, inputs, outputs in (
        ("dense0", AUX_COUNT, first), ("dense1", first, second), ("dense2", joined, CLASS_COUNT),
    ):
        weights[f"{name}.weight"] = random.standard_normal((inputs, outputs)) * np.sqrt(2 / inputs)
        weights[f"{name}.bias"] = 0.05 * random.standard_normal(outputs)
    return {name: values.astype(np.float32) for name, values in weights.items()}


def image_nodes(variant):
    """The convolutions; the last node's output is what they come to."""
    nodes, last = [], "image"
    axis = {"axis": 1} if variant.activation == "Softmax" else {}
    for index, layer in enumerate(variant.convolutions):
        conv, activated, pooled = f"conv{index}", f"activated{index}", f"pooled{index}"
        names = [last, f"{conv}.weight", f"{conv}.bias"]
        nodes.append(helper.make_node("Conv", names, [conv], name=conv, kernel_shape=[3, 3]))
        nodes.append(
            helper.make_node(variant.activation, [conv], [activated], name=activated, **axis)
        )
        last = activated
        if layer.is_pooled:
            nodes.append(
                helper.make_node(
                    "MaxPool", [last], [pooled], name=pooled, kernel_shape=[2, 2], strides=[2, 2]
                )
            )
            last = pooled
    return nodes


def dense_node(name, source):
    weights = [f"{name}.weight", f"{name}.bias"]
    return helper.make_node("Gemm", [source, *weights], [name], name=name)


def float_network(variant, weights, also=()):
    """The float ONNX network; `also` names values that become outputs beside `prob`."""
    nodes = image_nodes(variant)
    nodes += [
        helper.make_node("Flatten", [nodes[-1].output[0]], ["flat"], name="flat"),
        dense_node("dense0", "aux"),
        helper.make_node("Relu", ["dense0"], ["hidden0"], name="hidden0"),
        dense_node("dense1", "hidden0"),
        helper.make_node("Relu", ["dense1"], ["hidden1"], name="hidden1"),
        helper.make_node("Concat", ["hidden1", "flat"], ["joined"], name="joined", axis=1),
        dense_node("dense2", "joined"),
        helper.make_node("Softmax", ["dense2"], ["prob"], name="prob", axis=1),
    ]
    size = variant.image_size
    inputs = [
        helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, size, size]),
        helper.make_tensor_value_info("aux", TensorProto.FLOAT, [1, AUX_COUNT]),
    ]
    outputs = [helper.make_tensor_value_info("prob", TensorProto.FLOAT, [1, CLASS_COUNT])]
    outputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in also]
    stored = [numpy_helper.from_array(values, name) for name, values in weights.items()]
    graph = helper.make_graph(nodes, "SpectraVGG", inputs, outputs, stored)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def feeds(images, aux):
    return [{"image": images[i : i + 1], "aux": aux[i : i + 1]} for i in range(len(images))]


def spread(variant, weights, samples):
    """Scales the convolutions, one after the other, to the variant's deviation."""
    for index in range(len(variant.convolutions)):
        name = f"conv{index}"
        network = session(float_network(variant, weights, also=[name]))
        deviation = np.mean(
            [network.run([name], sample)[0].std() for sample in samples[:DEVIATION_COUNT]]
        )
        weights[f"{name}.weight"] *= np.float32(variant.deviation / deviation)


def input_maxima(variant, weights, samples):
    """The largest magnitude among each convolution's inputs: what ncnn's scales are made from."""
    layers = variant.convolutions[:-1]
    names = [f"{'pooled' if l.is_pooled else 'activated'}{i}" for i, l in enumerate(layers)]
    network = session(float_network(variant, weights, also=names))
    maxima = []
    for sample in samples[::MAXIMUM_STRIDE]:
        values = [sample["image"], *network.run(names, sample)]
        maxima.append([np.abs(value).max() for value in values])
    return np.max(maxima, axis=0)


class Calibration(CalibrationDataReader):
    def __init__(self, samples):
        self.samples = iter(samples)

    def get_next(self):
        return next(self.samples, None)


def quantized(network, samples):
    """The network in integers: uint8 activations, int8 weights with a scale per channel."""
    with tempfile.TemporaryDirectory() as folder:
        plain, prepared, path = (f"{folder}/{name}.onnx" for name in ("plain", "prepared", "int8"))
        onnx.save(network, plain)
        quant_pre_process(plain, prepared, skip_symbolic_shape=True)
        quantize_static(
            prepared, path, Calibration(samples), quant_format=QuantFormat.QDQ,
            per_channel=True, reduce_range=False, activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8, calibrate_method=CalibrationMethod.MinMax,
            extra_options={"WeightSymmetric": True, "ActivationSymmetric": False},
        )
        return onnx.load(path)


def cropped(network, size):
    """The same network, weights and scales for images of another size."""
    result = onnx.ModelProto()
    result.CopyFrom(network)
    del result.graph.value_info[:]
    image = next(value for value in result.graph.input if value.name == "image")
    for dimension in image.type.tensor_type.shape.dim[2:]:
        dimension.dim_value = size
    return result


def make(variant, samples, folder):
    """Every form of the variant and of its cropped brother that needs no other runtime."""
    weights = random_weights(variant)
    spread(variant, weights, samples)
    np.savez(folder / f"{variant.name}.npz", **weights)
    network = quantized(float_network(variant, weights), samples)
    maxima = input_maxima(variant, weights, samples)
    for form in (variant, variant.cropped):
        onnx.save(cropped(network, form.image_size), folder / f"{form.name}.onnx")
        ncnn_model.write(form, weights, maxima, folder / f"{form.name}.ncnn")


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    images, aux = sample_inputs()
    calibration, checks = slice(CALIBRATION_COUNT), slice(CALIBRATION_COUNT, None)
    np.savez(folder / "calibration.npz", image=images[calibration], aux=aux[calibration])
    np.savez(folder / "checks.npz", image=images[checks], aux=aux[checks])
    for variant in WHOLE:
        print(f"bench-network: making {variant.name} and {variant.cropped.name}", file=sys.stderr)
        make(variant, feeds(images[calibration], aux[calibration]), folder)


if __name__ == "__main__":
    main()
