"""What `tags` reads of the configuration: the policy and the table, as `check` reads them."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.cli.strict_policy import FILE_NAME, NamePolicy, name_policy
from go_release_gate.config.event import EventContext
from go_release_gate.errors import ConfigError, UsageError
from go_release_gate.model.severity import Event

PULL = EventContext(event=Event.PULL_REQUEST)


def read(root: Path, text: str | None, event: EventContext = EventContext(), **flags: Any) -> NamePolicy:  # noqa: B008
    """The policy of a folder with this file."""
    if text is not None:
        (root / FILE_NAME).write_text(text)
    args = Namespace(**{"config": None, "offline": False, "ca_bundle": None, **flags})
    return name_policy(args, {"PATH": ""}, root, event)


@pytest.mark.parametrize(
    ("text", "is_strict"),
    [
        (None, False),
        ("", False),
        ("policy: default\n", False),
        ("policy: strict\n", True),
        ('policy: "str\\u0069ct"\n', True),
        ("# strict\njobs: 1\n", False),
        ("# strict\n", False),
        ("policy: strict\njobs: many\n", True),
        ("policy: strict\nimages:\n", True),
        ("policy:  # strict\n", False),
    ],
)
def test_the_word_decides(tmp_path: Path, text: str | None, is_strict: bool) -> None:
    """However it is written; what other keys say is no matter of names."""
    assert read(tmp_path, text).is_strict is is_strict


@pytest.mark.parametrize(
    "text",
    [
        "policy: stricter\n",
        "policy: [strict]\n",
        "- strict\n",
        "policy: strict\nimages: {}\n",
        "policy: strict\nimages: [{image: 5}]\n",
        "policy: strict\nimages: [{image: a, module: , tags: }]\n",
        "policy: strict\nimages: [{image: a, tag: b}]\n",
        "policy: strict\nimages: [{image: a, tags: b}]\n",
        "policy: strict\nimages: [{image: a, module: ../b}]\n",
        "policy: strict\npolicy: strict\n",
        "policy: 'strict\n",
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    """With the file's name and a line, as `check` does."""
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert (caught.value.path, bool(caught.value.line)) == (FILE_NAME, True)


def test_the_table(tmp_path: Path) -> None:
    """Entries are those of `check`, with their lines."""
    (image,) = read(tmp_path, "policy: strict\nimages:\n  - {image: a/b, module: ./x/, tags: [x-v*]}\n").images
    assert (image.image, image.module, image.tags, image.path, image.line) == ("a/b", "x", ("x-v*",), FILE_NAME, 3)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A file of the checkout that leads elsewhere is refused."""
    (tmp_path / "elsewhere").write_text("policy: default\n")
    (tmp_path / FILE_NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError):
        read(tmp_path, None)


def test_a_named_file(tmp_path: Path) -> None:
    """`--config` names another file; one that is not there is said."""
    (tmp_path / "other.yml").write_text("policy: strict\n")
    assert read(tmp_path, "policy: default\n", config=str(tmp_path / "other.yml")).is_strict
    with pytest.raises(UsageError, match="cannot read"):
        read(tmp_path, None, config=str(tmp_path / "none.yml"))


def test_a_base_that_cannot_be_read(tmp_path: Path) -> None:
    """Then the head's own file may only tighten, and that is said; without any file there is nothing to say."""
    assert read(tmp_path, None, PULL) == NamePolicy()
    found = read(tmp_path, "policy: strict\n", PULL)
    assert found.is_strict
    assert "cannot be read" in found.notices[0]
