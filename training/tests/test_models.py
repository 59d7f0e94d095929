"""What a network learns from and what judges it."""

from dataclasses import dataclass

import numpy as np
import pytest

from spectrad_train import models
from spectrad_train.choices import Choices
from spectrad_train.imbalance import balance

SEED = 20265
COUNT = 80


@dataclass
class Table:
    """As much of a table of samples as the split reads."""

    classes: dict
    groups: np.ndarray

    def __len__(self):
        return len(self.groups)


@pytest.mark.parametrize("imbalance", ["none", "weighted", "undersample"])
def test_the_treatment_of_rare_classes_weighs_training_rows_only(imbalance):
    classes = (np.arange(COUNT) % 8 == 0).astype(int)
    table = Table({"target": classes}, np.arange(COUNT))
    rows = np.arange(5, COUNT)
    parts = models.split(table, "target", rows, Choices(imbalance=imbalance), SEED)
    assert set(parts.training) <= set(rows) - set(parts.validation)
    assert set(classes[parts.validation]) == {0, 1}
    # Plain loss, as published, says when to halve the rate and when to stop.
    assert (parts.weights[parts.validation] == 1).all()
    learned = np.setdiff1d(rows, parts.validation)
    plan = balance(imbalance, classes, learned, SEED)
    np.testing.assert_array_equal(parts.training, plan.rows)
    np.testing.assert_array_equal(parts.weights[plan.rows], plan.weights)
