"""Every model of the report, fitted on some rows of a table and asked about all others."""

from dataclasses import dataclass

import numpy as np

from . import augmentation, baselines, export, fitting, quantization
from .ensemble import combined
from .folds import validation_split
from .imbalance import balance
from .networks.derivative_cnn import derivative_cnn
from .networks.spectra_vgg import spectra_vgg
from .workspace import seed_of

# Samples whose activations give the quantization its ranges.
CALIBRATION_SAMPLES = 200


@dataclass(frozen=True)
class Split:
    """Which rows a network learns from, how much each counts, and which say when to stop.

    `training` may hold rows behind the table's: augmented copies, made of training rows only.
    `weights` has an entry for every row, copies included.
    """

    training: np.ndarray
    validation: np.ndarray
    weights: np.ndarray
    copies: object


def split(samples, target, rows, choices, seed):
    """Splits `rows` by group into those to learn from and to judge by; balances the former.

    Returns a `Split` whose `copies` is a table of augmented samples, or None.
    """
    classes = samples.classes[target]
    training, validation = validation_split(
        classes, samples.groups, rows, choices.validation_share, seed
    )
    plan = balance(choices.imbalance, classes, training, seed)
    copies = None
    learned = plan.rows
    total = len(samples) + len(plan.copies)
    weights = np.ones(total)
    weights[plan.rows] = plan.weights
    if len(plan.copies):
        generator = np.random.default_rng(seed)
        medians = augmentation.augmented(
            samples.medians[plan.copies], samples.wavelengths_nanometres, generator
        )
        copies = samples.with_medians(medians, plan.copies)
        learned = np.concatenate([learned, np.arange(len(samples), total)])
        weights[len(samples) :] = plan.copy_weights
    return Split(learned, validation, weights, copies)


def fit_network(arrays, parts, choices, width, seed, checkpoint, report, *, schedule=None):
    """Fits SpectraVGG, by the folds' schedule if none is given; returns `fitting.Fitted`."""
    network = spectra_vgg(
        arrays.images.shape[-1],
        len(arrays.draft["targets"][0]["classes"]),
        activation=choices.activation,
        width=width,
        meta=choices.meta,
        convolution_dropout=choices.convolution_dropout,
        seed=seed,
    )
    return fitting.fit(
        network,
        arrays.network_inputs(meta=choices.meta),
        arrays.classes,
        parts.weights,
        training=parts.training,
        validation=parts.validation,
        schedule=schedule or choices.schedule,
        seed=seed,
        checkpoint=checkpoint,
        report=report,
    )


def quantized(network, arrays, rows, choices, path, seed):
    """Writes the network as int8, its ranges taken from some of `rows`."""
    class_names = arrays.draft["targets"][0]["classes"]
    model = export.float_model(network, arrays.images.shape[-1], class_names)
    generator = np.random.default_rng(seed)
    some = generator.choice(rows, min(CALIBRATION_SAMPLES, len(rows)), replace=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    quantization.quantize(model, path, arrays.onnx_inputs(np.sort(some), meta=choices.meta))


def network_answers(arrays, parts, held_out, choices, seed, folder, report):
    """Float and int8 probabilities of the held-out rows, and the course of the training."""
    fitted = fit_network(arrays, parts, choices, choices.fold_width, seed, folder, report)
    inputs = arrays.network_inputs(meta=choices.meta)
    answers = fitting.predict(fitted.network, {k: v[held_out] for k, v in inputs.items()})
    path = folder / "network.onnx"
    originals = parts.training[parts.training < len(arrays.classes)]
    quantized(fitted.network, arrays, originals, choices, path, seed)
    exact = quantization.probabilities(path, arrays.onnx_inputs(held_out, meta=choices.meta))
    return answers, combined([exact]), fitted.history


def derivative_cnn_answers(arrays, parts, held_out, choices, seed, report):
    """Probabilities of the held-out rows by the small network on the derivative spectrum."""
    inputs = arrays.spectrum_inputs(parts.training)
    network = derivative_cnn(
        arrays.derivative.shape[1], len(arrays.draft["targets"][0]["classes"]), seed=seed
    )
    fitted = fitting.fit(
        network,
        inputs,
        arrays.classes,
        parts.weights,
        training=parts.training,
        validation=parts.validation,
        schedule=choices.small_schedule,
        seed=seed,
        report=report,
    )
    return fitting.predict(fitted.network, {k: v[held_out] for k, v in inputs.items()})


BASELINES = {"plsDA": baselines.pls_da, "lda": baselines.lda, "majority": baselines.majority}


def baseline_answers(name, samples, target, rows, held_out, seed):
    """Probabilities of the held-out rows by a model without a network, on SNV medians."""
    return BASELINES[name](
        samples.medians,
        samples.classes[target],
        samples.groups,
        training=rows,
        held_out=held_out,
        class_count=len(samples.class_names[target]),
        seed=seed_of(seed, name),
    )


def history_arrays(history):
    """The course of a training as arrays that a workspace can keep."""
    return {f"history.{key}": np.array([record[key] for record in history]) for key in history[0]}


def history_records(arrays):
    """The course of a training as a list of records, one per epoch."""
    columns = {
        key.removeprefix("history."): values.tolist()
        for key, values in arrays.items()
        if key.startswith("history.")
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
