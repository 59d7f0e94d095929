"""Tables of labels, names of samples and groups: what is read, and what is refused how."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spectrad_train.errors import InputError
from spectrad_train.groups import check_sample_names, groups_from, sample_groups
from spectrad_train.labels import class_indices, class_order, joined, read_labels

TABLE = "sample,haemoglobin,group\ndonor 1,low,ward A\ndonor 2,,ward A\ndonor 3,high,\n"


def written(folder, text, encoding="utf-8"):
    path = folder / "labels.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def assert_as_table(table):
    assert table.targets == ("haemoglobin",)
    assert table.classes == {
        "donor 1": {"haemoglobin": "low"},
        "donor 2": {"haemoglobin": ""},
        "donor 3": {"haemoglobin": "high"},
    }
    assert table.groups == {"donor 1": "ward A", "donor 2": "ward A", "donor 3": ""}


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        TABLE.replace(",", ";"),
        TABLE.replace(",", "\t"),
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("\n", "\n\n"),
        TABLE.replace(",", " , "),
        TABLE.replace("sample", "Sample").replace("group", "GROUP"),
        TABLE.replace("donor 1", '"donor 1"'),
        TABLE + "donor 1,low,ward A\n",
        TABLE + ",,\n",
    ],
    ids=[
        "comma",
        "semicolon",
        "tab",
        "CRLF",
        "blank",
        "spaces",
        "case",
        "quotes",
        "twice",
        "cells",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_tables_as_programs_write_them(tmp_path, text, encoding):
    assert_as_table(read_labels(written(tmp_path, text, encoding)))


def test_a_comma_within_quotes_parts_nothing(tmp_path):
    table = read_labels(written(tmp_path, 'sample;fat\n"a, b, c, d";low\ne;ok\n'))
    assert list(table.classes) == ["a, b, c, d", "e"]


def test_without_a_column_group_there_are_no_groups(tmp_path):
    table = read_labels(written(tmp_path, "sample,fat,sugar\na,low,ok\nb,high,x-ray_2\n"))
    assert table.groups is None
    assert table.targets == ("fat", "sugar")
    assert table.classes["b"] == {"fat": "high", "sugar": "x-ray_2"}


def test_only_the_targets_asked_for_are_looked_at(tmp_path):
    path = written(tmp_path, "sample,fat,remark,age\na,low,“very tired”,31.5\nb,high,,44\n")
    table = read_labels(path, ["fat"])
    assert table.targets == ("fat",)
    assert table.classes["a"] == {"fat": "low"}
    with pytest.raises(InputError, match=r"labels\.csv:1: columns .*expected also “sugar”\.$"):
        read_labels(path, ["fat", "sugar"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("\n \n", "the file is empty"),
        ("name,fat\na,low\n", ":1: columns “name”, “fat”, expected a column “sample”"),
        ("sample,fat\n", "no line follows the header"),
        ("sample,fat\na,low\nb,low,ok\n", ":3: 3 cells were found, expected 2"),
        ("sample,fat\n\na,low\nb\n", ":4: 1 cells were found, expected 2"),
        ("sample,fat\na,low\n,low\n", ":3, column “sample”: empty"),
        (
            "sample,fat,group\na,low,x\nb,ok,x\na,high,x\n",
            ":4: sample “a” is fat “high”, group “x”, but line 2 says fat “low”, group “x”",
        ),
        (
            "sample,fat,group\na,low,x\na,low,y\n",
            ":3: sample “a” is fat “low”, group “y”, but line 2 says fat “low”, group “x”",
        ),
        ("sample,fat\na,low\na,\n", ":3: sample “a” is fat “”, but line 2"),
        ("sample,fat\na,very low\n", ":2, column “fat”: “very low”, expected 1 to 64 ASCII"),
        ("sample,fat\na,1.5\n", ":2, column “fat”: “1.5”, expected 1 to 64 ASCII letters"),
        ("sample,fat\na,_low\n", "“_low”, expected .* the first a letter or digit"),
        ("sample,fat\na," + "x" * 65 + "\n", "“x{65}”, expected 1 to 64"),
        ("sample,fat\na,niedrig-ü\n", "“niedrig-ü”, expected"),
        ("sample,body fat\na,low\n", ":1: “body fat”, expected 1 to 64 ASCII"),
        ("sample,fat,fat\na,low,ok\n", ":1: column 3 is named “fat”, expected a name that no"),
        ("sample,fat,\na,low,ok\n", ":1: column 3 is named “”, expected a name"),
        (b"sample,fat\na,low\nd\xf6rte,low\n", ":3: byte 0xF6 is not UTF-8"),
        ("sample,fat\na,low\n".encode("utf-16"), ":1: byte 0xFF is not UTF-8"),
    ],
)
def test_other_tables_are_refused_with_file_and_place(tmp_path, text, message):
    with pytest.raises(InputError, match=message) as caught:
        read_labels(written(tmp_path, text))
    assert str(caught.value).startswith(str(tmp_path / "labels.csv"))
    assert str(caught.value).endswith(".")


def test_a_table_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"missing\.csv: No such file or directory, expected"):
        read_labels(tmp_path / "missing.csv")
    with pytest.raises(InputError, match="Is a directory"):
        read_labels(tmp_path)


def test_labels_come_in_the_order_of_the_recording(tmp_path):
    table = read_labels(written(tmp_path, TABLE))
    result = joined(["donor 3", "donor 1", "donor 2", "donor 3"], table, "haemoglobin")
    assert result.labels == ("high", "low", "", "high")
    assert result.notes == ()


def test_samples_without_partner_are_counted(tmp_path):
    table = read_labels(written(tmp_path, TABLE))
    result = joined(["donor 9", "donor 1", "donor 8", "donor 8"], table, "haemoglobin")
    assert result.labels == ("", "low", "", "")
    first, second = result.notes
    assert first.startswith("2 of 3 samples of the recordings are not in")
    assert "“donor 8”" in first
    assert second.startswith("2 of 3 samples in") and "“donor 2”" in second


def test_a_table_of_other_samples_is_refused(tmp_path):
    table = read_labels(written(tmp_path, TABLE))
    with pytest.raises(InputError, match="recordings is “donor_1”, one in the table “donor 1”"):
        joined(["donor_1", "donor_2"], table, "haemoglobin")
    with pytest.raises(InputError, match="no column “fat”, found “haemoglobin”"):
        joined(["donor 1"], table, "fat")


@pytest.mark.parametrize(
    ("labels", "order"),
    [
        (["high", "low", "ok", "low"], ("low", "ok", "high")),
        (["high", "", "low"], ("low", "high")),
        (["ok", "high", "low", "none"], ("high", "low", "none", "ok")),
        (["b", "a", "C"], ("C", "a", "b")),
    ],
)
def test_the_order_of_classes(labels, order):
    assert class_order(labels) == order


def test_a_given_order_wins():
    assert class_order(["low", "ok"], given=["ok", "low"]) == ("ok", "low")


@pytest.mark.parametrize(
    ("labels", "given", "message"),
    [
        (["low", "ok", "x"], ["low", "ok"], "Labels “x” were found, expected “low”, “ok”"),
        (["low", "ok"], ["low", "ok", "high"], "No sample is labelled “high”"),
        (["low", "ok"], ["low", "ok", "low"], "expected each name only once"),
        (["low", "", "low"], None, "1 classes were found .“low”.*expected 2 to 16"),
        (["", ""], None, "0 classes were found .no label.*expected 2 to 16"),
        ([str(n) for n in range(17)], None, "17 classes were found .*expected 2 to 16"),
        (["a b", "c"], None, "“a b”, expected 1 to 64"),
    ],
)
def test_other_classes_are_refused(labels, given, message):
    with pytest.raises(InputError, match=message):
        class_order(labels, given)


def test_class_indices():
    found = class_indices(["ok", "", "low"], ("low", "ok"))
    np.testing.assert_array_equal(found, [1, -1, 0])


def test_groups_from_a_pattern():
    names = ["group02/caffeine", "group02/asa", "group11/caffeine"]
    assert groups_from(names, r"^(group\d+)/") == ("group02", "group02", "group11")
    assert sample_groups(names, pattern=r"(\d+)") == ("02", "02", "11")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (r"^(group\d+)/", "finds no group in the sample name “lab 3”"),
        (r"(x*)", "finds no group in the sample name “group02/asa”"),
        (r"group\d+", "has 0 capture groups, expected one"),
        (r"(g)(r)", "has 2 capture groups, expected one"),
        (r"(group", "is no regular expression: missing"),
    ],
)
def test_other_patterns_are_refused(pattern, message):
    with pytest.raises(InputError, match=message):
        groups_from(["group02/asa", "lab 3"], pattern)


def test_groups_of_a_table_and_of_names_alone(tmp_path):
    table = read_labels(written(tmp_path, TABLE))
    names = ["donor 3", "donor 1", "donor 2", "donor 1", "donor 4"]
    assert sample_groups(names, table) == ("donor 3", "ward A", "ward A", "ward A", "donor 4")
    assert sample_groups(names) == tuple(names)


def test_named_samples_pass():
    assert check_sample_names(["a", " b ", "a"], [12, 12, 3]) == ("a", "b", "a")


@pytest.mark.parametrize("missing", ["", " ", None, float("nan")])
def test_scans_without_sample_name_are_refused(missing):
    with pytest.raises(InputError, match="^6 of 9 scans have no sample name.*--sample-from"):
        check_sample_names(["a", missing, missing], [3, 5, 1])


def test_scans_all_of_one_sample_are_refused():
    with pytest.raises(InputError, match="All 15 scans are of one sample “test”, expected"):
        check_sample_names(["test", "test"], [12, 3])
    with pytest.raises(InputError, match="All 0 scans are of one sample, expected"):
        check_sample_names([], [])


def test_scans_may_be_samples_for_those_who_know():
    names = check_sample_names(["a", "", None], [3, 1, 1], scans_are_samples=True)
    assert names == ("a", "scan 1", "scan 2")
    with pytest.raises(InputError, match="5 scans without sample name follow each other"):
        check_sample_names(["a", ""], [3, 5], scans_are_samples=True)


# What `spectractl preprocess` makes of recordings without names; needs the built programs.
ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(os.environ.get("SPECTRAD_PROGRAMS", ROOT / ".build/release"))


def samples(folder, *recordings):
    """The table of samples that the daemon's program writes."""
    subprocess.run(
        [
            PROGRAMS / "spectractl",
            "preprocess",
            *recordings,
            *("--bundle", ROOT / "bundles/blood-synthetic", "--until", "median"),
            *("--output", folder / "out"),
        ],
        check=True,
        capture_output=True,
    )
    return pd.read_csv(folder / "out/samples.csv", dtype={"sample": str})


