"""The report: one page without outside help, readable, the same every time."""

import base64
import json
import math
import os
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest

from spectrad_train import comparison, metrics
from spectrad_train.report import (
    STAGES,
    Illustrations,
    drawing,
    markup,
    plain,
    spectra_plots,
    write_report,
)

POINTS = 12
# What people call their samples and classes.
NAMES = ("<script>alert(1)</script>", 'a & "b"', r"cost $\oops$", "plain")
MANY = tuple(f"powder {number}" for number in range(11))


def illustrations(names=NAMES, rows=40, seed=1):
    generator = np.random.default_rng(seed)
    spectra = generator.random((rows, POINTS))
    return Illustrations(
        wavelengths_nanometres=np.linspace(950, 1350, POINTS),
        stages=dict.fromkeys(STAGES, spectra),
        classes=np.arange(rows) % (len(names) + 1) - 1,
        class_names=names,
        images={name: generator.random((3, POINTS, POINTS), np.float32) for name in names},
        pca_scores=generator.normal(size=(rows, 2)),
        pca_variances=np.array([1.0, 0.5]),
        t2_limit=9.0,
    )


def target(names=NAMES, rows=60, folds=3, seed=1, with_histories=True):
    generator = np.random.default_rng(seed)
    truth = np.arange(rows) % len(names)
    models = {}
    for name in ("network", "lda"):
        probabilities = generator.random((rows, len(names))) + np.eye(len(names))[truth]
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        models[name] = metrics.figures(
            truth, probabilities, names, np.arange(rows) % folds, permutations=20, seed=seed
        )
    epoch = {
        "trainingLoss": 1.0,
        "validationLoss": 1.1,
        "validationBalancedAccuracy": 0.5,
        "learningRate": 1e-3,
    }
    diverged = {**epoch, "epoch": 2, "validationLoss": math.nan}
    return {
        "classes": {name: int((truth == number).sum()) for number, name in enumerate(names)},
        "models": models,
        "int8": comparison.quantization_effect(truth, probabilities, probabilities),
        "histories": [[{**epoch, "epoch": 1}, diverged]] * folds if with_histories else [],
        "verdict": comparison.verdict(models),
    }


def results():
    kind = {"balancedAccuracy": 0.7, "accuracy": np.float64(0.8), "interval": None}
    return {
        "format": 1,
        "name": "trial <b>",
        "version": "1.0.0",
        "data": "made up & random",
        "recordings": [{"file": "a<b>.scans.ndjson", "sha256": "ab" * 32}],
        "settings": {
            "seed": 7,
            "schedule": {"epochs": 2},
            "source": {"recordings": [{"file": "a"}], "options": [], "eachScan": False},
        },
        "programs": {"keras": "3.15.1"},
        "targets": {"blood group": target()},
        "unseen": {
            "samples": 60,
            "targets": {"blood group": target(folds=1, with_histories=False)},
        },
        "imbalance": {
            "default": "weighted",
            "means": {"none": 0.7, "weighted": 0.7},
            "blood group": {"none": kind, "weighted": kind | {"perClass": {"a": 0.123, "b": 1}}},
        },
    }


