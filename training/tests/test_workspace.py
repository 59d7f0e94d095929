import pickle
import subprocess
import sys

import numpy as np
import pytest

from spectrad_train.errors import InputError
from spectrad_train.workspace import Workspace, digest, first_difference, seed_of


def test_a_result_is_made_once(tmp_path):
    made = []

    def make():
        made.append(1)
        return {"values": np.arange(3)}

    for _ in range(2):
        workspace = Workspace(tmp_path / "run", {"seed": 1})
        assert workspace.arrays("fold0", make)["values"].tolist() == [0, 1, 2]
        has = workspace.has("fold0"), workspace.has("fold1")
        # A run ends, and with it its lock, before the next begins.
        del workspace
    assert made == [1]
    assert has == (True, False)


def test_a_result_whose_making_fails_is_not_there(tmp_path):
    workspace = Workspace(tmp_path, {})

    def make():
        raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError):
        workspace.arrays("fold0", make)
    assert not workspace.has("fold0")


def test_other_settings_are_refused_with_the_difference(tmp_path):
    Workspace(tmp_path, {"choices": {"seed": 1, "folds": 10}})
    with pytest.raises(InputError, match=r"choices.seed was 1, now 2.*--fresh"):
        Workspace(tmp_path, {"choices": {"seed": 2, "folds": 10}})
    Workspace(tmp_path, {"choices": {"seed": 2, "folds": 10}}, fresh=True)


def test_a_fresh_start_removes_nothing_but_a_run(tmp_path):
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(InputError, match="not the folder of a run"):
        Workspace(tmp_path, {}, fresh=True)
    assert (tmp_path / "letters.txt").exists()


def test_two_runs_do_not_work_in_one_folder(tmp_path):
    code = (
        "import sys; from spectrad_train.workspace import Workspace; "
        "Workspace(sys.argv[1], {}); print('begun', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, tmp_path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"begun\n"
        with pytest.raises(InputError, match="another run works in"):
            Workspace(tmp_path, {}, fresh=True)
        assert (tmp_path / "settings.json").exists()
    Workspace(tmp_path, {}, fresh=True)


@pytest.mark.parametrize(
    ("begun", "wanted", "said"),
    [
        ({}, {}, None),
        ({"a": [1, 2]}, {"a": [1, 2]}, None),
        ({"a": {"b": 1}}, {"a": {"b": None}}, "a.b was 1, now null"),
        ({"a": 1}, {}, "a was 1, now null"),
    ],
)
def test_first_difference(begun, wanted, said):
    assert first_difference(begun, wanted) == said


def test_a_folder_s_digest_follows_names_and_contents(tmp_path):
    (tmp_path / "one").write_text("1")
    first = digest(tmp_path)
    (tmp_path / "one").rename(tmp_path / "two")
    second = digest(tmp_path)
    (tmp_path / "two").write_text("2")
    assert len({first, second, digest(tmp_path)}) == 3


def test_what_cannot_be_read_is_told(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.csv: No such file"):
        digest(tmp_path / "nothing.csv")


def test_seeds_of_purposes_differ_and_repeat():
    seeds = [seed_of(1, target, fold) for target in "ab" for fold in range(10)]
    assert len(set(seeds)) == 20
    assert seed_of(1, "a", 0) == seeds[0] != seed_of(2, "a", 0)


def test_a_workspace_travels_to_another_process(tmp_path):
    workspace = Workspace(tmp_path / "run", {})
    other = pickle.loads(pickle.dumps(workspace))
    other.arrays("fold0", lambda: {"values": np.arange(2)})
    assert workspace.has("fold0")
