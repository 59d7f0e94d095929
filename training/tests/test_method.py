import json
from dataclasses import replace

import numpy as np
import pytest

from spectrad_train import method
from spectrad_train.errors import InputError


def test_the_window_of_the_published_method_has_85_points():
    assert method.plain().points == 85
    assert method.plain().wavelengths_nanometres[[0, -1]] == pytest.approx(
        [952.07, 1349.7], abs=0.1
    )


def test_signatures_peak_where_their_bands_stand():
    steps = method.blood()
    fat = np.array(steps.signatures["fat"])
    assert abs(steps.wavelengths_nanometres[fat.argmax()] - 1211) < 5
    assert {len(values) for values in steps.signatures.values()} == {85}


def test_a_window_is_chosen_on_the_command_line():
    assert method.chosen("plain", "1000:1200").points == 42
    with pytest.raises(InputError, match="expected start:end"):
        method.chosen("plain", "1000-1200")


def test_a_file_describes_a_method(tmp_path):
    path = tmp_path / "method.json"
    path.write_text(json.dumps({"scaling": "global", "scatterOrder": None, "mtfBins": 8}))
    steps = method.chosen(str(path), None)
    assert (steps.scaling, steps.scatter_order, steps.markov_bins) == ("global", None, 8)
    target = steps.draft(["x"], {"x": ("a", "b")})["targets"][0]
    assert target["scaling"] == {"kind": "global", "mean": 0.0, "standardDeviation": 1.0}
    assert target["image"]["mtfBins"] == 8


@pytest.mark.parametrize(
    "change", [{"signatures": {"fat": [0.5] * 85}}, {"minimum_scatter_slope": 0.2}]
)
def test_settings_tell_methods_apart_that_differ_in_values_only(change):
    steps = method.Method(signatures={"fat": [1.0] * 85})
    assert replace(steps, **change).described() != steps.described()


@pytest.mark.parametrize(
    ("text", "said"),
    [("[]", "found list"), ("{", "expected a JSON file"), ('{"colour": 1}', "found colour")],
)
def test_a_file_that_is_no_method_is_refused(tmp_path, text, said):
    path = tmp_path / "method.json"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        method.chosen(str(path), None)


@pytest.mark.parametrize(
    "described",
    [
        {"axis": {}},
        {"axis": {"startNanometres": 900, "endNanometres": 1700, "points": "a"}},
        {"axis": {"startNanometres": 900, "endNanometres": 1700, "points": -3}},
        {"window": None},
        {"signatures": []},
        {"signatures": {"a": 5}},
        {"nets": 5},
    ],
)
def test_a_file_with_odd_values_is_refused_in_a_sentence(tmp_path, described):
    path = tmp_path / "method.json"
    path.write_text(json.dumps(described))
    with pytest.raises(InputError, match=r"method\.json: .*expected values as in bundle\.json"):
        method.chosen(str(path), None)