class Page(HTMLParser):
    """What a page holds: its elements, text, and whether every element is closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def attributes(self, name):
        return [(tag, attrs[name]) for tag, attrs in self.elements if name in attrs]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    path = write_report(folder, results(), {"blood group": illustrations()})
    return path, Page(path.read_text(encoding="utf-8"))


def test_the_page_needs_nothing_from_outside(written):
    path, page = written
    sources = page.attributes("src") + page.attributes("href")
    assert all(value.startswith(("data:", "#")) for _, value in sources)
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in page.elements}
    assert "url(" not in path.read_text() and "@import" not in path.read_text()
    assert path.stat().st_size < 1_000_000


def test_every_element_is_closed_and_every_link_leads_somewhere(written):
    _, page = written
    assert page.open == []
    identifiers = [value for _, value in page.attributes("id")]
    assert len(identifiers) == len(set(identifiers))
    assert {value[1:] for _, value in page.attributes("href")} <= set(identifiers)


def test_every_picture_has_words_and_every_table_a_caption(written):
    _, page = written
    pictures = [attrs for tag, attrs in page.elements if tag == "img"]
    # Models, stages, channels, components, learning, confusion, reliability; unseen: the last two.
    assert len(pictures) == 9
    assert all(len(attrs["alt"]) > 20 for attrs in pictures)
    tags = [tag for tag, _ in page.elements]
    assert tags.count("table") == tags.count("caption") > 5


def test_names_from_outside_stay_text(written):
    _, page = written
    assert not {"script", "b"} & {tag for tag, _ in page.elements}
    assert any(NAMES[0] in value and NAMES[1] in value for _, value in page.attributes("alt"))
    text = " ".join(page.words)
    for name in (*NAMES, "trial <b>", "a<b>.scans.ndjson", "made up & random"):
        assert name in text


def test_the_page_tells_figures_and_verdict(written):
    _, page = written
    text = " ".join(page.words)
    figures = results()["targets"]["blood group"]
    assert f"{figures['models']['network']['balancedAccuracy']:.3f}" in text
    assert figures["verdict"] in text
    assert "schedule.epochs" in text
    assert "weighted (default)" in text and "0.123" in text
    assert "source.recordings.0.file" in text and " no " in text
    assert "nan" not in text.lower().split()


def test_metrics_json_is_strict_and_complete(written):
    path, _ = written
    text = (path.parent / "metrics.json").read_text(encoding="utf-8")
    read = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in metrics.json"))
    assert read == plain(results())
    assert read["targets"]["blood group"]["histories"][0][1]["validationLoss"] is None
    assert [file.name for file in sorted(path.parent.iterdir())] == ["metrics.json", "report.html"]


def test_the_same_input_gives_the_same_bytes_and_leaves_no_settings(written, tmp_path):
    path, _ = written
    before = dict(matplotlib.rcParams)
    matplotlib.rcParams["axes.labelsize"] = 20
    try:
        again = write_report(tmp_path, results(), {"blood group": illustrations()})
        assert matplotlib.rcParams["axes.labelsize"] == 20
    finally:
        matplotlib.rcParams.update(before)
    assert again.read_bytes() == path.read_bytes()


def test_a_run_without_folds_has_a_report_too(tmp_path):
    unmeasured = {
        "classes": {"a": 3},
        "models": {},
        "histories": [],
        "verdict": "Not measured: no folds.",
        "members": [{"epochs": 12, "int8Agreement": 0.995}],
    }
    given = {"format": 1, "name": "n", "version": "1", "data": "d", "targets": {"t": unmeasured}}
    words = Page(write_report(tmp_path, given, {}).read_text(encoding="utf-8")).words
    assert words.count("Not measured: no folds.") == 1 and "0.995" in words


def test_a_report_replaces_an_older_one_as_a_whole(tmp_path, monkeypatch):
    (tmp_path / "metrics.json").write_text("an older one")

    def interrupted(source, place):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_report(tmp_path, {**results(), "targets": {}}, {})
    assert (tmp_path / "metrics.json").read_text() == "an older one"


def test_elements_hold_text_and_elements_in_their_order():
    made = markup.element("p", "a", markup.element("b", "<"), "c", ["d", None, 5], class_="x")
    assert ElementTree.tostring(made, encoding="unicode") == '<p class="x">a<b>&lt;</b>cd5</p>'


def test_eleven_classes_are_told_apart_without_colour():
    lines = {tuple(drawing.class_line(number).values()) for number in range(11)}
    markers = {drawing.class_marker(number)["marker"] for number in range(11)}
    assert len(lines) == len(markers) == 11


def test_long_names_keep_their_end():
    first, second = (drawing.shortened(f"microcrystalline cellulose {n}", 20) for n in (101, 102))
    assert first == "microcrystall…se 101"
    assert first != second and len(first) == 20
    assert drawing.shortened("talc", 4) == "talc"


@pytest.mark.parametrize("plot", ["stages", "channels", "components"])
def test_plots_hold_eleven_classes_and_many_samples(plot):
    svg = getattr(spectra_plots, plot)(illustrations(MANY, rows=6000))
    assert svg.startswith(b"<?xml")
    assert len(svg) < 400_000
    # Not even matplotlib's own name and date stand in it.
    assert not re.search(rb"<dc:(date|creator)", svg)


def test_samples_of_one_class_and_no_limit_are_drawn():
    few = illustrations(rows=4)
    one = Illustrations(
        wavelengths_nanometres=few.wavelengths_nanometres,
        stages={"median": few.stages["median"]},
        classes=np.zeros(4, int),
        class_names=NAMES,
        pca_scores=few.pca_scores,
        pca_variances=few.pca_variances,
    )
    assert spectra_plots.stages(one).startswith(b"<?xml")
    assert spectra_plots.components(one).startswith(b"<?xml")


def test_the_ellipse_is_where_t_squared_reaches_its_limit():
    drawn = illustrations()
    ellipse = spectra_plots.t2_ellipse(drawn)
    angles = np.linspace(0, 2 * np.pi, 7)
    x, y = ellipse.width / 2 * np.cos(angles), ellipse.height / 2 * np.sin(angles)
    t2 = x**2 / drawn.pca_variances[0] + y**2 / drawn.pca_variances[1]
    assert t2 == pytest.approx(np.full(7, 9.0))


def test_a_file_name_that_is_not_utf8_does_not_stop_the_report(tmp_path):
    given = {
        "format": 1,
        "name": "n",
        "version": "1",
        "data": "d",
        "recordings": [{"file": "a\udc80.csv", "sha256": "00"}],
        "targets": {},
    }
    path = write_report(tmp_path, given, {})
    assert "a\\udc80.csv" in path.read_text(encoding="utf-8")
    assert json.loads((tmp_path / "metrics.json").read_text()) == given


def test_plots_are_inside_the_page_as_they_were_drawn(written):
    _, page = written
    source = next(value for tag, value in page.attributes("src"))
    assert base64.b64decode(source.split(",")[1]).startswith(b"<?xml")
