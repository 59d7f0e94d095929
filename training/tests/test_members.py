from types import SimpleNamespace

import numpy as np
import pytest

from spectrad_train import members


@pytest.mark.parametrize(("agreement", "warns"), [(1.0, False), (0.95, False), (0.94, True)])
def test_quantization_that_changes_answers_is_told(agreement, warns):
    member = SimpleNamespace(title="powder, member 1 of 1")
    found = {"history.epoch": np.arange(3), "agreement": np.array(agreement)}
    text = members.outcome(member, found)
    assert text.startswith("powder, member 1 of 1: 3 epochs")
    assert f"{agreement:.1%}" in text
    assert ("warning" in text) == warns
