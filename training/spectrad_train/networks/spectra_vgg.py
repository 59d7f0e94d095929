"""SpectraVGG: the two-input network of the published method, with ReLU, at a chosen width."""

import jax
import jax.numpy as jnp
import keras
from jax import lax

# The last max-pooling drops a row and a column, and so on upwards: of the 85 x 85 image only the
# first 76 rows and columns reach the output. Training on that region gives the same network.
TRAINED_REGION = 76

PUBLISHED_WIDTHS = (64, 128, 64, 64, 128, 128, 256, 256)
PUBLISHED_META_WIDTHS = (32, 64)


LAYOUT = ("NHWC", "HWIO", "NHWC")


@jax.custom_vjp
def convolve(images, kernel):
    """3 x 3 "valid" convolution, written for XLA on a CPU: three times faster than plainly said.

    XLA's padded convolution is several times faster there than its "valid" one, so the border is
    computed and cut off. Its gradient with respect to the kernel is a convolution with an enormous
    kernel; the matrix products below stay in the cache because they go image by image.
    """
    padded = lax.conv_general_dilated(images, kernel, (1, 1), "SAME", dimension_numbers=LAYOUT)
    return padded[:, 1:-1, 1:-1]


def _convolve_forward(images, kernel):
    return convolve(images, kernel), (images, kernel)


def _convolve_backward(saved, gradient):
    images, kernel = saved
    flipped = kernel[::-1, ::-1].transpose(0, 1, 3, 2)
    image_gradient = lax.conv_general_dilated(
        gradient, flipped, (1, 1), [(2, 2), (2, 2)], dimension_numbers=LAYOUT
    )
    height, width, channels = gradient.shape[1:]

    def add_image(total, image_and_gradient):
        image, image_gradient = image_and_gradient
        rows = image_gradient.reshape(-1, channels)
        products = [
            image[y : y + height, x : x + width].reshape(-1, image.shape[-1]).T @ rows
            for y in range(3)
            for x in range(3)
        ]
        return total + jnp.stack(products), None

    zero = jnp.zeros((9, *kernel.shape[2:]), kernel.dtype)
    kernel_gradient, _ = lax.scan(add_image, zero, (images, gradient))
    return image_gradient, kernel_gradient.reshape(kernel.shape)


convolve.defvjp(_convolve_forward, _convolve_backward)


@keras.saving.register_keras_serializable("spectrad")
class Convolution(keras.layers.Layer):
    """3 x 3 convolution without bias: batch normalisation follows and brings one."""

    def __init__(self, channels, **arguments):
        super().__init__(**arguments)
        self.channels = channels

    def build(self, shape):
        self.kernel = self.add_weight(
            shape=(3, 3, shape[-1], self.channels), initializer="he_normal", name="kernel"
        )

    def call(self, images):
        return convolve(images, jnp.asarray(self.kernel.value))

    def compute_output_shape(self, shape):
        return (shape[0], shape[1] - 2, shape[2] - 2, self.channels)

    def get_config(self):
        return {**super().get_config(), "channels": self.channels}


@keras.saving.register_keras_serializable("spectrad")
class HalvingMaximum(keras.layers.Layer):
    """2 x 2 max-pooling of even-sized maps as three maxima: its gradient is ten times faster."""

    def call(self, maps):
        top = jnp.maximum(maps[:, ::2, ::2], maps[:, ::2, 1::2])
        bottom = jnp.maximum(maps[:, 1::2, ::2], maps[:, 1::2, 1::2])
        return jnp.maximum(top, bottom)

    def compute_output_shape(self, shape):
        return (shape[0], shape[1] // 2, shape[2] // 2, shape[3])


def spectra_vgg(width_divisor=4, class_count=3, dropout=0.25):
    """Builds the network: inputs image [76, 76, 3] and meta [7], output class probabilities."""
    image = keras.Input((TRAINED_REGION, TRAINED_REGION, 3), name="image")
    maps = image
    for index, width in enumerate(PUBLISHED_WIDTHS):
        maps = Convolution(width // width_divisor, name=f"convolution{index}")(maps)
        maps = keras.layers.BatchNormalization(momentum=0.9, name=f"normalisation{index}")(maps)
        maps = keras.layers.ReLU()(maps)
        if index % 2 == 1:
            maps = HalvingMaximum()(maps)
    features = keras.layers.Flatten()(maps)
    meta = keras.Input((7,), name="meta")
    facts = meta
    for index, width in enumerate(PUBLISHED_META_WIDTHS):
        facts = keras.layers.Dense(width, activation="relu", name=f"meta{index}")(facts)
    joined = keras.layers.Concatenate()([facts, features])
    joined = keras.layers.Dropout(dropout)(joined)
    output = keras.layers.Dense(class_count, activation="softmax", name="classes")(joined)
    return keras.Model([image, meta], output)
