"""Fits the network of one target and keeps its best epoch."""

import keras
import numpy as np
from sklearn.metrics import balanced_accuracy_score
from sklearn.utils.class_weight import compute_class_weight

from .network import spectra_vgg

BATCH = 16
LEARNING_RATE = 5e-4
GRADIENT_NORM_MAX = 1.0


class BestEpoch(keras.callbacks.Callback):
    """Keeps the weights of the epoch with the least class-weighted validation loss."""

    def __init__(self, images, meta, classes, weights, report):
        super().__init__()
        self.inputs, self.classes, self.report = (images, meta), classes, report
        self.weights = np.array([weights[index] for index in classes])
        self.least, self.kept = np.inf, None

    def on_epoch_end(self, epoch, logs=None):
        probabilities = self.model.predict(list(self.inputs), batch_size=64, verbose=0)
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

    `images` are [samples, 76, 76, 3]. Class weights make up for rare classes.
    """
    keras.utils.set_random_seed(seed)
    network = spectra_vgg()
    present = np.unique(classes[training])
    weights = dict(
        zip(present, compute_class_weight("balanced", classes=present, y=classes[training]))
    )
    steps = epochs * -(-len(training) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps, alpha=0.02)
    network.compile(
        keras.optimizers.Adam(rate, clipnorm=GRADIENT_NORM_MAX), "categorical_crossentropy"
    )
    best = BestEpoch(
        images[validation], meta[validation], classes[validation], weights, report
    )
    network.fit(
        [images[training], meta[training]],
        keras.utils.to_categorical(classes[training], 3),
        batch_size=BATCH,
        epochs=epochs,
        class_weight=weights,
        callbacks=[best],
        verbose=0,
    )
    return network
