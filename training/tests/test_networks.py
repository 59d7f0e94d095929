"""The networks: shapes against arithmetic by hand, fast layers against plain ones."""

from fractions import Fraction
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from spectrad_train.errors import InputError
from spectrad_train.networks import convolution
from spectrad_train.networks.convolution import (
    Convolution,
    HalvingMaximum,
    cpu_convolution,
    plain_convolution,
)
from spectrad_train.networks.derivative_cnn import derivative_cnn
from spectrad_train.networks.initial import InitialWeights
from spectrad_train.networks.spectra_vgg import (
    network_images,
    output_side,
    spectra_vgg,
    trained_region,
)

SEED = 20261


@pytest.mark.parametrize(
    ("side", "region", "output"),
    [(76, 76, 1), (85, 76, 1), (91, 76, 1), (92, 92, 2), (107, 92, 2), (108, 108, 3)],
)
def test_the_region_that_counts_is_what_the_poolings_keep(side, region, output):
    assert (trained_region(side), output_side(side)) == (region, output)


@pytest.mark.parametrize("side", [0, 3, 75])
def test_an_image_too_small_for_four_poolings_is_refused(side):
    with pytest.raises(InputError, match=f"{side} pixels wide.* at least 76"):
        trained_region(side)


def test_network_images_are_the_region_with_channels_last_and_no_copy():
    images = np.arange(2 * 3 * 85 * 85, dtype=np.float32).reshape(2, 3, 85, 85)
    region = network_images(images)
    assert region.shape == (2, 76, 76, 3)
    assert region[1, 75, 2, 0] == images[1, 0, 75, 2]
    assert region.base is not None


def test_the_fast_convolution_and_its_gradients_are_the_plain_ones():
    random = np.random.default_rng(SEED)
    images = jnp.asarray(random.normal(size=(3, 9, 11, 4)), dtype=jnp.float32)
    kernel = jnp.asarray(random.normal(size=(3, 3, 4, 5)), dtype=jnp.float32)
    direction = jnp.asarray(random.normal(size=(3, 7, 9, 5)), dtype=jnp.float32)

    def along(layer):
        return lambda images, kernel: (layer(images, kernel) * direction).sum()

    fast, plain = (
        jax.value_and_grad(along(layer), argnums=(0, 1))(images, kernel)
        for layer in (cpu_convolution, plain_convolution)
    )
    for ours, theirs in zip(jax.tree.leaves(fast), jax.tree.leaves(plain), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4, err_msg=f"seed {SEED}")


def test_halving_takes_the_greatest_of_each_four_pixels():
    maps = np.random.default_rng(SEED).normal(size=(2, 6, 4, 3)).astype(np.float32)
    expected = maps.reshape(2, 3, 2, 2, 2, 3).max(axis=(2, 4))
    np.testing.assert_array_equal(HalvingMaximum()(maps), expected, err_msg=f"seed {SEED}")


def test_the_layers_answer_the_same_where_jax_computes_on_something_else(monkeypatch):
    layers = [Convolution(4, InitialWeights(SEED).he_normal), HalvingMaximum()]
    maps = np.random.default_rng(SEED).normal(size=(2, 8, 6, 3)).astype(np.float32)

    def answer():
        return np.asarray(layers[1](layers[0](maps)))

    on_cpu = answer()
    monkeypatch.setattr(convolution, "on_cpu", lambda: False)
    np.testing.assert_allclose(answer(), on_cpu, atol=1e-5, err_msg=f"seed {SEED}")


def test_the_published_width_has_the_published_number_of_weights():
    network = spectra_vgg(85, 3, width=1)
    pairs = [(3, 64), (64, 128), (128, 64), (64, 64), (64, 128), (128, 128), (128, 256)]
    kernels = 9 * sum(a * b for a, b in [*pairs, (256, 256)])
    normalisations = 4 * (64 + 128 + 64 + 64 + 128 + 128 + 256 + 256)
    dense = (7 * 32 + 32) + (32 * 64 + 64) + (320 * 3 + 3)
    assert network.count_params() == kernels + normalisations + dense


@pytest.mark.parametrize("activation", ["relu", "softmax"])
def test_the_activation_follows_every_convolution(activation):
    network = spectra_vgg(76, 2, activation=activation, width=Fraction(1, 16))
    for index in range(8):
        source = network.get_layer(f"activation{index}")
        assert source.input is network.get_layer(f"normalisation{index}").output
        values = np.asarray(source(np.array([[-1.0, 2.0, 0.5]], dtype=np.float32)))
        expected = {
            "relu": [0, 2, 0.5],
            "softmax": np.exp([-1, 2, 0.5]) / np.exp([-1, 2, 0.5]).sum(),
        }
        np.testing.assert_allclose(values[0], expected[activation], rtol=1e-5)


def test_a_network_of_one_input_reads_the_image_alone():
    network = spectra_vgg(85, 4, width=Fraction(1, 8), meta=False)
    assert [tensor.name for tensor in network.inputs] == ["image"]
    assert network.output_shape == (None, 4)


@pytest.mark.parametrize(
    "build", [partial(spectra_vgg, 76, 3, width=Fraction(1, 16)), partial(derivative_cnn, 85, 3)]
)
def test_the_seed_alone_draws_the_weights(build):
    first, again, other = (build(seed=seed).get_weights() for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    kernels = [index for index, weight in enumerate(first) if weight.ndim > 1]
    assert not any(np.array_equal(first[index], other[index]) for index in kernels)


@pytest.mark.parametrize("width", [Fraction(1, 3), 0, Fraction(-1, 4), Fraction(1, 128)])
def test_a_width_that_leaves_no_whole_channels_is_refused(width):
    with pytest.raises(InputError, match="whole numbers"):
        spectra_vgg(85, 3, width=width)


def test_an_unknown_activation_is_refused():
    with pytest.raises(InputError, match="'tanh': expected one of relu, softmax"):
        spectra_vgg(85, 3, activation="tanh")


def test_the_derivative_network_is_small():
    network = derivative_cnn(85, 3)
    assert [(tensor.name, tensor.shape) for tensor in network.inputs] == [
        ("spectrum", (None, 85, 1))
    ]
    assert network.output_shape == (None, 3)
    assert 5_000 <= network.count_params() <= 20_000


def test_a_spectrum_of_a_few_points_is_refused():
    with pytest.raises(InputError, match="has 7 points"):
        derivative_cnn(7, 3)
