import json
import subprocess

import numpy as np
import pytest
from programs import SPECTRACTL, needs_programs

from spectrad_train import method
from spectrad_train.arrays import Arrays
from spectrad_train.errors import InputError
from spectrad_train.preprocessing import Preprocessor
from spectrad_train.samples import Source, read, recorded_targets

pytestmark = needs_programs
TARGETS = ["haemoglobin", "hdl_cholesterol", "ldl_cholesterol"]


@pytest.fixture
def preprocessor(tmp_path):
    return Preprocessor(SPECTRACTL, tmp_path / "preprocessed")


def test_a_recording_becomes_a_table(donors, preprocessor):
    notes = []
    samples = read(Source((donors,)), method.blood(), preprocessor, notes.append)
    lines = [json.loads(line) for line in donors.read_text().splitlines()[1:]]
    assert list(samples.names) == list(dict.fromkeys(line["sample"] for line in lines))
    assert sorted(samples.class_names) == TARGETS
    assert samples.medians.shape == (60, 85)
    assert set(samples.scans) == {2}
    for target in TARGETS:
        names = samples.class_names[target]
        said = {line["sample"]: line["labels"][target] for line in lines}
        found = [names[index] for index in samples.classes[target]]
        assert found == [said[name] for name in samples.names]
    assert notes == []


def test_the_table_s_recording_gives_what_the_scans_give(donors, preprocessor, tmp_path):
    """Medians that are written and read again lose no bit on the way to the image."""
    steps = method.blood()
    samples = read(Source((donors,)), steps, preprocessor, print)
    arrays = Arrays(samples, steps, preprocessor)
    draft = arrays.draft("haemoglobin", np.arange(len(samples)))
    found = arrays.of("haemoglobin", draft)
    (tmp_path / "bundle.json").write_text(json.dumps(draft))
    command = [SPECTRACTL, "preprocess", donors, "--bundle", tmp_path, "--output", tmp_path / "out"]
    subprocess.run(command, check=True, capture_output=True)
    folder = tmp_path / "out" / "haemoglobin"
    np.testing.assert_array_equal(found.images, np.load(folder / "image.npy"))
    np.testing.assert_array_equal(found.meta, np.load(folder / "meta.npy"))
    np.testing.assert_array_equal(found.derivative, np.load(folder / "derivative.npy"))


def test_constants_look_at_the_training_rows_only(donors, preprocessor):
    steps = method.blood()
    samples = read(Source((donors,)), steps, preprocessor, print)
    rows = np.arange(40)
    drafts = []
    for other in (0.0, 7.0):
        medians = samples.medians.copy()
        medians[40:] += other * np.linspace(0, 1, 85) ** 3
        table = samples.with_medians(medians, np.arange(60))
        drafts.append(
            Arrays(table, steps, preprocessor, f"changed{other}").draft("haemoglobin", rows)
        )
    assert drafts[0] == drafts[1]


def test_labels_come_from_a_table(donors, preprocessor, tmp_path):
    plain = read(Source((donors,)), method.plain(), preprocessor, print)
    rows = [f"{name},{'ripe' if i % 2 else 'raw'},{i % 6}" for i, name in enumerate(plain.names)]
    labels = tmp_path / "labels.csv"
    labels.write_text("\n".join(["sample,ripeness,group", *rows[:-1], "nobody,raw,9"]))
    notes = []
    samples = read(Source((donors,), labels=labels), method.plain(), preprocessor, notes.append)
    assert samples.class_names == {"ripeness": ("raw", "ripe")}
    assert samples.classes["ripeness"].tolist() == [i % 2 for i in range(59)] + [-1]
    assert len(np.unique(samples.groups)) == 7
    assert len(notes) == 2, notes


def test_classes_and_groups_stand_in_names(donors, preprocessor):
    source = Source((donors,), classes_from={"digit": r"([01234]|[56789])$"}, group=r"^(.{3})")
    with pytest.raises(InputError, match="digit"):
        read(
            Source((donors,), classes_from={"digit": r"(zebra)"}),
            method.plain(),
            preprocessor,
            print,
        )
    samples = read(source, method.plain(), preprocessor, print)
    assert [name[-1] for name in samples.names] == [
        samples.class_names["digit"][index] for index in samples.classes["digit"]
    ]
    assert list(samples.groups) == [name[:3] for name in samples.names]


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ("", "holds no scan"),
        ("not a recording\n", "recording"),
        ('{"type":"recording","version":1,"wavelengthsNanometres":[900,1700],"scanner":{}}\n', ""),
    ],
)
def test_what_is_no_recording_is_refused(preprocessor, tmp_path, contents, said):
    path = tmp_path / "broken.scans.ndjson"
    path.write_text(contents)
    with pytest.raises(InputError) as error:
        read(Source((path,), targets=("x",)), method.plain(), preprocessor, print)
    assert "broken.scans.ndjson" in str(error.value)
    assert said in str(error.value)


@pytest.mark.parametrize("target", ["sample", "scans", "temperature", "humidity"])
def test_a_target_that_is_named_as_another_column_is_refused(preprocessor, tmp_path, target):
    with pytest.raises(InputError, match=f"{target}: expected another name"):
        read(Source((tmp_path,), targets=(target,)), method.plain(), preprocessor, print)


def test_a_line_that_is_no_scan_has_no_labels(tmp_path):
    path = tmp_path / "odd.scans.ndjson"
    path.write_text('["labels"]\n"labels"\n{"labels":{"fat":"high"}}\n')
    assert recorded_targets((path,)) == ("fat",)


def test_a_program_that_is_not_there_is_told(donors, tmp_path):
    with pytest.raises(InputError, match="make build"):
        read(Source((donors,)), method.plain(), Preprocessor(tmp_path / "none", tmp_path), print)
