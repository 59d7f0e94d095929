"""Fits the network of one target and keeps its best epoch."""

import math

import keras
import numpy as np
from sklearn.metrics import balanced_accuracy_score
from sklearn.utils.class_weight import compute_class_weight

from .network import spectra_vgg

BATCH = 16
PREDICTED_BATCH = 32
LEARNING_RATE = 1e-3
GRADIENT_NORM_MAX = 1.0


def predict(network, images, meta):
    """The network's probabilities of all samples.

    Samples are repeated to fill the last batch: XLA compiles once more for every other size.
    """
    rows = np.resize(np.arange(len(images)), -(-len(images) // PREDICTED_BATCH) * PREDICTED_BATCH)
    answers = network.predict(
        [images[rows], meta[rows]], batch_size=PREDICTED_BATCH, verbose=0
    )
    return answers[: len(images)]


class BestEpoch(keras.callbacks.Callback):
    """Keeps the weights of the epoch with the least class-weighted validation loss."""

    def __init__(self, images, meta, classes, weights, report):
        super().__init__()
        self.images, self.meta, self.classes, self.report = images, meta, classes, report
        self.weights = np.array([weights[index] for index in classes])
        self.least, self.kept = np.inf, None

    def on_epoch_end(self, epoch, logs=None):
        probabilities = predict(self.model, self.images, self.meta)
        chosen = probabilities[np.arange(len(self.classes)), self.classes]
        loss = -np.average(np.log(np.maximum(chosen, 1e-12)), weights=self.weights)
        accuracy = balanced_accuracy_score(self.classes, probabilities.argmax(axis=1))
        if loss < self.least:
            self.least, self.kept = loss, self.model.get_weights()
        self.report(epoch, logs["loss"], loss, accuracy)

    def on_train_end(self, logs=None):
        self.model.set_weights(self.kept)


def fit(images, meta, classes, training, validation, epochs, seed, report):
    """Trains on some rows, chooses the epoch on others, returns the network.

    `images` are [samples, 76, 76, 3]. Class weights make up for rare classes. The learning rate
    falls along a cosine; it is set from outside so that all fits share one compiled step.
    """
    keras.utils.set_random_seed(seed)
    network = spectra_vgg()
    present = np.unique(classes[training])
    weights = dict(
        zip(present, compute_class_weight("balanced", classes=present, y=classes[training]))
    )
    network.compile(
        keras.optimizers.Adam(LEARNING_RATE, clipnorm=GRADIENT_NORM_MAX),
        "categorical_crossentropy",
    )
    whole_batches = training[: len(training) // BATCH * BATCH]
    network.fit(
        [images[whole_batches], meta[whole_batches]],
        keras.utils.to_categorical(classes[whole_batches], 3),
        sample_weight=np.array([weights[index] for index in classes[whole_batches]]),
        batch_size=BATCH,
        epochs=epochs,
        callbacks=[
            keras.callbacks.LearningRateScheduler(
                lambda epoch: LEARNING_RATE * (0.51 + 0.49 * math.cos(math.pi * epoch / epochs))
            ),
            BestEpoch(
                images[validation], meta[validation], classes[validation], weights, report
            ),
        ],
        verbose=0,
    )
    return network
