"""The whole way through the real programs, on few donors and with a tiny network."""

import contextlib
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from programs import SPECTRACTL, needs_programs

from spectrad_train import cli

pytestmark = needs_programs
TINY = ["--width", "1/32", "--epochs", "2", "--folds", "2", "--permutations", "20"]


def fit_arguments(recording, folder, *more):
    return [
        "fit",
        str(recording),
        *("--method", "blood", "--target", "hdl_cholesterol", "--seed", "7"),
        *("--output", str(folder / "bundle"), "--work", str(folder / "work")),
        *("--spectractl", str(SPECTRACTL), "--name", "tiny", "--quiet"),
        *TINY,
        *more,
    ]


def contents(folder):
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


@pytest.fixture(scope="module")
def made(donors, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fit")
    assert cli.main(fit_arguments(donors, folder)) == 0
    return folder


def test_the_daemon_s_checker_takes_the_bundle(made):
    result = subprocess.run(
        [SPECTRACTL, "bundle", "check", made / "bundle"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert "tiny" in result.stdout


def test_the_bundle_answers_recordings(made, donors):
    command = [SPECTRACTL, "classify", donors, "--bundle", made / "bundle", "--json"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    finals = [line for line in map(json.loads, lines) if line.get("final")]
    assert len(finals) == 60
    assert all(
        line["targets"][0]["probabilities"].keys() == {"low", "ok", "high"} for line in finals
    )


def test_the_report_has_every_model(made):
    metrics = json.loads((made / "bundle-report" / "metrics.json").read_text())
    target = metrics["targets"]["hdl_cholesterol"]
    assert set(target["models"]) == {
        "networkInt8",
        "network",
        "derivativeCNN",
        "plsDA",
        "lda",
        "majority",
    }
    assert all(figures["count"] == 60 for figures in target["models"].values())
    assert (made / "bundle-report" / "report.html").stat().st_size > 10_000


def test_golden_cases_hold_no_scan_of_the_recording(made, donors):
    golden = json.loads((made / "bundle" / "golden.json").read_text())
    invented = [scan["absorbance"] for case in golden["cases"] for scan in case["scans"]]
    assert invented
    recorded = donors.read_text()
    assert not any(str(values[80]) in recorded for values in invented)


def test_another_place_and_number_of_jobs_give_the_same_bundle(made, donors, tmp_path):
    assert cli.main(fit_arguments(donors, tmp_path, "--jobs", "1")) == 0
    assert contents(tmp_path / "bundle") == contents(made / "bundle")


def test_a_killed_run_goes_on_to_the_same_bundle(made, donors, tmp_path):
    arguments = fit_arguments(donors, tmp_path)
    command = [sys.executable, "-m", "spectrad_train", *arguments]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    results = tmp_path / "work" / "results" / "hdl_cholesterol"
    try:
        while process.poll() is None and not list(results.glob("fold*.npz")):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
    finally:
        process.kill()
        process.wait()
    assert not (tmp_path / "bundle").exists()
    assert cli.main(arguments) == 0
    assert contents(tmp_path / "bundle") == contents(made / "bundle")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--folds", "1"], "--folds: found 1"),
        (["--classes", "hdl_cholesterol"], "--classes: found hdl_cholesterol"),
        (["--method", "alchemy"], "alchemy"),
        (["--group", "(a)(b)"], "capture group"),
        (["--labels", "nothing.csv"], "nothing.csv"),
        (["--window", "1340:1350"], "window"),
        (["--target", "sweetness"], "sweetness"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(donors, tmp_path, capsys, more, said):
    assert cli.main(fit_arguments(donors, tmp_path, *more)) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert not (tmp_path / "bundle").exists()


def test_the_comparison_fits_every_treatment_on_the_same_folds(donors, tmp_path, capsys):
    arguments = fit_arguments(donors, tmp_path)
    output = arguments.index("--output")
    name = arguments.index("--name")
    arguments = ["compare", *arguments[1:output], *arguments[output + 2 : name], "--quiet", *TINY]
    assert cli.main([*arguments, "--epochs", "1"]) == 0
    found = json.loads((tmp_path / "work" / "imbalance.json").read_text())
    kinds = {"none", "weighted", "undersample", "oversample"}
    assert set(found["hdl_cholesterol"]) == kinds == set(found["means"])
    results = tmp_path / "work" / "results"
    answers = {
        np.load(results / f"compare-{kind}" / "hdl_cholesterol" / "fold0.npz")["network"].tobytes()
        for kind in kinds
    }
    assert len(answers) == 4, "two treatments gave the same answers: they differ in nothing"
    best = max(found["means"], key=found["means"].get)
    assert found["default"] == best
    assert f"{best} wins" in capsys.readouterr().out


def test_an_output_that_is_there_is_kept(made, donors, tmp_path, capsys):
    before = contents(made / "bundle")
    assert cli.main(fit_arguments(donors, made)) == 2
    assert "--replace" in capsys.readouterr().err
    assert contents(made / "bundle") == before
