"""Files that know whether they were edited."""

import pytest

from go_release_gate.pipeline.marking import choices_in, is_as_written, is_marked, is_same, marked

TEXT = marked("name: x\n", "1.2.3", ["--ref=v1", "--image=a b"])


def test_a_written_file_is_as_written() -> None:
    """Also behind a checkout that converts line ends or an editor that adds a mark."""
    for data in (TEXT.encode(), TEXT.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + TEXT.encode()):
        assert is_marked(data)
        assert is_as_written(data)
        assert is_same(data, TEXT)


@pytest.mark.parametrize("edit", [("name: x", "name: y"), ("--ref=v1", "--ref=v2"), ("x\n", "x\n\n"), ("x\n", "x")])
def test_an_edited_file_is_not(edit: tuple[str, str]) -> None:
    """Any other byte of the body or of the choices is an edit; the file is still known to be ours."""
    data = TEXT.replace(*edit).encode()
    assert is_marked(data)
    assert not is_as_written(data)


def test_another_version_writes_the_same() -> None:
    """The version in the header alone is no difference."""
    assert is_same(TEXT.encode(), TEXT.replace("v1.2.3", "v1.2.4"))


def test_choices_are_remembered_as_words() -> None:
    """They come back as they were given; of a foreign or broken file none do."""
    assert choices_in(TEXT.encode()) == ("--ref=v1", "--image=a b")
    assert choices_in(b"# made by: go-release-gate init --ref=v1\n") == ()
    assert choices_in(TEXT.replace("'--image", '"--image').encode()) == ()
    assert not is_marked(b"name: x\n")
