"""The float networks of make_topologies.py: families of topologies, each random within the numbers that it draws.

A family takes a random generator and gives a `Topology` and the names of its outputs. Sizes, channels, paddings and weights
are drawn; what the family is about (a crop, a concatenation, two readers of one value) is not.
"""
import numpy as np
from onnx import numpy_helper

from make_golden import Graph


def pick(rng, *options):
    return options[int(rng.integers(len(options)))]


def between(rng, low, high):
    return int(rng.integers(low, high + 1))


def pads(rng, most):
    """Top, left, bottom, right, each on its own."""
    return [between(rng, 0, most) for _ in range(4)]


class Topology(Graph):
    """A float network with shorter words for what topologies are made of."""

    def __init__(self, rng, inputs, weights="normal", opset=None):
        super().__init__(0, inputs, opset or pick(rng, 13, 17, 21))
        self.rng, self.distribution, self.gain = rng, weights, 1
        # Values that quantization gives one scale, group by group.
        self.twins = []
        # Whether the outputs are real numbers that nothing quantizes.
        self.has_real_ends = False

    def weight(self, shape, deviation):
        value = self.rng.standard_normal(shape)
        if self.distribution == "sign":
            value = np.sign(value)
        elif self.distribution == "sparse":
            value = value * (self.rng.random(shape) < 0.1) * 3
        elif self.distribution == "positive" and len(shape) == 4:
            value = np.abs(np.sign(value))
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array((value * deviation * self.gain).astype(np.float32), name))
        return name

    def image(self, x):
        return self.shape(x)[1:]

    def layer(self, x, channels, kernel=3, relu=True, group=1, **attributes):
        kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
        y = self.conv(x, self.shape(x)[1], channels, kernel, group=group, **attributes)
        return self.relu(y) if relu else y

    def relu(self, x):
        return self.add("Relu", [x])

    def pool(self, x, kernel=2, stride=2, op="MaxPool", **attributes):
        kernel = [kernel, kernel] if isinstance(kernel, int) else list(kernel)
        stride = [stride, stride] if isinstance(stride, int) else list(stride)
        return self.add(op, [x], kernel_shape=kernel, strides=stride, **attributes)

    def softmax(self, x, axis=1):
        return self.add("Softmax", [x], axis=axis)

    def decided(self, x, channels, kernel=3, **attributes):
        """A convolution whose softmax is not flat."""
        self.gain, gain = pick(self.rng, 2, 4, 12), self.gain
        y = self.layer(x, channels, kernel, **attributes)
        self.gain = gain
        return y

    def concat(self, values, axis=1):
        return self.add("Concat", values, axis=axis)

    def flatten(self, x):
        return self.add("Flatten", [x])

    def dense(self, x, outputs):
        return self.gemm(x, outputs, transposed=bool(self.rng.integers(2)))

    def head(self, x, outputs=11):
        return self.dense(self.flatten(x), outputs)

    def depthwise(self, x, multiplier=1, **attributes):
        channels = self.shape(x)[1]
        return self.layer(x, channels * multiplier, group=channels, **attributes)


