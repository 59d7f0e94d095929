"""A small network on the derivative spectrum: the cheap neighbour that SpectraVGG must beat."""

import keras

from ..errors import InputError
from .initial import InitialWeights

# Each convolution: its number of channels, its width in points, how far it steps.
CONVOLUTIONS = ((16, 7, 1), (32, 5, 2), (32, 5, 2))
POINTS_MIN = 8


def derivative_cnn(points, class_count, *, dropout=0.25, seed=0):
    """Builds the network with weights drawn from the seed.

    The input is `spectrum` [points, 1], standardised by the caller with the mean and deviation of
    the training rows; the output is [class_count] probabilities. 85 points and three classes make
    about 10,000 parameters.
    """
    if points < POINTS_MIN:
        raise InputError(
            f"the spectrum has {points} points: the derivative network needs at least {POINTS_MIN}"
        )
    initial = InitialWeights(seed)
    spectrum = keras.Input((points, 1), name="spectrum")
    features = spectrum
    for index, (channels, width, step) in enumerate(CONVOLUTIONS):
        features = keras.layers.Conv1D(
            channels,
            width,
            step,
            padding="same",
            use_bias=False,
            kernel_initializer=initial.he_normal,
            name=f"convolution{index}",
        )(features)
        normalisation = keras.layers.BatchNormalization(momentum=0.9, name=f"normalisation{index}")
        features = keras.layers.ReLU(name=f"activation{index}")(normalisation(features))
    # Where along the wavelengths a feature stands matters, so nothing is pooled away.
    features = keras.layers.Flatten(name="features")(features)
    features = keras.layers.Dropout(dropout, seed=initial.seed(), name="dropout")(features)
    output = keras.layers.Dense(
        class_count, "softmax", kernel_initializer=initial.glorot_uniform, name="classes"
    )(features)
    return keras.Model({"spectrum": spectrum}, output, name="derivative_cnn")
