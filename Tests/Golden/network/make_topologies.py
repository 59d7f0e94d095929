"""Writes Tests/Golden/topologies: networks of many topologies, each drawn from a seed, and what onnxruntime computes.

  .venv/bin/python Tests/Golden/network/make_topologies.py
  .venv/bin/python Tests/Golden/network/make_topologies.py FOLDER FIRST COUNT

It needs onnx and onnxruntime and runs from the repository root.
The second form writes a folder of other networks, of every family and type those of the COUNT seeds from FIRST on; the
tests take them instead of the stored ones where TEST_TOPOLOGIES names the folder. It leaves out what is not promised to be
equal bit for bit: int8 networks in which a value has two readers, and networks that end in float.

Run it on a CPU with VNNI, as make_golden.py, which says what the reference is. topology.py holds the families.

For each network NAME: NAME.onnx, and NAME.json with `inputs` (name and shape, in the file's order), `outputs` (name, shape
and what a byte of it means) and `cases`. The inputs of a case are not stored: its `seed` gives them. Taken from SplitMix64
number by number, input by input, a number's lowest byte is the input's byte, or in an extreme case 0 or 255 by its lowest
bit; a byte b stands for (b - 128) / 64. Outputs are stored as the bytes that DequantizeLinear made them from, or as floats
(little-endian) where the network has none; both in base64.
"""
import json
import os
import sys

import numpy as np
import onnx
from onnx import numpy_helper
from onnxruntime.quantization import QuantType

import topology
from make_golden import HERE, quantized, reals, session, text

FOLDER = os.path.join(os.path.dirname(HERE), "topologies")

# Family, and the seeds of its uint8 and of its int8 networks.
FAMILIES = [
    (topology.strips, [101], [104]),
    (topology.alike, [106], []),
    (topology.far_pads, [108], [109]),
    (topology.widths, [111], []),
    (topology.vgg, [], [122]),
    (topology.vgg_softmax, [131], []),
    (topology.firsts, [141], []),
    (topology.kernels, [151], [153]),
    (topology.auto_pads, [161], [162]),
    (topology.mobile, [171], [173]),
    (topology.depthwise_pooled, [181], [182]),
    (topology.grouped, [191], [192]),
    (topology.bound, [201], [204]),
    (topology.pools, [211, 212], [213]),
    (topology.pool_chain, [221], [222]),
    (topology.softmaxes, [231, 232], [233]),
    (topology.softmax_readers, [236], [237]),
    (topology.softmax_axes, [241], [242]),
    (topology.softmax_reshaped, [246, 247, 248], [249]),
    (topology.averages, [251], [252]),
    (topology.average_chain, [256], [257]),
    (topology.residual, [261], [263]),
    (topology.stored_sums, [271], [272]),
    (topology.repeated_sums, [281], [282]),
    (topology.crop_chain, [291, 292], [293]),
    (topology.crop_readers, [301, 302], [303]),
    (topology.crop_whole, [311], [312]),
    (topology.crop_padded, [321, 322], [323]),
    (topology.gaps, [331, 332], [333]),
    (topology.only_padding, [336], [337]),
    (topology.dead, [341], [342]),
    (topology.inception, [351], [353]),
    (topology.twins, [361], [362]),
    (topology.half_twins, [371], [372]),
    (topology.shared_twins, [376], [377]),
    (topology.whole_twins, [378], [379]),
    (topology.twin_readers, [383, 384], []),
    (topology.with_pool, [381], [382]),
    (topology.densely, [391], [392]),
    (topology.other_axes, [401], [402]),
    (topology.vectors, [411, 412], [413]),
    (topology.flattened, [421], [422]),
    (topology.flat_inputs, [424], [425]),
    (topology.flatten_axes, [426], [427]),
    (topology.moved, [431], [432]),
    (topology.products, [441], [442]),
    (topology.relus, [451], [452]),
    (topology.readers, [461], [462]),
    (topology.old, [466], [467]),
    (topology.real_ends, [468], [469]),
    (topology.smallest, [471], [472]),
    (topology.grown, [481, 482, 483, 484], [488]),
    (topology.grown_tree, [491], [492, 493]),
]


def split_mix(seed, count):
    """The first numbers of SplitMix64."""
    with np.errstate(over="ignore"):
        state = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return state ^ (state >> np.uint64(31))


def feeds_for(shapes, seed, is_extreme):
    numbers = split_mix(seed, sum(int(np.prod(s)) for s in shapes.values()))
    all_bytes = ((numbers & np.uint64(1)) * np.uint64(255) if is_extreme else numbers).astype(np.uint8)
    feeds, begin = {}, 0
    for name, shape in shapes.items():
        count = int(np.prod(shape))
        feeds[name] = all_bytes[begin:begin + count].reshape(shape)
        begin += count
    return feeds


def meaning(low, high, activation):
    """A scale and a zero point that cover a range, as quantize_static is told them."""
    low, high = min(low, 0.0), max(high, 0.0)
    scale = np.float32((high - low) / 255)
    signed = activation == QuantType.QInt8
    zero = round(-low / scale) - (128 if signed else 0)
    return [{"scale": np.array(scale, np.float32), "zero_point": np.array(zero, np.int8 if signed else np.uint8)}]


