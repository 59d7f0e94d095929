"""Fits a network on some rows of a table of samples, for as long as it gains on others."""

import math
from collections.abc import Callable
from contextlib import contextmanager
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
    """How long and how fast to learn: the published patience and halving, our own batch.

    `averaging` is the share of itself that the moving average of the weights keeps at each step;
    what is judged, and at the end kept, is that average. With 0 there is none, and the weights of
    the best epoch are kept.
    """

    epochs: int = 200
    batch: int = 16
    learning_rate: float = 1e-3
    patience: int = 20
    halve_after: int = 10
    gradient_norm_max: float = 1.0
    averaging: float = 0.98


class Fitted(NamedTuple):
    """A network with the weights that are kept, and a record of every epoch."""

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
    """Trains on some rows and returns the network with the weights that are kept.

    `inputs` has a table [n, ...] for each of the network's inputs by name, `classes` [n] and
    `weights` [n] (each row's share in the loss) belong to the same rows; `training` and
    `validation` are indices of them, and `training` may repeat rows. The best epoch has the least
    weighted cross-entropy on the validation rows. Everything follows from the network's weights,
    the rows and the seed.

    With averaging it is the weights' moving average that is judged, and its last state that is
    kept (after Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992,
    but forgetting). With seven validation rows of a rare class the weights of one epoch answer
    quite unlike the next's, and which epoch looks best is chance.

    With a `checkpoint`, a folder, the same fit called again continues behind the last epoch that
    was finished, to the same result; a checkpoint of any other fit is discarded.
    `report(epoch, record)` is called after every epoch trained here, once that epoch is safe.
    """
    _require_rows(network, inputs, classes, training, validation)
    optimizer = keras.optimizers.Adam(
        schedule.learning_rate, global_clipnorm=schedule.gradient_norm_max
    )
    optimizer.build(network.trainable_variables)
    averages = _copies(network)
    variables = [*network.variables, *optimizer.variables, *averages]
    kept = Checkpoint(
        checkpoint,
        lambda: fingerprint(
            {"schedule": asdict(schedule), "seed": seed, "layers": _layers(network)},
            [*network.get_weights(), training, validation, classes, weights],
            _portions(inputs, np.concatenate([training, validation])),
        ),
    )
    history, kept_weights = kept.restore(variables) or ([], network.get_weights())
    step = _training_step(network, optimizer, schedule)
    held_out = {name: table[validation] for name, table in inputs.items()}
    while not (now := standing(_losses(history), schedule)).finished:
        optimizer.learning_rate = now.learning_rate
        epoch = len(history)
        order = np.random.default_rng([seed, epoch]).permutation(training)
        training_loss = _train_epoch(
            network,
            optimizer,
            averages,
            step,
            training_batches(inputs, classes, weights, order, schedule),
        ) / float(weights[training].sum())
        with _averaged(network, averages):
            probabilities = predict(network, held_out)
            judged_weights = network.get_weights()
        record = {
            "epoch": epoch,
            "trainingLoss": training_loss,
            **_validation_figures(probabilities, classes[validation], weights[validation]),
            "learningRate": now.learning_rate,
        }
        _require_finite(record)
        history.append(record)
        if schedule.averaging > 0 or standing(_losses(history), schedule).best == epoch:
            kept_weights = judged_weights
        kept.save(variables, history, kept_weights)
        report(epoch, record)
    network.set_weights(kept_weights)
    return Fitted(network, history)


def _losses(history):
    return [record["validationLoss"] for record in history]


def _require_rows(network, inputs, classes, training, validation):
    if len(training) == 0 or len(validation) == 0:
        raise InputError(
            f"{len(training)} rows to train on and {len(validation)} to judge by: "
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


def _training_step(network, optimizer, schedule):
    """One step of gradient descent, compiled: from a state and a batch to the next and the loss."""

    def loss(trainable, others, inputs, classes, weights):
        probabilities, others = network.stateless_call(trainable, others, inputs, training=True)
        targets = keras.ops.one_hot(classes, probabilities.shape[-1])
        losses = keras.losses.categorical_crossentropy(targets, probabilities)
        return (losses * weights).sum(), others

    def averaged(average, value, done):
        if not jax.numpy.issubdtype(value.dtype, jax.numpy.floating):
            return value  # The state of a dropout.
        # The first steps forget faster: an average must not remember the weights drawn at first.
        kept = jax.numpy.minimum(schedule.averaging, (1 + done) / (10 + done))
        return kept * average + (1 - kept) * value

    @jax.jit
    def step(state, inputs, classes, weights):
        trainable, others, moments, averages = state
        (value, others), gradients = jax.value_and_grad(loss, has_aux=True)(
            trainable, others, inputs, classes, weights
        )
        done = moments[0].astype("float32")
        trainable, moments = optimizer.stateless_apply(moments, gradients, trainable)
        averages = [
            averaged(*pair, done) for pair in zip(averages, [*trainable, *others], strict=True)
        ]
        return (trainable, others, moments, averages), value

    return step


def _train_epoch(network, optimizer, averages, step, batches):
    """Trains one epoch; returns the sum of the rows' weighted losses."""
    groups = (
        network.trainable_variables,
        network.non_trainable_variables,
        optimizer.variables,
        averages,
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


def _network_variables(network):
    """The network's variables, what is trained first: the order of its averages."""
    return [*network.trainable_variables, *network.non_trainable_variables]


def _copies(network):
    """Variables that begin as the network's."""
    return [
        keras.Variable(np.array(variable.value), dtype=variable.dtype, trainable=False)
        for variable in _network_variables(network)
    ]


@contextmanager
def _averaged(network, averages):
    """Lends the network its averages for as long as it is asked."""
    variables = _network_variables(network)
    own = [np.array(variable.value) for variable in variables]
    # Copies, because predicting gives the memory of the network's values to its compiled step.
    for variable, average in zip(variables, averages, strict=True):
        variable.assign(np.array(average.value))
    try:
        yield
    finally:
        for variable, value in zip(variables, own, strict=True):
            variable.assign(value)


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
