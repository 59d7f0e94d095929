"""Fits a network on some rows of a table of samples and keeps the epoch best on others."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np
from sklearn.metrics import recall_score

from .checkpoint import Checkpoint, fingerprint
from .errors import InputError
from .networks import keras

PREDICTED_BATCH = 32
FINGERPRINT_ROWS = 256

# What a probability counts as at least: the loss of one certain mistake stays finite.
PROBABILITY_MIN = 1e-7


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn: the published patience and halving, our own batch."""

    epochs: int = 200
    batch: int = 16
    learning_rate: float = 1e-3
    patience: int = 20
    halve_after: int = 10
    gradient_norm_max: float = 1.0


class Fitted(NamedTuple):
    """A network with the weights of its best epoch, and a record of every epoch."""

    network: keras.Model
    history: list[dict]


class Standing(NamedTuple):
    """Where a fit stands after some epochs."""

    best: int | None
    learning_rate: float
    finished: bool


def standing(validation_losses, schedule):
    """Where a fit stands after epochs with these validation losses.

    The learning rate is halved after every `halve_after` epochs in a row that were no better than
    the best; after `patience` of them, or `epochs` in all, the fit is finished. A function of the
    history alone: a fit that is continued needs no other memory.
    """
    best, least, rate = None, math.inf, schedule.learning_rate
    stale = stale_at_this_rate = 0
    for epoch, loss in enumerate(validation_losses):
        stale, stale_at_this_rate = stale + 1, stale_at_this_rate + 1
        if loss < least:
            best, least, stale, stale_at_this_rate = epoch, loss, 0, 0
        if stale_at_this_rate >= schedule.halve_after:
            rate, stale_at_this_rate = rate / 2, 0
    finished = stale >= schedule.patience or len(validation_losses) >= schedule.epochs
    return Standing(best, rate, finished)


def predict(network, inputs):
    """The network's probabilities [n, classes] of all rows of its inputs, in their order.

    Rows are repeated to fill the last batch: XLA would compile once more for another size.
    """
    count = len(next(iter(inputs.values())))
    answers = [
        np.asarray(network.predict_on_batch(_batch(inputs, rows)))
        for rows in _batches(np.arange(count), PREDICTED_BATCH)
    ]
    return np.concatenate(answers)[:count] if answers else np.empty((0, network.output_shape[-1]))


def fit(
    network: keras.Model,
    inputs: dict[str, np.ndarray],
    classes: np.ndarray,
    weights: np.ndarray,
    *,
    training: np.ndarray,
    validation: np.ndarray,
    schedule: Schedule,
    seed: int,
    checkpoint: Path | None = None,
    report: Callable[[int, dict], None] = lambda epoch, record: None,
) -> Fitted:
    """Trains on some rows and returns the network with the weights of its best epoch.

    `inputs` has a table [n, ...] for each of the network's inputs by name, `classes` [n] and
    `weights` [n] (each row's share in the loss) belong to the same rows; `training` and
    `validation` are indices of them, and `training` may repeat rows. The best epoch has the least
    weighted cross-entropy on the validation rows. Everything follows from the network's weights,
    the rows and the seed.

    With a `checkpoint`, a folder, the same fit called again continues behind the last epoch that
    was finished, to the same result; a checkpoint of any other fit is discarded.
    `report(epoch, record)` is called after every epoch trained here, once that epoch is safe.
    """
    _require_rows(network, inputs, classes, training, validation)
    optimizer = keras.optimizers.Adam(
        schedule.learning_rate, global_clipnorm=schedule.gradient_norm_max
    )
    optimizer.build(network.trainable_variables)
    variables = [*network.variables, *optimizer.variables]
    kept = Checkpoint(
        checkpoint,
        lambda: fingerprint(
            {"schedule": asdict(schedule), "seed": seed, "layers": _layers(network)},
            [*network.get_weights(), training, validation, classes, weights],
            _portions(inputs, np.concatenate([training, validation])),
        ),
    )
    history, best_weights = kept.restore(variables) or ([], network.get_weights())
    step = _training_step(network, optimizer)
    held_out = {name: table[validation] for name, table in inputs.items()}
    while not (now := standing(_losses(history), schedule)).finished:
        optimizer.learning_rate = now.learning_rate
        epoch = len(history)
        order = np.random.default_rng([seed, epoch]).permutation(training)
        training_loss = _train_epoch(
            network, optimizer, step, training_batches(inputs, classes, weights, order, schedule)
        ) / float(weights[training].sum())
        probabilities = predict(network, held_out)
        record = {
            "epoch": epoch,
            "trainingLoss": training_loss,
            **_validation_figures(probabilities, classes[validation], weights[validation]),
            "learningRate": now.learning_rate,
        }
        _require_finite(record)
        history.append(record)
        if standing(_losses(history), schedule).best == epoch:
            best_weights = network.get_weights()
        kept.save(variables, history, best_weights)
        report(epoch, record)
    network.set_weights(best_weights)
    return Fitted(network, history)


