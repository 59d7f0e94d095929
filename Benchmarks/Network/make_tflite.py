#!/usr/bin/env python3
"""Makes the networks of make_models.py again, as int8 TensorFlow Lite files.

    python make_tflite.py FOLDER

Beside NAME.tflite goes NAME.tflite.json: the scales of the inputs and of the output, by rank.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from spectra_vgg import AUX_COUNT, CLASS_COUNT, HIDDEN_COUNTS, VARIANTS  # noqa: E402


def keras_model(variant, weights):
    """The network with its weights, for one image [size, size, 3] and the auxiliary values."""
    layers = tf.keras.layers
    size = variant.image_size
    image = tf.keras.Input((size, size, 3), batch_size=1, name="image")
    aux = tf.keras.Input((AUX_COUNT,), batch_size=1, name="aux")
    last = image
    for index, layer in enumerate(variant.convolutions):
        activation = variant.activation.lower()
        last = layers.Conv2D(layer.outputs, 3, activation=activation, name=f"conv{index}")(last)
        last = layers.MaxPooling2D(2)(last) if layer.is_pooled else last
    hidden = aux
    for index, count in enumerate(HIDDEN_COUNTS):
        hidden = layers.Dense(count, activation="relu", name=f"dense{index}")(hidden)
    joined = layers.Concatenate()([hidden, layers.Flatten()(last)])
    result = layers.Dense(CLASS_COUNT, activation="softmax", name="dense2")(joined)
    model = tf.keras.Model([image, aux], result)
    for layer in model.layers:
        if f"{layer.name}.weight" in weights:
            kernel = weights[f"{layer.name}.weight"]
            kernel = kernel.transpose(2, 3, 1, 0) if kernel.ndim == 4 else kernel
            layer.set_weights([kernel, weights[f"{layer.name}.bias"]])
    return model


def export(variant, model, folder):
    """Writes the model for a batch of exactly one: left open, it would cost the runtimes nodes."""
    size = variant.image_size
    signature = [
        tf.TensorSpec([1, size, size, 3], name="image"), tf.TensorSpec([1, AUX_COUNT], name="aux"),
    ]
    model.export(folder, verbose=False, input_signature=[signature])


def converted(variant, model, images, aux):
    """The int8 file's bytes; inputs and output are int8 too."""
    size = variant.image_size

    def calibration():
        for index in range(len(images)):
            image = images[index : index + 1, :, :size, :size].transpose(0, 2, 3, 1)
            yield {"image": np.ascontiguousarray(image), "aux": aux[index : index + 1]}

    with tempfile.TemporaryDirectory() as saved:
        export(variant, model, saved)
        converter = tf.lite.TFLiteConverter.from_saved_model(saved)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = calibration
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
        return converter.convert()


def scales(content):
    """Scale and zero point of the image (rank 4), the auxiliary values (2) and the output."""
    interpreter = tf.lite.Interpreter(model_content=content)
    by_rank = {len(d["shape"]): d["quantization"] for d in interpreter.get_input_details()}
    output = interpreter.get_output_details()[0]["quantization"]
    return {"image": by_rank[4], "aux": by_rank[2], "output": output}


def main():
    folder = Path(sys.argv[1])
    inputs = np.load(folder / "calibration.npz")
    for variant in VARIANTS:
        print(f"bench-network: making {variant.name}.tflite", file=sys.stderr)
        weights = np.load(folder / f"{variant.name.removesuffix('76')}.npz")
        model = keras_model(variant, weights)
        content = converted(variant, model, inputs["image"], inputs["aux"])
        (folder / f"{variant.name}.tflite").write_bytes(content)
        (folder / f"{variant.name}.tflite.json").write_text(json.dumps(scales(content)))


if __name__ == "__main__":
    main()
