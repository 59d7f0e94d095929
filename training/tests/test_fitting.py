"""Fitting: the schedule against keras, the result against scikit-learn, and interruptions."""

from dataclasses import replace

import jax
import numpy as np
import pytest
from jax.experimental.compilation_cache import compilation_cache
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from spectrad_train import fitting
from spectrad_train.errors import InputError
from spectrad_train.fitting import Schedule, fit, predict, standing, training_batches
from spectrad_train.networks import keras
from spectrad_train.networks.initial import InitialWeights

SEED = 20262
POINTS = 12
COUNT = 70


def table(seed=SEED):
    """Spectra [COUNT, POINTS, 1] of three classes that a network can tell apart, and weights."""
    random = np.random.default_rng(seed)
    classes = np.arange(COUNT) % 3
    spectra = random.normal(size=(COUNT, POINTS, 1))
    spectra[np.arange(COUNT), 2 + 3 * classes, 0] += 1.5
    return {"spectrum": spectra}, classes, random.uniform(0.5, 2, COUNT)


def fitted(schedule, seed=3, network=None, **changes):
    inputs, classes, weights = table()
    arguments = {"inputs": inputs, "classes": classes, "weights": weights}
    arguments |= {"training": np.arange(50), "validation": np.arange(50, COUNT)} | changes
    network = network or dropping_network()
    return fit(network, **arguments, schedule=schedule, seed=seed)


def linear_network(points=POINTS, seed=0):
    return small_network([], points, seed)


def dropping_network(dropout=0.25, seed=0):
    """A network with all kinds of state that a checkpoint must hold."""
    dropping = keras.layers.Dropout(dropout, seed=seed, name="dropout")
    return small_network(
        [keras.layers.BatchNormalization(name="normalisation"), dropping], seed=seed
    )


def small_network(layers, points=POINTS, seed=0):
    spectrum = keras.Input((points, 1), name="spectrum")
    features = keras.layers.Flatten(name="flat")(spectrum)
    for layer in layers:
        features = layer(features)
    start = InitialWeights(seed).glorot_uniform
    classes = keras.layers.Dense(3, "softmax", kernel_initializer=start, name="classes")
    return keras.Model({"spectrum": spectrum}, classes(features), name="small")


