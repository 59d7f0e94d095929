"""SpectraVGG, the network of the published method: image and meta-features to probabilities."""

from fractions import Fraction

import keras

from ..errors import InputError
from .convolution import Convolution, HalvingMaximum
from .initial import InitialWeights

PUBLISHED_WIDTHS = (64, 128, 64, 64, 128, 128, 256, 256)
PUBLISHED_META_WIDTHS = (32, 64)
IMAGE_CHANNELS = 3
META_FEATURES = 7
ACTIVATIONS = ("relu", "softmax")
STAGES = len(PUBLISHED_WIDTHS) // 2

# Two "valid" 3 x 3 convolutions stand before each max-pooling: they cut this much off a side.
CUT_PER_STAGE = 4


def output_side(side):
    """The side, in pixels, of the last maps that an image of this side leads to; 0 if none do."""
    for _ in range(STAGES):
        side = max(0, side - CUT_PER_STAGE) // 2
    return side


def trained_region(side):
    """How many rows and columns of an image of this side reach the network's output.

    Each max-pooling of an odd side drops a row and a column: of 85 pixels the first 76 count.
    Training on that region alone gives the same network for a fifth less work.
    """
    region = output_side(side)
    if region == 0:
        least = trained_region_of_output(1)
        raise InputError(
            f"the images are {side} pixels wide: SpectraVGG needs at least {least}, "
            "so the window must hold that many points"
        )
    return trained_region_of_output(region)


def trained_region_of_output(side):
    """The side of the least image whose last maps have this side."""
    for _ in range(STAGES):
        side = 2 * side + CUT_PER_STAGE
    return side


def network_images(images):
    """Images [n, 3, N, N] as the network reads them, [n, region, region, 3]: a view, no copy."""
    region = trained_region(images.shape[-1])
    return images[:, :, :region, :region].transpose(0, 2, 3, 1)


def scaled_widths(width):
    """The convolutions' numbers of channels at a fraction of the published width."""
    width = Fraction(width)
    channels = [published * width for published in PUBLISHED_WIDTHS]
    if width <= 0 or any(count.denominator != 1 for count in channels):
        raise InputError(
            f"width {width}: the published widths {PUBLISHED_WIDTHS} times this must be "
            "positive whole numbers, as with 1, 1/2, 1/4, 1/8"
        )
    return [int(count) for count in channels]


def spectra_vgg(
    side,
    class_count,
    *,
    activation="relu",
    width=Fraction(1, 4),
    meta=True,
    convolution_dropout=0.0,
    dropout=0.25,
    seed=0,
):
    """Builds the network with weights drawn from the seed.

    Inputs are `image` [region, region, 3] for images of the given side and, if `meta`, `meta` [7];
    the output is [class_count] probabilities. `activation` follows each convolution: "relu", or
    "softmax" over the channels as published. Batch normalisation, which the published network has
    not, stands before it and folds into the convolution when the network is exported; without it
    a softmax over channels does not begin to learn. The published dropout of 0.2 after each
    convolution is left out because it disturbs the statistics that batch normalisation keeps
    (Li et al., "Understanding the disharmony between dropout and batch normalization", 2019), and
    its random numbers cost a CPU as much as the convolutions.
    """
    if activation not in ACTIVATIONS:
        raise InputError(f"activation {activation!r}: expected one of {', '.join(ACTIVATIONS)}")
    region = trained_region(side)
    initial = InitialWeights(seed)
    image = keras.Input((region, region, IMAGE_CHANNELS), name="image")
    maps = image
    for index, channels in enumerate(scaled_widths(width)):
        maps = Convolution(channels, initial.he_normal, name=f"convolution{index}")(maps)
        maps = keras.layers.BatchNormalization(momentum=0.9, name=f"normalisation{index}")(maps)
        maps = _activation(activation, f"activation{index}")(maps)
        maps = _dropout(convolution_dropout, initial, f"dropout{index}")(maps)
        if index % 2 == 1:
            maps = HalvingMaximum(name=f"pool{index // 2}")(maps)
    inputs, features = {"image": image}, keras.layers.Flatten(name="features")(maps)
    if meta:
        facts = keras.Input((META_FEATURES,), name="meta")
        inputs["meta"] = facts
        for index, units in enumerate(PUBLISHED_META_WIDTHS):
            facts = _dense(units, "relu", initial.he_normal, f"meta{index}")(facts)
        features = keras.layers.Concatenate(name="joined")([facts, features])
    features = _dropout(dropout, initial, "dropout")(features)
    output = _dense(class_count, "softmax", initial.glorot_uniform, "classes")(features)
    return keras.Model(inputs, output, name="spectra_vgg")


def _activation(kind, name):
    return keras.layers.ReLU(name=name) if kind == "relu" else keras.layers.Softmax(name=name)


def _dropout(rate, initial, name):
    return keras.layers.Dropout(rate, seed=initial.seed(), name=name)


def _dense(units, activation, kernel, name):
    return keras.layers.Dense(units, activation, kernel_initializer=kernel, name=name)
