"""The evaluation of real blood, on donations that are invented."""

import json

import numpy as np
import pytest
from programs import SPECTRACTL, needs_programs

from spectrad_train import bloods, cli
from spectrad_train.errors import InputError

COLUMNS = ["donation_id", *(f"absorbance{i}" for i in range(170)), "temperature", "humidity"]


@pytest.fixture
def folder(tmp_path):
    """Forty invented donations; each class of each target in turn."""
    generator = np.random.default_rng(1)
    rows = [",".join([*COLUMNS, *bloods.TARGETS.values()])]
    bands = np.exp(-0.5 * ((np.arange(170)[:, np.newaxis] - [30, 60, 90]) / 9) ** 2)
    for number in range(40):
        spectrum = 1 + bands @ generator.uniform(0.2, 1, 3) + generator.normal(0, 0.002, 170)
        values = [f"d{number}", *spectrum.round(6), 41.2, 30.5, *[number % 3] * 3]
        rows.append(",".join(map(str, values)))
    (tmp_path / bloods.FILE).write_text("\n".join(rows) + "\n")
    return tmp_path


def test_numbers_become_classes_by_donation(folder):
    path = bloods.write_labels(folder / bloods.FILE, folder / "labels.csv")
    lines = path.read_text().splitlines()
    assert lines[0] == "sample,hdl_cholesterol,ldl_cholesterol,haemoglobin"
    assert lines[1:4] == ["d0,low,low,low", "d1,ok,ok,ok", "d2,high,high,high"]


def test_a_table_without_its_columns_is_refused(folder):
    (folder / bloods.FILE).write_text("donation_id,temperature\n1,41\n")
    with pytest.raises(InputError, match="found no column hdl_cholesterol_human"):
        bloods.write_labels(folder / bloods.FILE, folder / "labels.csv")


@needs_programs
def test_both_networks_and_the_simpler_models_are_measured(folder):
    report = folder / "report"
    arguments = ["evaluate", "bloods", "--folder", str(folder), "--report", str(report)]
    arguments += ["--work", str(folder / "work"), "--spectractl", str(SPECTRACTL), "--quiet"]
    arguments += ["--width", "1/32", "--epochs", "1", "--folds", "2", "--permutations", "10"]
    assert cli.main(arguments) == 0
    parts = json.loads((report / "metrics.json").read_text())
    activations = {n: p["settings"]["choices"]["activation"] for n, p in parts.items()}
    assert activations == {"published": "softmax", "workshop": "relu"}
    kept = {name: part["settings"]["choices"]["schedule"] for name, part in parts.items()}
    assert kept["published"]["averaging"] == 0 < kept["workshop"]["averaging"]
    summary = (report / "summary.md").read_text()
    assert summary.count("published network (int8)") == 3
    assert summary.count("| LDA |") == 3
