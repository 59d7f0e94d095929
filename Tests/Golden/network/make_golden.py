"""Writes the golden networks of QuantizedNetworkTests: small QDQ ONNX files and what onnxruntime computes from them.

  .venv/bin/python Tests/Golden/network/make_golden.py        (needs onnx and onnxruntime; run from the repository root)

Run it on a CPU with VNNI: elsewhere onnxruntime's uint8 x int8 products saturate in 16 bits.

For each network NAME: NAME.onnx, and NAME.json with the inputs, the outputs and, for small ones, `nodes`: every operator
cut out as a network of its own (float input, QuantizeLinear, DequantizeLinear, the operator, QuantizeLinear,
DequantizeLinear, float output) with onnxruntime's own intermediate tensors as its inputs and its expected output.

The intermediate tensors come from prefixes of the network: for each QuantizeLinear the network that ends there, with one
DequantizeLinear and one output behind it, is run at the default optimisation level. Making intermediate values outputs of
the whole network would not do: onnxruntime fuses int8 operators only where a QuantizeLinear has a single reader.

Inputs are written as bytes b that stand for (b - 128) / 64; all byte strings are base64, floats little-endian.
"""
import base64
import json
import os
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = 3


class Graph:
    """A float network that grows operator by operator, with seeded weights."""

    def __init__(self, seed, inputs, opset=17):
        self.rng = np.random.default_rng(seed)
        self.inputs, self.opset = inputs, opset
        self.nodes, self.weights, self.count = [], [], 0

    def weight(self, shape, deviation):
        name = f"w{len(self.weights)}"
        value = (self.rng.standard_normal(shape) * deviation).astype(np.float32)
        self.weights.append(numpy_helper.from_array(value, name))
        return name

    def add(self, op, inputs, **attributes):
        self.count += 1
        name = f"{op.lower()}{self.count}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def conv(self, x, channels_in, channels_out, kernel, bias=True, group=1, **attributes):
        fan = channels_in // group * kernel[0] * kernel[1]
        inputs = [x, self.weight((channels_out, channels_in // group, *kernel), np.sqrt(2 / fan))]
        if bias:
            inputs.append(self.weight((channels_out,), 0.1))
        return self.add("Conv", inputs, kernel_shape=list(kernel), group=group, **attributes)

    def gemm(self, x, outputs, transposed=False):
        inputs = self.shape(x)[1]
        shape = (outputs, inputs) if transposed else (inputs, outputs)
        w, b = self.weight(shape, np.sqrt(2 / inputs)), self.weight((outputs,), 0.1)
        return self.add("Gemm", [x, w, b], **({"transB": 1} if transposed else {}))

    def shape(self, name):
        if name in self.inputs:
            return self.inputs[name]
        output = self.model([name]).graph.output[0]
        return [d.dim_value for d in output.type.tensor_type.shape.dim]

    def constant(self, values):
        name = f"k{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(values, np.int64), name))
        return name

    def model(self, outputs):
        ins = [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in self.inputs.items()]
        outs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in outputs]
        graph = helper.make_graph(self.nodes, "golden", ins, outs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=9)
        return onnx.shape_inference.infer_shapes(model)


def spectra(seed, widths, activation):
    """SpectraVGG: four times two 3 x 3 convolutions, pooled; a second input through two dense layers."""
    g = Graph(seed, {"image": [1, 3, 85, 85], "aux": [1, 7]})
    x, channels = "image", 3
    for index, width in enumerate(widths):
        x = g.conv(x, channels, width, (3, 3))
        x = g.add(activation, [x], **({"axis": 1} if activation == "Softmax" else {}))
        if index % 2 == 1:
            x = g.add("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2])
        channels = width
    flat = g.add("Flatten", [x])
    aux = g.add("Relu", [g.gemm("aux", 8)])
    aux = g.add("Relu", [g.gemm(aux, 16)])
    both = g.add("Concat", [aux, flat], axis=1)
    return g.model([g.add("Softmax", [g.gemm(both, 3)], axis=1)])


def strides_and_pads(seed):
    g = Graph(seed, {"image": [1, 3, 23, 19]})
    x = g.add("Relu", [g.conv("image", 3, 10, (5, 3), strides=[2, 1], pads=[1, 0, 2, 2])])
    x = g.add("Relu", [g.conv(x, 10, 20, (3, 3), strides=[1, 2], auto_pad="SAME_UPPER")])
    x = g.add("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1)
    x = g.add("Relu", [g.conv(x, 20, 33, (1, 1), bias=False)])
    x = g.conv(x, 33, 5, (2, 4), auto_pad="SAME_LOWER", strides=[2, 1])
    return g.model([g.add("Softmax", [g.gemm(g.add("Flatten", [x]), 4)], axis=-1)])


def groups(seed):
    g = Graph(seed, {"image": [1, 4, 14, 15]})
    x = g.add("Relu", [g.conv("image", 4, 24, (3, 3), group=2, pads=[1, 1, 1, 1])])
    x = g.add("Relu", [g.conv(x, 24, 24, (3, 3), group=24, pads=[1, 1, 1, 1], strides=[2, 2])])
    x = g.add("Relu", [g.conv(x, 24, 36, (1, 1))])
    x = g.conv(x, 36, 18, (3, 3), group=6)
    x = g.add("GlobalAveragePool", [x])
    return g.model([g.gemm(g.add("Flatten", [x]), 5, transposed=True)])


def residual(seed):
    g = Graph(seed, {"image": [1, 3, 11, 11]})
    x = g.add("Relu", [g.conv("image", 3, 16, (3, 3), pads=[1] * 4)])
    for _ in range(2):
        y = g.add("Relu", [g.conv(x, 16, 16, (3, 3), pads=[1] * 4)])
        y = g.conv(y, 16, 16, (3, 3), pads=[1] * 4)
        x = g.add("Relu", [g.add("Add", [x, y])])
    x = g.add("Add", [x, g.weight((1, 16, 1, 1), 0.5)])
    x = g.add("GlobalAveragePool", [x])
    x = g.gemm(g.add("Flatten", [x]), 4, transposed=True)
    return g.model([g.add("Softmax", [x], axis=1)])


def averages(seed):
    g = Graph(seed, {"image": [1, 3, 17, 21]})
    x = g.add("Relu", [g.conv("image", 3, 12, (3, 3))])
    x = g.add("AveragePool", [x], kernel_shape=[3, 2], strides=[1, 2], pads=[1, 0, 1, 1], count_include_pad=1)
    x = g.add("AveragePool", [x], kernel_shape=[3, 3], strides=[2, 1], pads=[1, 1, 1, 1])
    x = g.conv(x, 12, 9, (3, 3))
    x = g.add("AveragePool", [x], kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)
    return g.model([g.add("GlobalAveragePool", [x])])


def branches(seed):
    g = Graph(seed, {"image": [1, 3, 12, 12], "aux": [1, 6]})
    a = g.add("Relu", [g.conv("image", 3, 7, (3, 3), pads=[1] * 4)])
    b = g.conv("image", 3, 5, (1, 1))
    c = g.add("MaxPool", ["image"], kernel_shape=[3, 3], strides=[1, 1], pads=[1] * 4)
    x = g.add("Concat", [a, b, c], axis=1)
    rows = g.add("Concat", [x, x], axis=2)
    x = g.conv(rows, 15, 4, (5, 5), strides=[3, 2])
    x = g.add("Transpose", [x], perm=[0, 2, 3, 1])
    x = g.add("Reshape", [x, g.constant([0, -1])])
    y = g.add("MatMul", ["aux", g.weight((6, 9), 0.5)])
    y = g.add("Add", [y, g.weight((9,), 0.3)])
    x = g.add("Concat", [x, y], axis=-1)
    return g.model([g.gemm(x, 6), y])


def softmaxes(seed):
    g = Graph(seed, {"image": [1, 3, 9, 11]})
    x = g.add("Softmax", [g.conv("image", 3, 20, (3, 3))], axis=1)
    x = g.add("Softmax", [g.conv(x, 20, 6, (3, 3))], axis=3)
    x = g.add("Softmax", [g.conv(x, 6, 6, (1, 1))], axis=2)
    x = g.gemm(g.add("Flatten", [x]), 10)
    return g.model([g.add("Softmax", [x])])


class Reader(CalibrationDataReader):
    def __init__(self, feeds):
        self.feeds = iter(feeds)

    def get_next(self):
        return next(self.feeds, None)


def bytes_for(model, rng):
    return {i.name: rng.integers(0, 256, [d.dim_value for d in i.type.tensor_type.shape.dim], dtype=np.uint8)
            for i in model.graph.input}


def reals(feeds):
    return {n: ((b.astype(np.float32) - 128) / 64).astype(np.float32) for n, b in feeds.items()}


def session(model):
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def quantized(model, seed, activation, per_channel=True, symmetric=False, exclude=(), overrides=None):
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        source, target = f"{folder}/a.onnx", f"{folder}/b.onnx"
        onnx.save(model, source)
        types = None
        if exclude:
            types = sorted({n.op_type for n in model.graph.node} - set(exclude))
        quantize_static(source, target, Reader([reals(bytes_for(model, rng)) for _ in range(8)]),
                        quant_format=QuantFormat.QDQ, per_channel=per_channel, activation_type=activation,
                        weight_type=QuantType.QInt8, calibrate_method=CalibrationMethod.MinMax,
                        op_types_to_quantize=types,
                        extra_options={"WeightSymmetric": True, "ActivationSymmetric": symmetric,
                                       "TensorQuantOverrides": overrides or {}})
        result = onnx.load(target)
    del result.graph.value_info[:]
    return result


def text(array):
    array = np.ascontiguousarray(array)
    return base64.b64encode(array.tobytes()).decode()


def intermediates(model, makers, stored, feeds):
    """The bytes that each QuantizeLinear gives, by the name of its output."""
    values = {}
    for quantize in model.graph.node:
        if quantize.op_type != "QuantizeLinear":
            continue
        wanted, names = [], [quantize.output[0]]
        while names:
            maker = makers.get(names.pop())
            if maker is not None and maker not in wanted:
                wanted.append(maker)
                names += maker.input
        prefix = onnx.ModelProto()
        prefix.CopyFrom(model)
        del prefix.graph.node[:], prefix.graph.output[:], prefix.graph.input[:]
        prefix.graph.node.extend(n for n in model.graph.node if n in wanted)
        prefix.graph.node.append(helper.make_node("DequantizeLinear", [quantize.output[0], *quantize.input[1:]], ["end"]))
        prefix.graph.output.append(helper.make_tensor_value_info("end", TensorProto.FLOAT, None))
        used = {i for n in wanted for i in n.input}
        prefix.graph.input.extend(i for i in model.graph.input if i.name in used)
        reals_ = session(prefix).run(None, {n: v for n, v in feeds.items() if n in used})[0]
        scale, zero = (numpy_helper.to_array(stored[i]) for i in quantize.input[1:])
        values[quantize.output[0]] = (np.rint(reals_ / scale) + zero).astype(zero.dtype)
    return values


def cut_out(model, node, makers, readers, stored):
    """`node` as a network of its own: its name, the bytes that it reads and writes; nil if it is not quantized."""
    chain, nodes, initializers, inputs, sources = node, [], {}, [], []

    def keep(name):
        initializers[name] = stored[name]

    operands = []
    for position, name in enumerate(node.input):
        if name in stored:
            keep(name)
            operands.append(name)
            continue
        dequantize = makers.get(name)
        if dequantize is None or dequantize.op_type != "DequantizeLinear":
            return None
        for parameter in dequantize.input[1:]:
            keep(parameter)
        if dequantize.input[0] in stored:
            keep(dequantize.input[0])
            if dequantize not in nodes:
                nodes.append(dequantize)
        else:
            source = f"x{position}"
            inputs.append(source)
            sources.append((dequantize.input[0], dequantize))
            nodes.append(helper.make_node("QuantizeLinear", [source, *dequantize.input[1:]], [source + "_bytes"]))
            nodes.append(helper.make_node("DequantizeLinear", [source + "_bytes", *dequantize.input[1:]], [source + "_real"]))
            name = source + "_real"
        operands.append(name)
    if not sources:
        return None
    body = onnx.NodeProto()
    body.CopyFrom(node)
    body.input[:] = operands
    nodes.append(body)
    after = readers.get(node.output[0], [])
    if len(after) == 1 and after[0].op_type == "Relu":
        nodes.append(after[0])
        chain = after[0]
        after = readers.get(chain.output[0], [])
    if len(after) != 1 or after[0].op_type != "QuantizeLinear":
        return None
    quantize = after[0]
    for parameter in quantize.input[1:]:
        keep(parameter)
    nodes.append(quantize)
    nodes.append(helper.make_node("DequantizeLinear", [quantize.output[0], *quantize.input[1:]], ["y"]))
    return nodes, initializers, inputs, sources, quantize


def node_cases(model, feeds):
    stored = {t.name: t for t in model.graph.initializer}
    makers = {o: n for n in model.graph.node for o in n.output}
    readers = {}
    for n in model.graph.node:
        for i in n.input:
            readers.setdefault(i, []).append(n)
    bytes_of = intermediates(model, makers, stored, feeds)
    cases = []
    for node in model.graph.node:
        if node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            continue
        cut = cut_out(model, node, makers, readers, stored)
        if cut is None:
            continue
        nodes, initializers, inputs, sources, quantize = cut

        def bytes_with_meaning(name, like):
            zero = numpy_helper.to_array(stored[like.input[2]])
            return {"shape": list(bytes_of[name].shape), "bytes": text(bytes_of[name]), "zeroPoint": int(zero),
                    "isSigned": zero.dtype == np.int8, "scale": float(numpy_helper.to_array(stored[like.input[1]]))}

        xs = [bytes_with_meaning(name, like) for name, like in sources]
        y = bytes_with_meaning(quantize.output[0], quantize)
        ins = [helper.make_tensor_value_info(n, TensorProto.FLOAT, x["shape"]) for n, x in zip(inputs, xs)]
        out = helper.make_tensor_value_info("y", TensorProto.FLOAT, y["shape"])
        small = helper.make_model(helper.make_graph(nodes, "node", ins, [out], list(initializers.values())),
                                  opset_imports=model.opset_import, ir_version=9)
        onnx.checker.check_model(small)
        cases.append({"node": node.name, "operator": node.op_type, "inputs": dict(zip(inputs, xs)), "output": y,
                      "model": text(np.frombuffer(small.SerializeToString(), np.uint8))})
    return cases


def write(name, model, seed, cases=CASES, nodes=True):
    rng = np.random.default_rng(seed + 1000)
    with open(f"{HERE}/{name}.onnx", "wb") as file:
        file.write(model.SerializeToString())
    run = session(model)
    record = {"cases": []}
    for _ in range(cases):
        feeds = bytes_for(model, rng)
        outputs = run.run(None, reals(feeds))
        record["cases"].append({
            "inputs": {n: text(b) for n, b in feeds.items()},
            "outputs": {o.name: text(v) for o, v in zip(run.get_outputs(), outputs)}})
    if nodes:
        record["nodes"] = node_cases(model, reals(bytes_for(model, rng)))
    with open(f"{HERE}/{name}.json", "w") as file:
        json.dump(record, file, separators=(",", ":"))
        file.write("\n")
    sizes = [os.path.getsize(f"{HERE}/{name}.{kind}") for kind in ("onnx", "json")]
    operators = sorted({n.op_type for n in model.graph.node})
    print(f"{name}: {sizes[0]} + {sizes[1]} bytes, {len(record.get('nodes', []))} nodes, {operators}")


def main():
    u8, s8 = QuantType.QUInt8, QuantType.QInt8
    tiny = [4, 8, 4, 4, 8, 8, 16, 16]
    quarter = [16, 32, 16, 16, 32, 32, 64, 64]
    write("spectra-u8", quantized(spectra(1, tiny, "Relu"), 1, u8), 1, nodes=False)
    write("spectra-s8", quantized(spectra(2, tiny, "Relu"), 2, s8), 2, nodes=False)
    write("spectra-softmax-u8", quantized(spectra(3, tiny, "Softmax"), 3, u8), 3, nodes=False)
    write("spectra-quarter-u8", quantized(spectra(4, quarter, "Relu"), 4, u8), 4, cases=2, nodes=False)
    for seed, (kind, activation) in enumerate((("u8", u8), ("s8", s8)), start=10):
        write(f"strides-and-pads-{kind}", quantized(strides_and_pads(seed), seed, activation), seed)
        write(f"groups-{kind}", quantized(groups(seed), seed, activation), seed)
        write(f"residual-{kind}", quantized(residual(seed), seed, activation), seed)
        write(f"averages-{kind}", quantized(averages(seed), seed, activation), seed)
        write(f"branches-{kind}", quantized(branches(seed), seed, activation), seed)
        write(f"softmaxes-{kind}", quantized(softmaxes(seed), seed, activation), seed)
    write("residual-s8-symmetric", quantized(residual(30), 30, s8, symmetric=True), 30)
    write("groups-u8-per-tensor", quantized(groups(31), 31, u8, per_channel=False), 31)
    write("softmax-float-u8", quantized(strides_and_pads(32), 32, u8, exclude=["Softmax"]), 32, nodes=False)


if __name__ == "__main__":
    sys.exit(main())
