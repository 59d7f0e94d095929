"""Writes a network in ncnn's form, a `.param` and a `.bin` file.

int8 as ncnn's own converter makes it: symmetric, weights with a scale per output channel. The dense
layers stay in float.
"""

import struct

import numpy as np
from spectra_vgg import AUX_COUNT, CLASS_COUNT

MAGIC = 7767517
FLOAT_WEIGHTS, INT8_WEIGHTS = 0, 0x000D4B38
# How a layer's numbers are given: with int8 weights, and with an int8 result too.
INT8, INT8_TO_INT8 = 2, 102


class Writer:
    """Collects the lines of `.param` and the bytes of `.bin`."""

    def __init__(self):
        self.lines, self.bytes = [], b""

    def layer(self, kind, sources, name, **parameters):
        """A layer whose one result has its name; parameters are keyed `_0`, `_1`, …"""
        values = " ".join(f"{key[1:]}={value}" for key, value in parameters.items())
        counts = f"{len(sources)} 1"
        self.lines.append(" ".join([kind, name, counts, *sources, name, values]).rstrip())
        return name

    def numbers(self, values):
        self.bytes += np.ascontiguousarray(values, np.float32).tobytes()

    def float_weights(self, values):
        self.bytes += struct.pack("<I", FLOAT_WEIGHTS)
        self.numbers(values)

    def int8_weights(self, values):
        data = values.astype(np.int8).tobytes()
        self.bytes += struct.pack("<I", INT8_WEIGHTS) + data + b"\0" * (-len(data) % 4)


def write_convolution(writer, source, name, weights, bias, scales, is_relu):
    """`scales` has the one of the layer's input and, where the result stays int8, of the next."""
    outputs = len(weights)
    weight_scales = 127 / np.abs(weights).reshape(outputs, -1).max(axis=1)
    steps = np.round(weights * weight_scales[:, None, None, None])
    writer.int8_weights(np.clip(steps, -127, 127))
    for values in (bias, weight_scales, *([scale] for scale in scales)):
        writer.numbers(values)
    parameters = {"_0": outputs, "_1": 3, "_5": 1, "_6": weights.size}
    if is_relu:
        parameters["_9"] = 1
    parameters["_8"] = INT8_TO_INT8 if len(scales) == 2 else INT8
    return writer.layer("Convolution", [source], name, **parameters)


def write_dense(writer, source, name, weights, bias, is_relu):
    writer.float_weights(weights.T)
    writer.numbers(bias)
    relu = {"_9": 1} if is_relu else {}
    counts = {"_0": len(bias), "_1": 1, "_2": weights.size}
    return writer.layer("InnerProduct", [source], name, **counts, **relu)


def write_image_layers(writer, variant, weights, scales):
    last = "image"
    is_relu = variant.activation == "Relu"
    for index, layer in enumerate(variant.convolutions):
        name = f"conv{index}"
        stays_int8 = is_relu and not layer.is_pooled
        last = write_convolution(
            writer, last, name, weights[f"{name}.weight"], weights[f"{name}.bias"],
            scales[index : index + (2 if stays_int8 else 1)], is_relu,
        )
        if not is_relu:
            last = writer.layer("Softmax", [last], f"activated{index}", _0=0, _1=1)
        if layer.is_pooled:
            last = writer.layer("Pooling", [last], f"pooled{index}", _0=0, _1=2, _2=2, _5=1)
    return last


def write(variant, weights, maxima, path):
    """Writes PATH.param and PATH.bin; `maxima` has the largest input of each convolution."""
    writer = Writer()
    size = variant.image_size
    writer.layer("Input", [], "image", _0=size, _1=size, _2=3)
    writer.layer("Input", [], "aux", _0=AUX_COUNT)
    last = write_image_layers(writer, variant, weights, 127 / maxima)
    flat = writer.layer("Flatten", [last], "flat")

    def dense(source, name, is_relu):
        layer = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return write_dense(writer, source, name, *layer, is_relu)

    hidden = dense(dense("aux", "dense0", is_relu=True), "dense1", is_relu=True)
    joined = writer.layer("Concat", [hidden, flat], "joined", _0=0)
    logits = dense(joined, "dense2", is_relu=False)
    assert len(weights["dense2.bias"]) == CLASS_COUNT
    writer.layer("Softmax", [logits], "prob", _0=0, _1=1)
    count = len(writer.lines)
    text = "\n".join([str(MAGIC), f"{count} {count}", *writer.lines]) + "\n"
    path.with_suffix(".ncnn.param").write_text(text)
    path.with_suffix(".ncnn.bin").write_bytes(writer.bytes)