def _losses(history):
    return [record["validationLoss"] for record in history]


def _require_rows(network, inputs, classes, training, validation):
    if len(training) == 0 or len(validation) == 0:
        raise InputError(
            f"{len(training)} rows to train on and {len(validation)} to choose the epoch by: "
            "each must be at least one"
        )
    names = {tensor.name for tensor in network.inputs}
    if set(inputs) != names:
        raise ValueError(f"inputs {sorted(inputs)}: the network has {sorted(names)}")
    used, count = classes[np.concatenate([training, validation])], network.output_shape[-1]
    if used.min() < 0 or used.max() >= count:
        raise ValueError(f"classes {used.min()}...{used.max()}: the network has {count}")


def _require_finite(record):
    for name, loss in record.items():
        if not math.isfinite(loss):
            raise InputError(
                f"{name} became {loss} in epoch {record['epoch']} at learning rate "
                f"{record['learningRate']:g}: expected a finite number; is every spectrum finite, "
                "and would a lower learning rate do?"
            )


def _layers(network):
    """What tells networks of the same weights apart: R from S, one dropout from another."""
    return [
        [type(layer).__name__, layer.name, str(getattr(layer, "rate", ""))]
        for layer in network.layers
    ]


def _batches(rows, size):
    """The rows in batches of one size; the last is filled up from the beginning."""
    filled = np.resize(rows, -(-len(rows) // size) * size)
    return filled.reshape(-1, size)


def _batch(inputs, rows):
    return {name: table[rows] for name, table in inputs.items()}


def _portions(inputs, rows):
    """The tables' rows, some at a time: tables may be larger than the memory that is free."""
    for name in sorted(inputs):
        for start in range(0, len(rows), FINGERPRINT_ROWS):
            yield inputs[name][rows[start : start + FINGERPRINT_ROWS]]


def training_batches(inputs, classes, weights, order, schedule):
    """Batches of inputs, classes and loss weights, the last filled up with rows of no weight.

    The weights of a batch are divided by its number of rows that count. Rows that fill up are
    rows of this epoch, because batch normalisation sees them too.
    """
    left = len(order)
    for rows in _batches(order, schedule.batch):
        counted = np.arange(schedule.batch) < left
        share = np.where(counted, weights[rows], 0) / min(left, schedule.batch)
        left -= schedule.batch
        yield _batch(inputs, rows), classes[rows], share.astype(np.float32), counted.sum()


def _training_step(network, optimizer):
    """One step of gradient descent, compiled: from a state and a batch to the next and the loss."""

    def loss(trainable, others, inputs, classes, weights):
        probabilities, others = network.stateless_call(trainable, others, inputs, training=True)
        targets = keras.ops.one_hot(classes, probabilities.shape[-1])
        losses = keras.losses.categorical_crossentropy(targets, probabilities)
        return (losses * weights).sum(), others

    @jax.jit
    def step(state, inputs, classes, weights):
        trainable, others, moments = state
        (value, others), gradients = jax.value_and_grad(loss, has_aux=True)(
            trainable, others, inputs, classes, weights
        )
        trainable, moments = optimizer.stateless_apply(moments, gradients, trainable)
        return (trainable, others, moments), value

    return step


def _train_epoch(network, optimizer, step, batches):
    """Trains one epoch; returns the sum of the rows' weighted losses."""
    groups = (
        network.trainable_variables,
        network.non_trainable_variables,
        optimizer.variables,
    )
    state = tuple([variable.value for variable in group] for group in groups)
    losses = []
    for inputs, classes, weights, counted in batches:
        state, loss = step(state, inputs, classes, weights)
        losses.append(loss * counted)
    for group, values in zip(groups, state, strict=True):
        for variable, value in zip(group, values, strict=True):
            variable.assign(value)
    return float(np.sum(losses, dtype=np.float64))


def _validation_figures(probabilities, classes, weights):
    chosen = np.maximum(probabilities[np.arange(len(classes)), classes], PROBABILITY_MIN)
    return {
        "validationLoss": float(np.average(-np.log(chosen), weights=weights)),
        "validationBalancedAccuracy": float(
            recall_score(
                classes,
                probabilities.argmax(axis=1),
                labels=np.unique(classes),
                average="macro",
                zero_division=0,
            )
        ),
    }
