"""The networks that the workshop fits: keras, with jax to compute."""

import os

# keras reads this once, when it is first imported.
os.environ["KERAS_BACKEND"] = "jax"

import keras  # noqa: E402

__all__ = ["keras"]
