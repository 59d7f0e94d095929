"""A trained SpectraVGG as a float ONNX model, its batch normalisation folded away."""

import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .networks.spectra_vgg import (
    IMAGE_CHANNELS,
    META_FEATURES,
    PUBLISHED_META_WIDTHS,
    PUBLISHED_WIDTHS,
    output_side,
    trained_region,
)

OPSET = 17
IR_VERSION = 9


class _Graph:
    """Nodes and parameters of an ONNX graph under construction; a node is named as its output."""

    def __init__(self):
        self.nodes, self.parameters = [], []

    def add(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def add_weighted(self, kind, source, output, weights, bias, **attributes):
        names = [f"{output}_weights", f"{output}_bias"]
        for name, values in zip(names, (weights, bias), strict=True):
            stored = np.ascontiguousarray(values, dtype=np.float32)
            self.parameters.append(numpy_helper.from_array(stored, name))
        return self.add(kind, [source, *names], output, **attributes)


def float_model(network, side, class_names):
    """The network as a float ONNX model for one sample.

    Inputs are `image` [1, 3, side, side], the whole image though the network was trained on the
    region that counts, and `meta` [1, 7] if the network has it; the output is `probabilities`
    [1, classes]. The names of the classes go along as metadata.
    """
    region = network.get_layer("image").output.shape[1]
    if region != trained_region(side):
        raise ValueError(f"a network for {region} pixels cannot be exported for {side}")
    graph = _Graph()
    features = _image_features(graph, network)
    features_per_channel = output_side(side) ** 2
    inputs = {"image": [1, IMAGE_CHANNELS, side, side]}
    facts_width = 0
    if len(network.inputs) == 2:
        inputs["meta"] = [1, META_FEATURES]
        facts_width = PUBLISHED_META_WIDTHS[-1]
        features = graph.add("Concat", [_facts(graph, network), features], "joined", axis=1)
    weights, bias = _weights(network, "classes")
    weights = _channels_first(weights, facts_width, features_per_channel)
    logits = graph.add_weighted("Gemm", features, "logits", weights, bias)
    graph.add("Softmax", [logits], "probabilities", axis=1)
    return _model(graph, inputs, class_names)


def _weights(network, layer):
    return [np.asarray(weight) for weight in network.get_layer(layer).get_weights()]


def _folded_convolution(network, index):
    """Kernel [out, in, 3, 3] and bias of a convolution with the normalisation that follows it."""
    (kernel,) = _weights(network, f"convolution{index}")
    gamma, beta, mean, variance = _weights(network, f"normalisation{index}")
    factor = gamma / np.sqrt(variance + network.get_layer(f"normalisation{index}").epsilon)
    return (kernel * factor).transpose(3, 2, 0, 1), beta - mean * factor


def _image_features(graph, network):
    maps = "image"
    for index in range(len(PUBLISHED_WIDTHS)):
        kernel, bias = _folded_convolution(network, index)
        name = f"convolution{index}"
        maps = graph.add_weighted("Conv", maps, name, kernel, bias, kernel_shape=[3, 3])
        activation = network.get_layer(f"activation{index}")
        if type(activation).__name__ == "Softmax":
            maps = graph.add("Softmax", [maps], f"activation{index}", axis=1)
        else:
            maps = graph.add("Relu", [maps], f"activation{index}")
        if index % 2 == 1:
            name = f"pool{index // 2}"
            maps = graph.add("MaxPool", [maps], name, kernel_shape=[2, 2], strides=[2, 2])
    return graph.add("Flatten", [maps], "features")


def _facts(graph, network):
    facts = "meta"
    for index in range(len(PUBLISHED_META_WIDTHS)):
        name = f"meta{index}"
        facts = graph.add_weighted("Gemm", facts, name, *_weights(network, name))
        facts = graph.add("Relu", [facts], f"{name}_activation")
    return facts


def _channels_first(weights, facts_width, pixels):
    """The last layer's weights [features, classes] for maps flattened channel by channel.

    keras flattens them pixel by pixel; the facts before them stay where they are.
    """
    facts, maps = weights[:facts_width], weights[facts_width:]
    by_pixel = maps.reshape(pixels, -1, weights.shape[1])
    return np.concatenate([facts, by_pixel.swapaxes(0, 1).reshape(maps.shape)])


def _model(graph, inputs, class_names):
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "SpectraVGG",
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
                for name, shape in inputs.items()
            ],
            [
                helper.make_tensor_value_info(
                    "probabilities", TensorProto.FLOAT, [1, len(class_names)]
                )
            ],
            graph.parameters,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    helper.set_model_props(model, {"classes": json.dumps(list(class_names), ensure_ascii=False)})
    onnx.checker.check_model(model)
    return model
