"""The 3 x 3 convolution and 2 x 2 max-pooling of SpectraVGG, each as fast as its device allows."""

import jax
import jax.numpy as jnp
import keras
from jax import lax

LAYOUT = ("NHWC", "HWIO", "NHWC")


def on_cpu():
    """Whether jax computes on a CPU, where XLA needs what is written below."""
    return jax.default_backend() == "cpu"


def plain_convolution(images, kernel):
    """3 x 3 "valid" convolution as XLA offers it: images [n, h, w, in], kernel [3, 3, in, out]."""
    return lax.conv_general_dilated(images, kernel, (1, 1), "VALID", dimension_numbers=LAYOUT)


@jax.custom_vjp
def cpu_convolution(images, kernel):
    """The same convolution, written for XLA on a CPU: three times faster than plainly said.

    XLA's padded convolution is several times faster there than its "valid" one, so the border is
    computed and cut off. Its gradient with respect to the kernel is a convolution with an enormous
    kernel; the matrix product below stays in the cache because it goes image by image.
    """
    padded = lax.conv_general_dilated(images, kernel, (1, 1), "SAME", dimension_numbers=LAYOUT)
    return padded[:, 1:-1, 1:-1]


def _forward(images, kernel):
    return cpu_convolution(images, kernel), (images, kernel)


def _backward(saved, gradient):
    images, kernel = saved
    flipped = kernel[::-1, ::-1].transpose(0, 1, 3, 2)
    image_gradient = lax.conv_general_dilated(
        gradient, flipped, (1, 1), [(2, 2), (2, 2)], dimension_numbers=LAYOUT
    )
    height, width, channels = gradient.shape[1:]

    def add_image(total, image_and_gradient):
        image, image_gradient = image_and_gradient
        neighbours = jnp.concatenate(
            [image[y : y + height, x : x + width] for y in range(3) for x in range(3)], axis=-1
        )
        rows = neighbours.reshape(height * width, -1)
        return total + rows.T @ image_gradient.reshape(height * width, channels), None

    zero = jnp.zeros((kernel.size // channels, channels), kernel.dtype)
    kernel_gradient, _ = lax.scan(add_image, zero, (images, gradient))
    return image_gradient, kernel_gradient.reshape(kernel.shape)


cpu_convolution.defvjp(_forward, _backward)


class Convolution(keras.layers.Layer):
    """3 x 3 convolution without bias: batch normalisation follows and brings one."""

    def __init__(self, channels, kernel_initializer="he_normal", **arguments):
        super().__init__(**arguments)
        self.channels = channels
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, shape):
        """Makes the kernel [3, 3, in, out]."""
        self.kernel = self.add_weight(
            shape=(3, 3, shape[-1], self.channels),
            initializer=self.kernel_initializer,
            name="kernel",
        )

    def call(self, images):
        """Convolves images [n, h, w, in] to [n, h - 2, w - 2, out]."""
        convolution = cpu_convolution if on_cpu() else plain_convolution
        return convolution(images, jnp.asarray(self.kernel.value))

    def compute_output_shape(self, shape):
        """The shape without its border of one pixel."""
        return (shape[0], shape[1] - 2, shape[2] - 2, self.channels)


class HalvingMaximum(keras.layers.Layer):
    """2 x 2 max-pooling of maps with even sides.

    On a CPU it is three maxima of the four quarters, whose gradient is ten times faster there.
    """

    def call(self, maps):
        """Halves maps [n, h, w, channels]."""
        if not on_cpu():
            return keras.ops.max_pool(maps, 2, strides=2)
        top = jnp.maximum(maps[:, ::2, ::2], maps[:, ::2, 1::2])
        bottom = jnp.maximum(maps[:, 1::2, ::2], maps[:, 1::2, 1::2])
        return jnp.maximum(top, bottom)

    def compute_output_shape(self, shape):
        """Half the height and width."""
        return (shape[0], shape[1] // 2, shape[2] // 2, shape[3])