def overrides(g, seed, activation):
    """Scales that are not left to calibration: narrower ones for some inputs, equal ones for twins."""
    rng = np.random.default_rng(seed + 5000)
    found = {n: meaning(-rng.uniform(0.2, 2), rng.uniform(0.3, 2), activation)
             for n in g.inputs if rng.integers(2)}
    for group in g.twins:
        run = session(g.model(group))
        values = [run.run(None, reals({i.name: feeds[i.name] for i in run.get_inputs()}))
                  for feeds in (feeds_for(g.inputs, seed * 100 + 50 + k, False) for k in range(4))]
        low = min(float(v.min()) for case in values for v in case)
        high = max(float(v.max()) for case in values for v in case)
        found.update({name: meaning(low, high, activation) for name in group})
    return found


def shorten(model):
    """Gives values inside the network names of few letters: in files this small they would be half of the bytes."""
    graph, short = model.graph, {}
    kept = {port.name for port in [*graph.input, *graph.output]}

    def renamed(name):
        return name if name in kept or not name else short.setdefault(name, f"v{len(short)}")

    for node in graph.node:
        node.input[:] = [renamed(n) for n in node.input]
        node.output[:] = [renamed(n) for n in node.output]
        if node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            node.name = ""
    for tensor in graph.initializer:
        tensor.name = renamed(tensor.name)


def open_ends(model):
    """Takes the last QuantizeLinear and DequantizeLinear of every output away."""
    makers = {o: n for n in model.graph.node for o in n.output}
    for port in model.graph.output:
        dequantize = makers[port.name]
        quantize = makers[dequantize.input[0]]
        makers[quantize.input[0]].output[0] = port.name
        for node in (dequantize, quantize):
            model.graph.node.remove(node)


def has_branches(model):
    """Whether a quantized value has more than one reader; such int8 values onnxruntime computes with in float."""
    stored = {t.name for t in model.graph.initializer}
    read = [i for n in model.graph.node for i in n.input if i not in stored] + [o.name for o in model.graph.output]
    return len(read) > len(set(read))


def outputs_of(model):
    """For each output the scale and zero point of the DequantizeLinear that gives it, if one does."""
    stored = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    makers = {o: n for n in model.graph.node for o in n.output}
    found = []
    for port in model.graph.output:
        maker, output = makers[port.name], {"name": port.name}
        if maker.op_type == "DequantizeLinear":
            scale, zero = stored[maker.input[1]], stored[maker.input[2]]
            output["bytes"] = {"scale": float(scale), "zeroPoint": int(zero), "isSigned": zero.dtype == np.int8}
        found.append(output)
    return found


def steps(values, output):
    """The bytes behind an output; makes sure that they give its very floats. An output without bytes is left as it is."""
    if "bytes" not in output:
        return values
    scale, zero = np.float32(output["bytes"]["scale"]), output["bytes"]["zeroPoint"]
    found = (np.rint(values / scale) + zero).astype(np.int8 if output["bytes"]["isSigned"] else np.uint8)
    again = (found.astype(np.int32) - zero).astype(np.float32) * scale
    assert np.array_equal(again, values), output["name"]
    return found


def write(folder, family, seed, activation, is_stored):
    name = f"{family.__name__.replace('_', '-')}-{'s8' if activation == QuantType.QInt8 else 'u8'}-{seed}"
    rng = np.random.default_rng(seed)
    g, names = family(rng)
    float_model = g.model(names)
    per_channel = rng.integers(4) > 0 and g.opset >= 13
    symmetric = activation == QuantType.QInt8 and rng.integers(4) == 0
    model = quantized(float_model, seed, activation, per_channel=per_channel, symmetric=symmetric,
                      overrides=overrides(g, seed, activation))
    if g.has_real_ends:
        open_ends(model)
    shorten(model)
    if not is_stored and (g.has_real_ends or (activation == QuantType.QInt8 and has_branches(model))):
        return
    with open(f"{folder}/{name}.onnx", "wb") as file:
        file.write(model.SerializeToString())
    run = session(model)
    shapes = {i.name: [d.dim_value for d in i.type.tensor_type.shape.dim] for i in model.graph.input}
    outputs, cases, kinds = outputs_of(model), [], set()
    for case in range(3):
        feeds = feeds_for(shapes, seed * 10 + case, case == 2)
        values = run.run([o["name"] for o in outputs], reals(feeds))
        for output, value in zip(outputs, values):
            output["shape"] = list(value.shape)
        found = [steps(v, o) for v, o in zip(values, outputs)]
        kinds |= {len(np.unique(f)) for f in found}
        cases.append({"seed": seed * 10 + case, "isExtreme": case == 2, "outputs": [text(f) for f in found]})
    record = {"inputs": [{"name": n, "shape": s} for n, s in shapes.items()], "outputs": outputs, "cases": cases}
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump(record, file, separators=(",", ":"))
        file.write("\n")
    sizes = [os.path.getsize(f"{folder}/{name}.{kind}") for kind in ("onnx", "json")]
    shown = ", ".join("x".join(map(str, o["shape"])) for o in outputs)
    print(f"{name}: {sizes[0]} + {sizes[1]} bytes, {list(shapes.values())} to {shown}, {sorted(kinds)} different bytes",
          flush=True)
    assert max(sizes) < 200_000


def main():
    is_stored = len(sys.argv) == 1
    folder = FOLDER if is_stored else sys.argv[1]
    more = [] if is_stored else [int(sys.argv[2]) + n for n in range(int(sys.argv[3]))]
    os.makedirs(folder, exist_ok=True)
    for family, unsigned, signed in FAMILIES:
        for seed in unsigned if is_stored else more:
            write(folder, family, seed, QuantType.QUInt8, is_stored)
        for seed in signed if is_stored else more:
            write(folder, family, seed, QuantType.QInt8, is_stored)


if __name__ == "__main__":
    sys.exit(main())