def area(rng, low=10, high=40, pixels=560):
    """Rows and columns within the limits; the image has about `pixels` at most."""
    rows = between(rng, low, high)
    columns = between(rng, low, max(low, min(high, pixels // rows)))
    return [rows, columns] if rng.integers(2) else [columns, rows]


def start(rng, low=10, high=40, pixels=560, channels=None, **more):
    return Topology(rng, {"image": [1, channels or between(rng, 1, 4), *area(rng, low, high, pixels)]}, **more)


# Kernels, one family for each way to choose one.

def strips(rng):
    """Convolutions 3 x 3 with stride 1 between 16, 32, 48 and 64 channels on rectangles."""
    g = start(rng, weights=pick(rng, "normal", "sign", "sparse"))
    x = g.layer("image", 16, pads=pads(rng, 1))
    for width in rng.permutation([32, 48, 64])[:2]:
        x = g.layer(x, int(width), pads=pads(rng, 1))
    return g, [g.layer(x, 6, relu=False, pads=pads(rng, 1))]


def alike(rng):
    """Convolutions 3 x 3 with as many channels behind as in front."""
    g = start(rng, 12, 19, 300)
    x = g.layer("image", 32, 1)
    x = g.layer(x, 32, pads=pads(rng, 1))
    x = g.layer(g.layer(x, 64, 1), 64, pads=pads(rng, 1))
    return g, [g.layer(g.layer(x, 48, 1), 16, relu=False)]


def far_pads(rng):
    """Pads as large as the kernel, and a reader that begins behind the first rows and columns."""
    g = start(rng, 14, 22)
    x = g.layer("image", 16, 1)
    x = g.layer(x, 16, pads=pads(rng, 4))
    x = g.layer(x, 32, pads=[0, 2, 3, 0])
    far = g.layer(x, 12, 1, relu=False, strides=[pick(rng, 3, 4), 3], pads=[1, pick(rng, 1, 2), 0, 0])
    return g, [far, g.layer(g.pool(x, 2, 3, pads=[1, 0, 0, 1]), 8, 2, strides=[2, 1])]


def widths(rng):
    """Channel counts that fill no vector, also 3 x 3 and 1 x 1 in turn."""
    g = start(rng, high=24)
    x = "image"
    for width in rng.permutation([7, 17, 33, 20, 31]):
        x = g.layer(x, int(width), pick(rng, 3, 3, 1), pads=pads(rng, 1))
    return g, [g.layer(x, 5, relu=False)]


def vgg(rng, activation="Relu"):
    """SpectraVGG in small: odd sizes, pooled pairs of convolutions, a dense branch beside them."""
    size = pick(rng, 41, 43, 45, 47)
    g = Topology(rng, {"image": [1, 3, size, size + between(rng, -3, 3)], "aux": [1, 7]})
    x = "image"
    for index, width in enumerate([16, 16, 32, 16, 16, 32]):
        if activation == "Softmax":
            x = g.softmax(g.decided(x, width, relu=False))
        else:
            x = g.layer(x, width)
        if index % 2 == 1:
            x = g.pool(x)
    aux = g.relu(g.gemm("aux", 8))
    both = g.concat([g.relu(g.gemm(aux, 16)), g.flatten(x)])
    return g, [g.softmax(g.dense(both, 3)), both]


def vgg_softmax(rng):
    return vgg(rng, "Softmax")


def firsts(rng):
    """First layers of 1, 2, 3 and 4 channels beside each other."""
    size = area(rng, 11, 19)
    names = ["one", "two", "three", "four"]
    g = Topology(rng, {n: [1, c + 1, *size] for c, n in enumerate(names)})
    outputs = []
    for name in names:
        kernel = pick(rng, 3, 5)
        both = [kernel // 2] * 4
        strides = pick(rng, [1, 1], [1, 1], [2, 2])
        outputs.append(g.layer(name, pick(rng, 16, 32, 9), kernel, pads=both, strides=strides))
    return g, [g.layer(x, 4, 3, relu=False) for x in outputs]


def kernels(rng):
    """1 x 1, 5 x 5, 1 x n and n x 1, strides, one-sided pads."""
    g = start(rng, 22, 30, 800)
    x = g.layer("image", 12, (1, between(rng, 2, 5)), pads=[0, between(rng, 0, 1), 0, between(rng, 0, 1)])
    x = g.layer(x, 18, (between(rng, 2, 5), 1), pads=[between(rng, 0, 1), 0, between(rng, 0, 1), 0])
    x = g.layer(x, 16, 5, pads=pads(rng, 2), strides=[1, pick(rng, 1, 2)])
    x = g.layer(x, 32, 1)
    x = g.layer(x, 16, 3, pads=pads(rng, 1), strides=[2, pick(rng, 1, 2)])
    return g, [g.layer(x, 11, 1, relu=False, strides=[pick(rng, 1, 2), 1])]


def auto_pads(rng):
    g = start(rng, 15, 25)
    x = g.layer("image", 16, 3, auto_pad=pick(rng, "SAME_UPPER", "SAME_LOWER"))
    x = g.layer(x, 10, (2, 4), auto_pad="SAME_LOWER", strides=[2, 1])
    x = g.pool(x, 3, 1, auto_pad="SAME_UPPER")
    x = g.layer(x, 12, (4, 2), auto_pad="SAME_UPPER", strides=[1, 2])
    x = g.layer(x, 16, 3, auto_pad="VALID")
    return g, [g.pool(x, 2, 2, auto_pad=pick(rng, "SAME_UPPER", "SAME_LOWER"))]


def mobile(rng):
    """Depthwise and pointwise in turn."""
    g = start(rng, 16, 28)
    x = g.layer("image", pick(rng, 16, 24, 33), strides=[2, 2] if rng.integers(2) else [1, 1], pads=pads(rng, 1))
    x = g.depthwise(x, pads=[1] * 4)
    x = g.layer(x, pick(rng, 32, 40), 1)
    x = g.depthwise(x, pads=pads(rng, 1), strides=[2, 2])
    x = g.layer(x, pick(rng, 17, 24), 1)
    x = g.depthwise(x, 2, relu=False)
    return g, [g.head(g.add("GlobalAveragePool", [x])), x]


def depthwise_pooled(rng):
    """Depthwise convolutions by themselves, with a pool, with other kernels."""
    g = start(rng, 18, 30, channels=pick(rng, 3, 4))
    x = g.depthwise("image", pick(rng, 5, 8), pads=pads(rng, 1))
    x = g.pool(g.depthwise(x, pads=pads(rng, 1)))
    channels = g.shape(x)[1]
    x = g.layer(x, channels, pick(rng, 5, (1, 3), (3, 1)), group=channels, pads=pads(rng, 1))
    return g, [g.softmax(x)]


def grouped(rng):
    groups = pick(rng, 2, 3, 4)
    g = start(rng, 12, 20, channels=groups)
    x = g.layer("image", groups * pick(rng, 5, 8, 11), group=groups, pads=pads(rng, 1))
    x = g.layer(x, groups * 16, group=groups)
    x = g.layer(x, groups * 7, 1, group=groups)
    x = g.layer(x, groups * pick(rng, 3, 17), group=groups, strides=[2, 1], pads=pads(rng, 1))
    return g, [g.layer(x, 9, relu=False)]


def bound(rng):
    """Equal positive weights over so many channels that sums come to both sides of 2^25."""
    channels = pick(rng, 113, 115, 117, 128)
    g = start(rng, 12, 16, weights="positive", channels=2)
    x = g.layer("image", channels, 1)
    return g, [g.layer(x, 3, 3, relu=False), g.layer(g.layer(x, 4, 3), 2, 3, relu=False)]


# Pools, softmaxes, sums.

def pools(rng):
    g = start(rng, 24, 34, 900)
    x = g.pool(g.layer("image", 16, pads=pads(rng, 1)))
    x = g.pool(g.layer(x, 20, pads=[1] * 4), 3, 2, pads=pads(rng, 1), ceil_mode=between(rng, 0, 1))
    x = g.pool(g.layer(x, 24, 1), 2, 1)
    x = g.pool(g.layer(x, 12, pads=[1] * 4), pick(rng, 2, 3), 2, ceil_mode=1)
    return g, [x]


def pool_chain(rng):
    """Pools behind pools, behind the input and behind a sum; a pool whose windows leave gaps."""
    g = start(rng, 26, 36, 1100)
    a = g.pool("image", 2, 2)
    b = g.pool(g.pool(g.layer("image", 8), 2, 1), 3, [2, 2], pads=[1, 1, 0, 0])
    a = g.pool(a, (1, 2), (1, 1), pads=[0, 0, 0, 1])
    return g, [g.layer(a, 6, relu=False), g.pool(b, 2, 3), g.pool(b, (2, 1), (2, 1))]


def softmaxes(rng):
    """Over the channels of a convolution: with and without Relu, with and without a pool behind."""
    g = start(rng, 20, 30, 700)
    x = g.softmax(g.decided("image", pick(rng, 16, 32), relu=False))
    x = g.pool(g.softmax(g.decided(x, pick(rng, 4, 7, 33), relu=False, pads=pads(rng, 1))))
    x = g.softmax(g.decided(x, pick(rng, 16, 17), 1))
    return g, [g.pool(g.softmax(g.decided(x, pick(rng, 3, 48), relu=False)), 3, 2, pads=[1] * 4)]


def softmax_readers(rng):
    """Values that a softmax and something else read, softmaxes that two read, softmaxes of what is no convolution."""
    g = start(rng, 13, 19)
    a = g.decided("image", 16, relu=False, pads=[1] * 4)
    b = g.softmax(a)
    c = g.layer(g.concat([a, b]), 16, 1)
    d = g.softmax(g.pool(g.softmax(c), 3, 2))
    e = g.softmax(g.concat([g.pool(b, 2, 2), g.pool(a, 2, 2)]))
    return g, [g.layer(b, 6, relu=False, strides=[2, 3]), d, g.layer(e, 9, relu=False)]


def softmax_axes(rng):
    g = start(rng, 13, 19)
    x = g.softmax(g.decided("image", 12, relu=False), pick(rng, 2, -2))
    x = g.pool(g.softmax(g.decided(x, 16, relu=False), pick(rng, 3, -1)))
    y = g.softmax(g.flatten(g.decided(x, 5, 1)), -1)
    return g, [g.dense(y, 9), g.softmax(g.head(x, 6))]


def softmax_reshaped(rng):
    """Over the channels of a row of pixels that a Transpose without a move sees as one image, of which little is read."""
    g = Topology(rng, {"image": [1, 3, 1, between(rng, 8, 40)]})
    x = g.decided("image", pick(rng, 17, 33), 1, relu=False)
    x = g.softmax(g.add("Transpose", [x], perm=[0, 2, 3, 1]), 3)
    return g, [g.pool(x, 2, pick(rng, 2, 5, 9))]


def averages(rng):
    """Averages of cropped values: the pool in front leaves rows out, so does the average."""
    g = start(rng, 19, 27)
    x = g.pool(g.layer("image", 12))
    x = g.pool(x, (3, 2), (1, 1), "AveragePool", pads=[1, 0, 1, 1], count_include_pad=between(rng, 0, 1))
    y = g.pool(g.layer(x, 9, pads=[1] * 4), 2, 3, "AveragePool")
    z = g.pool(x, 3, 2, "AveragePool", ceil_mode=1, pads=[1, 1, 1, 1])
    return g, [y, g.add("GlobalAveragePool", [z])]


def average_chain(rng):
    """The same with one reader for every value."""
    g = start(rng, 19, 27)
    x = g.pool(g.layer("image", 12))
    x = g.pool(x, (3, 2), (1, 1), "AveragePool", pads=[1, 0, 1, 1], count_include_pad=between(rng, 0, 1))
    x = g.pool(g.layer(x, 24, pads=[1] * 4), 2, pick(rng, 2, 3), "AveragePool", ceil_mode=between(rng, 0, 1))
    return g, [g.dense(g.flatten(g.add("GlobalAveragePool", [g.pool(x, 2, 2)])), 20)]


def residual(rng):
    """Sums of a value and of what is made from it, above a crop."""
    g = start(rng, 15, 23)
    x = g.layer("image", 16, pads=[1] * 4)
    for _ in range(2):
        y = g.layer(g.layer(x, 16, pads=[1] * 4), 16, pads=[1] * 4, relu=False)
        x = g.relu(g.add("Add", [x, y]))
    x = g.pool(x, 2, 2)
    short = g.layer(x, 24, 1, relu=False, strides=[2, 2])
    long = g.layer(g.layer(x, 24, pads=[1] * 4, strides=[2, 2]), 24, pads=[1] * 4, relu=False)
    return g, [g.relu(g.add("Add", [long, short]))]


def stored_sums(rng):
    """Sums with stored values of several shapes, and of two values of which one is repeated."""
    g = start(rng, 11, 17)
    x = g.layer("image", 10, pads=[1] * 4, relu=False)
    x = g.relu(g.add("Add", [x, g.weight((1, 10, 1, 1), 0.5)]))
    x = g.pool(x, 2, 2)
    x = g.add("Add", [g.weight((1,), 0.7), x])
    x = g.add("Add", [x, g.weight(tuple(g.shape(x)[2:]), 0.4)])
    return g, [g.add("Add", [g.head(x, 8), g.weight((8,), 0.9)]), g.layer(x, 4, relu=False)]


def repeated_sums(rng):
    g = start(rng, 12, 16)
    x = g.layer("image", 8)
    mean = g.add("GlobalAveragePool", [x])
    wide = g.add("Add", [x, mean])
    return g, [g.layer(wide, 6, relu=False)]


# What never reaches an output.

def crop_chain(rng):
    """Rows and columns that four pools leave out, through convolutions of every padding."""
    g = start(rng, 37, 40, 1600)
    x = g.layer("image", 8)
    x = g.pool(g.layer(x, 16, pads=pads(rng, 1)), 2, 2)
    x = g.pool(g.layer(x, 16), 2, 2)
    x = g.pool(g.layer(x, 20, pads=[1] * 4), 2, 2)
    return g, [g.layer(x, 24, (2, 2), relu=False, strides=[2, 2])]


def crop_readers(rng):
    """One value with two readers that need different regions, and a third that is an output."""
    g = start(rng, 17, 27)
    x = g.layer("image", 16, pads=pads(rng, 1))
    a = g.layer(g.pool(x, 3, 3), 8, pads=[1] * 4)
    b = g.layer(g.layer(x, 8, 1, strides=[5, 4]), 5, 1, relu=False)
    c = g.layer(g.pool(x, 2, [2, 4]), 7, (2, 1), strides=[3, 1])
    return g, [a, b, c]


def crop_whole(rng):
    """A value that is cropped by its reader and is an output, which must be whole."""
    g = start(rng, 17, 25)
    x = g.layer("image", 6, pads=[1] * 4)
    y = g.layer(x, 4, pads=[0, 1, 0, 0])
    z = g.layer(g.pool(y, 4, 4), 16, pads=[1] * 4)
    return g, [g.head(z), y]


def crop_padded(rng):
    """Padded convolutions above a crop: the padding behind is needed at no place, or at one only."""
    g = start(rng, 21, 30, 800)
    x = "image"
    for channels in (16, 16, 16):
        x = g.layer(x, channels, pads=[between(rng, 0, 1), between(rng, 0, 1), 1, 1])
    x = g.pool(x, pick(rng, 4, 5), pick(rng, 4, 5))
    y = g.layer(x, 8, 3, relu=False, pads=[1] * 4)
    return g, [g.layer(y, 24, 1, relu=False, strides=[3, 2])]


def gaps(rng):
    """Strides beyond the kernel, pads as large as it or larger: whole rows are never read."""
    g = start(rng, 22, 32, 900)
    x = g.layer("image", 12, 3, pads=[2, 3, 0, 1])
    x = g.layer(x, 16, 1, pads=[1, 2, 1, 0])
    x = g.layer(x, 16, 2, strides=[3, 2], pads=[1, 2, 0, 3])
    y = g.layer(x, 7, 1, relu=False, strides=[2, 3], pads=[1, 1, 0, 0])
    return g, [y]


def only_padding(rng):
    """Outputs that read nothing but padding, or only one row of an image that nothing else reads."""
    g = start(rng, 12, 16)
    x = g.layer("image", 16, pads=[1] * 4)
    y = g.layer(g.layer(x, 16), 8, 1, pads=[2, 1, 0, 0], strides=[90, 90])
    z = g.layer(g.pool(g.layer(x, 16), 2, 2), 9, 1, relu=False, pads=[1, 0, 0, 0], strides=[70, 2])
    row = g.layer(g.pool(x, 3, 1, pads=[1] * 4), 7, 3, relu=False, strides=[60, 1], pads=[2, 0, 0, 1])
    return g, [g.layer(y, 5, relu=False, pads=[1] * 4), z, row]


def dead(rng):
    """Nodes that reach no output."""
    g = start(rng, 14, 20)
    x = g.layer("image", 8)
    g.pool(g.layer(x, 16, pads=[2] * 4), 2, 1)
    y = g.pool(g.layer(x, 8), 2, 2)
    g.concat([g.flatten(y), g.flatten(x)])
    return g, [g.layer(y, 4, relu=False)]


# Concatenations, flattenings, movements.

def inception(rng):
    """Concatenation of four branches over the channels, each with its own scale."""
    g = start(rng, 13, 19)
    x = g.layer("image", 16)
    a = g.layer(x, pick(rng, 8, 11), 1)
    b = g.layer(g.layer(x, 8, 1), pick(rng, 16, 13), 3, pads=[1] * 4)
    c = g.layer(g.layer(x, 5, 1), 8, 5, pads=[2] * 4, relu=False)
    d = g.layer(g.pool(x, 3, 1, pads=[1] * 4), 8, 1)
    x = g.pool(g.concat([a, b, c, d]), 3, 2)
    return g, [g.layer(x, 10, relu=False)]


def twins(rng):
    """Concatenation of two convolutions, and of a convolution and a pool, all of one scale."""
    g = start(rng, 14, 20)
    x = g.layer("image", 16, pads=[1] * 4)
    a, b = g.layer(x, 16, pads=[1] * 4), g.layer(x, pick(rng, 8, 16, 5), 1)
    both = g.concat([a, b])
    g.twins.append([a, b, both])
    y = g.layer(both, 8, strides=[2, 2], pads=[1] * 4)
    z = g.pool(both, 3, 2, pads=[1] * 4)
    last = g.concat([y, z])
    g.twins[0] += [y, last]
    return g, [g.layer(g.pool(last, 2, 2), 9, 1, relu=False)]


def half_twins(rng):
    """One of three sources has the concatenation's scale; another reader reads it too."""
    g = start(rng, 13, 18)
    x = g.layer("image", 9)
    a = g.layer(x, 16, pads=[1] * 4)
    b = g.layer(x, 7, 1, relu=False)
    both = g.concat([b, a, x])
    g.twins.append([a, both])
    return g, [g.layer(both, 6, relu=False), g.layer(a, 3, 1, relu=False)]


def shared_twins(rng):
    """Values of one scale in two concatenations at different places, twice in one, and with other readers."""
    g = start(rng, 12, 17, channels=3)
    a, b = g.layer("image", 8, pads=[1] * 4), g.layer("image", pick(rng, 8, 16, 5), 1, relu=False)
    c = g.pool(a, 3, 1, pads=[1] * 4)
    first, second = g.concat([a, b]), g.concat([b, "image", c, b])
    third = g.concat([second, a, first])
    g.twins.append(["image", a, b, first, second, third])
    return g, [g.layer(first, 5, relu=False), g.pool(second, 3, 3), g.layer(g.pool(third, 2, 2), 9, relu=False),
               g.layer(g.relu(b), 4, 1, relu=False)]


def twin_readers(rng):
    """Every kind of operator reads a value that may lie inside a concatenation, or the concatenation itself."""
    g = start(rng, 11, 14)
    a, b = g.layer("image", 8, pads=[1] * 4), g.layer("image", pick(rng, 5, 8), 1)
    both = g.concat([b, a])
    g.twins.append([a, b, both])
    value = pick(rng, a, a, both)
    channels = g.shape(value)[1]
    outputs = [g.depthwise(value, strides=[2, 2]), g.pool(value, 3, 3, "AveragePool"),
               g.add("GlobalAveragePool", [value]), g.pool(g.softmax(value), 4, 4), g.head(g.pool(value, 3, 4), 5),
               g.pool(g.add("Add", [value, g.weight((channels, 1, 1), 0.5)]), 5, 5),
               g.dense(g.flatten(g.add("Transpose", [g.pool(value, 4, 4)], perm=[0, 2, 1, 3])), 3),
               g.layer(g.relu(value), 4, 5, relu=False, strides=[3, 3], group=1)]
    return g, [*outputs, g.layer(both, 3, 3, relu=False, strides=[2, 3])]


def flat_inputs(rng):
    """An image that is flattened as it comes: into a product, beside a vector, and of one channel or one pixel."""
    size = [between(rng, 3, 6), between(rng, 3, 6)]
    g = Topology(rng, {"image": [1, 3, *size], "aux": [1, 4], "grey": [1, 1, *size], "pixel": [1, 6, 1, 1]})
    flat = g.flatten("image")
    both = g.concat(["aux", flat, g.flatten("grey"), g.flatten("pixel")])
    # Each has a convolution beside it: flattened only, an input would be left in float.
    beside = [g.layer(name, 5, 3, relu=False, pads=[1] * 4) for name in ("image", "grey", "pixel")]
    return g, [g.dense(flat, 9), g.dense(both, 12), g.dense(g.flatten("grey"), 6), *beside]


def whole_twins(rng):
    """Values of one scale and their concatenation are outputs themselves; the readers behind crop."""
    g = start(rng, 9, 12)
    a, b = g.layer("image", 4, pads=[1] * 4), g.layer("image", 3, 5, pads=[2] * 4)
    both = g.concat([a, b])
    g.twins.append([a, both])
    return g, [both, a, g.layer(g.pool(both, 4, 4), 7, 1, relu=False), g.layer(g.pool(b, 2, 3), 5, 1, relu=False)]


def with_pool(rng):
    """Concatenation of a value and its pool, of a value and itself, of the input."""
    g = start(rng, 12, 17)
    x = g.layer("image", 8, pads=[1] * 4)
    a = g.concat([x, g.pool(x, 3, 1, pads=[1] * 4)])
    b = g.concat([a, a])
    c = g.concat([g.layer(b, 12, pads=[1] * 4), "image", x])
    return g, [g.layer(g.pool(c, 2, 2), 8, relu=False), g.layer(a, 4, 1, relu=False, strides=[3, 3])]


def densely(rng):
    """Concatenations of concatenations, cropped at the end."""
    g = start(rng, 14, 20)
    x = g.layer("image", 8, pads=[1] * 4)
    for _ in range(3):
        x = g.concat([x, g.layer(x, pick(rng, 4, 6, 8), pads=[1] * 4)])
    return g, [g.layer(g.pool(x, 2, 2), 8, relu=False)]


def other_axes(rng):
    """Concatenation over rows and over columns, of a value with itself too."""
    g = start(rng, 10, 15)
    x = g.layer("image", 7, pads=[1] * 4)
    y = g.layer(x, 7, pads=[1] * 4)
    rows = g.concat([x, y], 2)
    columns = g.concat([rows, rows], -1)
    return g, [g.layer(g.pool(columns, 3, 3), 8, relu=False), g.concat([g.flatten(y), g.flatten(x)], 0)]


def vectors(rng):
    """A vector beside a flattened map, in either order, into matrix products."""
    g = Topology(rng, {"aux": [1, between(rng, 1, 9)], "image": [1, 3, *area(rng, 10, 16)]})
    x = g.pool(g.layer("image", pick(rng, 8, 16)))
    x = g.layer(x, pick(rng, 5, 16), pads=pads(rng, 1))
    aux = g.relu(g.gemm("aux", pick(rng, 8, 15)))
    values = [aux, g.flatten(x)]
    both = g.concat(values[::-1] if rng.integers(2) else values)
    y = g.relu(g.dense(both, 20))
    return g, [g.softmax(g.dense(y, 4)), g.concat([y, aux])]


def flattened(rng):
    """Two maps flattened into one vector, and a flattened map with three readers."""
    g = start(rng, 13, 19)
    x = g.pool(g.layer("image", 8))
    a = g.flatten(g.layer(x, 6, pads=[1] * 4))
    b = g.flatten(g.pool(x, 2, 2))
    return g, [g.dense(g.concat([a, b]), 14), g.dense(a, 9), a]


def flatten_axes(rng):
    """Flattenings before other axes, a reshaped vector, a vector through Relu and a sum before the product."""
    g = start(rng, 11, 16)
    x = g.pool(g.layer("image", 6))
    c, h, w = g.image(x)
    y = g.layer(x, 5, 1, relu=False)
    outputs = [g.dense(g.add("Flatten", [x], axis=pick(rng, 2, -2)), 4), g.dense(g.add("Flatten", [y], axis=3), 3)]
    vector = g.add("Reshape", [x, g.constant([1, c * h * w])])
    product = g.add("MatMul", [vector, g.weight((c * h * w, 6), 0.1)])
    sums = g.add("Add", [g.relu(g.flatten(y)), g.weight((5 * h * w,), 0.5)])
    twice = g.concat([g.flatten(y), g.flatten(y)])
    return g, [*outputs, g.relu(product), g.dense(sums, 5), g.softmax(twice)]


def moved(rng):
    """Transpositions and reshapings behind a crop."""
    g = start(rng, 15, 22)
    x = g.pool(g.layer("image", 6))
    c, h, w = g.image(x)
    turned = g.add("Transpose", [x], perm=[0, 1, 3, 2])
    y = g.layer(turned, 8, pads=[1] * 4)
    last = g.add("Transpose", [g.layer(x, 5, 1)], perm=[0, 2, 3, 1])
    flat = g.add("Reshape", [last, g.constant([0, -1])])
    rows = g.add("Reshape", [x, g.constant([c, h * w])])
    return g, [g.pool(y, 3, 2), g.dense(flat, 10), g.dense(rows, 3)]


def products(rng):
    """Matrix products of many shapes; no image at all."""
    g = Topology(rng, {"left": [1, between(rng, 1, 40)], "right": [1, 1]})
    x = g.relu(g.dense("left", pick(rng, 33, 70)))
    y = g.add("MatMul", ["right", g.weight((1, 5), 0.7)])
    x = g.concat([g.relu(g.dense(x, 1)), x, y])
    z = g.add("MatMul", [x, g.weight((g.shape(x)[1], 17), 0.2)])
    return g, [g.relu(z), g.softmax(g.dense(z, 65)), y]


def relus(rng):
    """Relu by itself: on the input, behind a pool, a concatenation, a transposition."""
    g = start(rng, 12, 16)
    a = g.relu("image")
    b = g.relu(g.pool(g.layer("image", 6, relu=False, pads=[1] * 4), 3, 1, pads=[1] * 4))
    c = g.relu(g.concat([a, g.layer(a, 5, 1, relu=False)]))
    d = g.layer(g.pool(g.concat([b, c]), 2, 2), 8, relu=False)
    return g, [g.relu(g.add("Transpose", [d], perm=[0, 2, 3, 1])), g.layer(b, 3, 1, relu=False)]


def readers(rng):
    """The input has three readers, one of which is a pool and one a sum."""
    g = start(rng, 14, 20, channels=3)
    a = g.pool("image", 2, 2)
    b = g.layer("image", 8, 5, strides=[2, 2], pads=[2] * 4)
    c = g.layer(g.add("Add", ["image", g.layer("image", 3, pads=[1] * 4)]), 6, 1)
    return g, [g.layer(a, 5, relu=False), g.head(b), g.pool(c, 3, 3)]


def old(rng):
    """An operator set before 13: its softmax takes everything behind the axis as one vector."""
    g = start(rng, 13, 18, opset=12)
    x = g.pool(g.layer("image", 16))
    y = g.softmax(g.decided(x, 5, 1, relu=False), 1)
    z = g.softmax(g.layer(x, 4, 1, relu=False), 3)
    return g, [g.dense(g.flatten(y), 12), g.layer(g.pool(z, 2, 2), 6, 1, relu=False), g.add("Softmax", [g.head(x, 5)])]


def real_ends(rng):
    """Outputs that nothing quantizes: a convolution's behind a crop, two products', a softmax's."""
    g = start(rng, 12, 18)
    g.has_real_ends = True
    x = g.pool(g.layer("image", 16))
    y = g.layer(x, pick(rng, 16, 7), relu=pick(rng, True, False), strides=[1, 2])
    return g, [y, g.head(x, 7), g.softmax(g.head(g.pool(x, 2, 2), 5)), g.layer(g.pool(x, 3, 3), 4, 1, relu=False)]


def smallest(rng):
    """Images of one row, one column and one pixel, and convolutions that end in one pixel."""
    g = Topology(rng, {"row": [1, 2, 1, between(rng, 9, 40)], "pixel": [1, 5, 1, 1], "square": [1, 16, 5, 5]})
    row = g.layer(g.layer("row", 16, (1, 3)), 8, 3, pads=[1] * 4, relu=False)
    pixel = g.layer(g.layer("pixel", 16, pads=[1] * 4), 20, 1)
    square = g.layer(g.layer("square", 16), 16)
    return g, [row, g.head(g.concat([pixel, square])), g.layer(square, 3, 1, relu=False, pads=[1] * 4)]


def grown(rng, is_tree=False):
    """Grown operator by operator from whatever there is; in a tree every value has one reader."""
    g = start(rng, 16, 28, 600)
    # A pool that reads nothing but the input would be left in float.
    alive, read = ["image", g.layer("image", pick(rng, 8, 16))], {"image"}
    for _ in range(between(rng, 9, 13)):
        free = [v for v in alive if v not in read]
        x = free[-1] if is_tree or rng.integers(3) else alive[between(rng, 0, len(alive) - 1)]
        y = grow(g, rng, x, [v for v in (free if is_tree else alive) if v != x], read)
        read.add(x)
        alive.append(y)
    return g, [finish(g, rng, v) for v in alive if v not in read]


def grow(g, rng, x, others, read):
    channels, rows, columns = g.image(x)
    small = min(rows, columns) < 7
    around = [1] * 4 if small else pads(rng, 1)
    alike = [v for v in others if g.image(v)[1:] == [rows, columns]]
    choice = between(rng, 0, 11)
    if choice in (0, 1) and alike and channels < 60:
        other = alike[between(rng, 0, len(alike) - 1)]
        read.add(other)
        return g.concat([x, other])
    if choice == 2 and any(g.image(v)[0] == channels for v in alike):
        other = next(v for v in alike if g.image(v)[0] == channels)
        read.add(other)
        return g.add("Add", [x, other])
    if choice == 3 and not small:
        return g.pool(x, pick(rng, 2, 3), 2)
    if choice == 4:
        return g.pool(x, 3, 1, pads=[1] * 4)
    if choice == 5:
        return g.depthwise(x, pads=[1] * 4, relu=bool(rng.integers(2)))
    if choice == 6:
        return g.softmax(g.decided(x, pick(rng, 8, 16), 1, relu=False))
    if choice == 7 and not small:
        return g.layer(x, pick(rng, 16, 24), pick(rng, 3, 2, 1), strides=[2, pick(rng, 1, 2)])
    return g.layer(x, pick(rng, 16, 16, 20, 9), pick(rng, 3, 3, 1), relu=bool(rng.integers(4)), pads=around)


def finish(g, rng, x):
    channels, rows, columns = g.image(x)
    if rows * columns > 200 or rng.integers(4) == 0:
        return g.head(g.pool(x, min(4, rows, columns), 5), 7)
    return g.layer(x, 5, 1, relu=False)


def grown_tree(rng):
    return grown(rng, is_tree=True)