@pytest.fixture
def recording(tmp_path):
    if not (PROGRAMS / "spectractl").exists():
        pytest.skip(f"no programs in {PROGRAMS}: `swift build -c release` makes them")
    path = tmp_path / "four.scans.ndjson"
    arguments = ["--seed", "3", "--donors", "4", "--scans", "3", "--output", path]
    subprocess.run(
        [PROGRAMS / "spectrasim", "synthesize", "blood", *arguments],
        check=True,
        capture_output=True,
    )
    return path


def test_a_recording_with_sample_names_passes(recording, tmp_path):
    table = samples(tmp_path, recording)
    names = check_sample_names(table["sample"], table["scans"])
    assert names == ("donor 0001", "donor 0002", "donor 0003", "donor 0004")
    twice = samples(tmp_path, recording, shutil.copy(recording, tmp_path / "again.scans.ndjson"))
    names = check_sample_names(twice["sample"], twice["scans"])
    assert len(names) == 8 and len(set(sample_groups(names))) == 4


def test_a_recording_without_sample_names_is_refused(recording, tmp_path):
    header, *scans = recording.read_text().splitlines()
    nameless = [scan.replace('"sample":"donor 000', '"note":"donor 000') for scan in scans]
    recording.write_text("\n".join([header, *nameless, ""]))
    table = samples(tmp_path, recording)
    assert len(table) == 1, "the daemon takes them as one sample"
    for scans_are_samples in (False, True):
        with pytest.raises(InputError, match="12 .*scans.* sample name"):
            check_sample_names(table["sample"], table["scans"], scans_are_samples=scans_are_samples)
