import pytest

from spectrad_train.bundle import Description, put_in_place
from spectrad_train.errors import InputError


@pytest.mark.parametrize(
    ("name", "version"), [("two words", "1"), ("", "1"), ("a", "1 2"), ("-a", "1")]
)
def test_names_that_the_daemon_refuses_are_refused_at_once(name, version):
    with pytest.raises(InputError, match="expected 1 to 64 ASCII letters"):
        Description(name, version, "", "", "")


def test_names_that_the_daemon_takes_are_taken():
    Description("blood-synthetic_2.b", "1.0.0+local-3", "", "", "")


def made(folder, text):
    folder.mkdir(parents=True)
    (folder / "bundle.json").write_text(text)
    return folder


def test_a_bundle_is_replaced_only_when_told(tmp_path):
    new, old = made(tmp_path / "new", "new"), made(tmp_path / "out" / "bundle", "old")
    with pytest.raises(InputError, match="--replace"):
        put_in_place(new, old, replaces=False)
    assert (old / "bundle.json").read_text() == "old"
    put_in_place(new, old, replaces=True)
    assert (old / "bundle.json").read_text() == "new"
    assert [entry.name for entry in old.parent.iterdir()] == ["bundle"]


def test_what_is_no_bundle_is_never_replaced(tmp_path):
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "dear.txt").write_text("dear")
    with pytest.raises(InputError, match="not a bundle"):
        put_in_place(made(tmp_path / "new", "new"), letters, replaces=True)
    assert (letters / "dear.txt").exists()