def keras_standing(losses, schedule):
    """Best epoch, next learning rate and end as keras's own callbacks find them."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(schedule.learning_rate))
    stopping = keras.callbacks.EarlyStopping("loss", patience=schedule.patience, mode="min")
    halving = keras.callbacks.ReduceLROnPlateau(
        "loss", 0.5, schedule.halve_after, mode="min", min_delta=0
    )
    for callback in (stopping, halving):
        callback.set_model(model)
        callback.on_train_begin()
    for epoch, loss in enumerate(losses):
        stopping.on_epoch_end(epoch, {"loss": loss})
        halving.on_epoch_end(epoch, {"loss": loss})
    finished = model.stop_training or len(losses) == schedule.epochs
    return stopping.best_epoch, float(model.optimizer.learning_rate), finished


@pytest.mark.parametrize("seed", range(12))
def test_the_schedule_is_that_of_keras_callbacks(seed):
    random = np.random.default_rng(seed)
    schedule = Schedule(epochs=25, patience=9, halve_after=3, learning_rate=0.5)
    losses = []
    while not (found := standing(losses, schedule)).finished:
        losses.append(1 / (1 + len(losses)) ** 0.3 + random.normal() * 0.2)
        expected = keras_standing(losses, schedule)
        assert tuple(standing(losses, schedule)) == expected, f"seed {seed}, {losses}"
    assert found.best == np.argmin(losses)


def test_a_weighted_fit_of_a_linear_network_is_weighted_logistic_regression():
    random = np.random.default_rng(SEED)
    _, classes, weights = table()
    spectra, rows = random.normal(size=(COUNT, 3)), np.arange(50)
    network, _ = fitted(
        Schedule(epochs=150, batch=64, learning_rate=0.05, patience=150, halve_after=40),
        network=linear_network(points=3),
        inputs={"spectrum": spectra[..., np.newaxis]},
        validation=rows,
    )
    oracle = LogisticRegression(C=np.inf, max_iter=1000)
    oracle.fit(spectra[rows], classes[rows], sample_weight=weights[rows])
    np.testing.assert_allclose(
        predict(network, {"spectrum": spectra[..., np.newaxis]}),
        oracle.predict_proba(spectra),
        atol=0.002,
        err_msg=f"seed {SEED}",
    )


def test_the_losses_are_the_weighted_means_over_the_rows():
    inputs, classes, weights = table()
    network = linear_network()
    probabilities = predict(network, inputs)
    training, validation = np.arange(37), np.arange(37, COUNT)
    _, (record,) = fitted(
        Schedule(epochs=1, learning_rate=0.0),
        network=network,
        training=training,
        validation=validation,
    )
    for name, rows in (("trainingLoss", training), ("validationLoss", validation)):
        expected = log_loss(classes[rows], probabilities[rows], sample_weight=weights[rows])
        assert record[name] == pytest.approx(expected, rel=1e-5)


def test_what_is_kept_is_the_average_of_the_weights_of_all_steps(tmp_path):
    schedule = Schedule(epochs=30, batch=64, learning_rate=0.05, patience=30, averaging=0.8)
    network = dropping_network()
    count = len(network.variables)
    average = [np.array(weight) for weight in network.get_weights()]
    averages = []

    def follow(step, _):
        nonlocal average
        # One step an epoch: the file holds the weights of each.
        with np.load(tmp_path / "fit.npz") as file:
            values = [file[f"variable{index}"] for index in range(count)]
        kept = min(0.8, (1 + step) / (10 + step))
        weights = [value for value in values if value.dtype == np.float32]
        average = [kept * a + (1 - kept) * w for a, w in zip(average, weights, strict=True)]
        averages.append(average)

    network, history = fitted(schedule, network=network, checkpoint=tmp_path, report=follow)
    assert len(averages) == len(history)
    for found, expected in zip(network.get_weights(), averages[-1], strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_a_share_of_zero_keeps_the_weights_of_the_epoch(tmp_path):
    schedule = Schedule(epochs=1, averaging=0.0)
    network = fitted(schedule, network=dropping_network(), checkpoint=tmp_path).network
    with np.load(tmp_path / "fit.npz") as file:
        values = [file[f"variable{index}"] for index in range(len(network.variables))]
    weights = [value for value in values if value.dtype == np.float32]
    for found, expected in zip(network.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_last_batch_is_filled_up_with_rows_of_no_weight():
    inputs, classes, weights = table()
    order = np.arange(37)[::-1]
    batches = list(training_batches(inputs, classes, weights, order, Schedule(batch=16)))
    assert [counted for *_, counted in batches] == [16, 16, 5]
    rows, _, shares, _ = batches[-1]
    np.testing.assert_array_equal(rows["spectrum"][:5], inputs["spectrum"][order[32:]])
    np.testing.assert_array_equal(rows["spectrum"][5:], inputs["spectrum"][order[:11]])
    np.testing.assert_allclose(shares[:5], weights[order[32:]] / 5, rtol=1e-6)
    assert not shares[5:].any()


def test_halving_the_rate_and_a_last_batch_compile_nothing_anew(monkeypatch):
    steps, original = [], fitting._training_step

    def remembered(*arguments):
        steps.append(original(*arguments))
        return steps[-1]

    monkeypatch.setattr(fitting, "_training_step", remembered)
    schedule = Schedule(epochs=9, halve_after=1, learning_rate=0.5)
    history = fitted(schedule, network=linear_network()).history
    assert history[-1]["learningRate"] < history[0]["learningRate"]
    assert steps[0]._cache_size() == 1


def test_a_second_fit_of_the_same_kind_finds_everything_in_the_compilation_cache(tmp_path):
    # jax opens its cache once: another test may have opened that of the command line.
    compilation_cache.reset_cache()
    jax.config.update("jax_compilation_cache_dir", str(tmp_path))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    try:
        entries = []
        for seed in (1, 2):
            network = dropping_network(seed=seed)
            fitted(Schedule(epochs=1), seed=seed, network=network, training=np.arange(40 + seed))
            entries.append({file.name for file in tmp_path.iterdir() if "atime" not in file.name})
    finally:
        jax.config.update("jax_compilation_cache_dir", None)
        compilation_cache.reset_cache()
    assert entries[0], "nothing was cached"
    assert entries[1] == entries[0]


def test_without_averaging_the_best_epoch_is_kept_and_a_stale_fit_ends():
    inputs, classes, weights = table()
    schedule = Schedule(epochs=60, learning_rate=0.2, patience=4, averaging=0.0)
    network, history = fitted(schedule, network=linear_network())
    losses = [record["validationLoss"] for record in history]
    assert len(history) < 60
    assert np.argmin(losses) == len(losses) - 5
    rows = np.arange(50, COUNT)
    found = log_loss(
        classes[rows],
        predict(network, {"spectrum": inputs["spectrum"][rows]}),
        sample_weight=weights[rows],
    )
    assert found == pytest.approx(min(losses), rel=1e-5)


class StoppedError(Exception):
    """Raised in place of whatever stops a fit in real life."""


def same_weights(first, second):
    pairs = zip(first.get_weights(), second.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("averaging", [0.0, 0.98])
def test_a_fit_that_was_interrupted_ends_in_the_same_bits(averaging, tmp_path):
    epochs = []
    schedule = Schedule(epochs=9, learning_rate=0.02, halve_after=1, averaging=averaging)
    whole = fitted(schedule)

    def fitted_until(last):
        def report(epoch, record):
            epochs.append(epoch)
            if epoch == last:
                raise StoppedError

        return fitted(schedule, checkpoint=tmp_path, report=report)

    for last in (0, 4):
        with pytest.raises(StoppedError):
            fitted_until(last)
    for _ in ("resumed", "finished already"):
        resumed = fitted_until(None)
        assert epochs == list(range(9))
        assert resumed.history == whole.history
        assert same_weights(resumed.network, whole.network)


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 4},
        {"schedule": replace(Schedule(epochs=1), batch=8)},
        {"training": np.arange(1, 50)},
        {"validation": np.arange(51, COUNT)},
        {"weights": np.ones(COUNT)},
        {"inputs": table(seed=7)[0]},
        {"network": dropping_network(seed=9)},
        {"network": dropping_network(dropout=0.2)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_checkpoint_of_another_fit_is_not_taken(tmp_path, changes):
    epochs = []

    def count(epoch, record):
        epochs.append(epoch)

    first = {"schedule": Schedule(epochs=1), "checkpoint": tmp_path, "report": count}
    fitted(**first)
    fitted(**first | changes)
    assert epochs == [0, 0]


@pytest.mark.parametrize("byte_count", [0, 1000])
def test_a_damaged_checkpoint_is_not_taken(tmp_path, byte_count):
    epochs = []

    def fit_once():
        fitted(
            Schedule(epochs=1),
            network=linear_network(),
            checkpoint=tmp_path,
            report=lambda epoch, record: epochs.append(epoch),
        )

    fit_once()
    file = tmp_path / "fit.npz"
    file.write_bytes(file.read_bytes()[:byte_count])
    fit_once()
    assert epochs == [0, 0]


def test_a_loss_that_is_no_number_says_so():
    inputs, _, _ = table()
    inputs["spectrum"][3] = np.nan
    with pytest.raises(InputError, match="trainingLoss became nan in epoch 0 at learning rate"):
        fitted(Schedule(epochs=2), network=linear_network(), inputs=inputs)


def test_no_rows_to_judge_by_are_refused():
    with pytest.raises(InputError, match="50 rows to train on and 0 to judge"):
        fitted(Schedule(epochs=1), validation=np.arange(0))


@pytest.mark.parametrize("count", [0, 1, 32, 33])
def test_predictions_come_in_the_rows_order_whatever_their_number(count):
    inputs, _, _ = table()
    network = dropping_network()
    found = predict(network, {"spectrum": inputs["spectrum"][:count]})
    expected = np.asarray(network(inputs))[:count]
    assert found.shape == (count, 3)
    np.testing.assert_allclose(found, expected, atol=1e-6)
