"""What the command line refuses before anything is read."""

import pytest

from spectrad_train import cli

FIT = ("fit", "nothing.scans.ndjson", "--output", "bundle")
COMPARE = ("compare", "nothing.scans.ndjson")
EVALUATE = ("evaluate", "bloods", "--folder", ".", "--report", "report")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*FIT, "--patience", "0"), "--patience: found 0"),
        ((*FIT, "--halve-after", "0"), "--halve-after: found 0"),
        ((*FIT, "--permutations", "-5"), "--permutations: found -5"),
        ((*FIT, "--learning-rate", "nan"), "--learning-rate: found nan"),
        ((*FIT, "--convolution-dropout", "2"), "--convolution-dropout: found 2"),
        ((*FIT, "--averaging", "1"), "--averaging: found 1"),
        ((*FIT, "--width", "3/7"), "width 3/7"),
        ((*FIT, "--fold-width", "1/3"), "width 1/3"),
        ((*COMPARE, "--folds", "0"), "--folds: found 0"),
        ((*EVALUATE, "--folds", "0"), "--folds: found 0"),
        (("make", "trial", "--folds", "1"), "--folds: found 1"),
        (("make", "trial", "--jobs", "-1"), "--jobs: found -1"),
    ],
)
def test_numbers_that_mean_nothing_are_refused(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(list(arguments)) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
