"""Files are read as strangers' files: bounded, without links, and what was not read is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_release_gate.engine import image_reading
from go_release_gate.engine.image_reading import read_uses, workflows

COMPOSE = "services:\n  shop:\n    image: acme/shop:1\n"


def test_links_and_large_files_are_refused_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link, a pipe's like and a file beyond the limit give a word each; what is gone gives none."""
    monkeypatch.setattr(image_reading, "FILE_LIMIT", 100)
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / "compose.link.yaml").symlink_to("compose.yaml")
    (tmp_path / "compose.large.yaml").write_text(COMPOSE + "#" * 100)
    names = ["compose.yaml", "compose.link.yaml", "compose.large.yaml", "compose.gone.yaml"]
    found = read_uses(tmp_path, names)
    assert [use.text for use in found.uses] == ["acme/shop:1"]
    assert [one.partition(":")[0] for one in found.unreadable] == ["compose.link.yaml", "compose.large.yaml"]


def test_all_files_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit for all of them the rest is refused, and that is said."""
    monkeypatch.setattr(image_reading, "TOTAL_LIMIT", len(COMPOSE) + 1)
    for name in ("compose.a.yaml", "compose.b.yaml"):
        (tmp_path / name).write_text(COMPOSE)
    found = read_uses(tmp_path, ["compose.a.yaml", "compose.b.yaml"])
    assert (len(found.uses), len(found.unreadable)) == (1, 1)


def test_workflows_are_listed_without_following_links(tmp_path: Path) -> None:
    """The workflows of the checkout, none behind a linked directory, none where there are none."""
    assert list(workflows(tmp_path)) == []
    real = tmp_path / "elsewhere" / "workflows"
    real.mkdir(parents=True)
    (real / "b.yml").write_text("")
    (tmp_path / ".github").symlink_to("elsewhere")
    assert list(workflows(tmp_path)) == []
    (tmp_path / ".github").unlink()
    real.parent.rename(tmp_path / ".github")
    (tmp_path / ".github/workflows/a.yaml").write_text("")
    (tmp_path / ".github/workflows/notes.md").write_text("")
    assert list(workflows(tmp_path)) == [".github/workflows/a.yaml", ".github/workflows/b.yml"]


def test_text_that_is_no_utf8_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    """A byte order mark is no part of the text, and a stray byte spoils only what holds it."""
    (tmp_path / "compose.yaml").write_bytes(b"\xef\xbb\xbf# \xff\n" + COMPOSE.encode())
    assert [(use.text, use.line) for use in read_uses(tmp_path, ["compose.yaml"]).uses] == [("acme/shop:1", 4)]
