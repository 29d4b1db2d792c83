"""Whose CODEOWNERS counts, and which of its places."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_release_gate.cli.owning import owners_by_path
from go_release_gate.engine.codeowners import SIZE_LIMIT
from go_release_gate.errors import UnavailableError


def _write(root: Path, **files: str) -> None:
    for place, text in files.items():
        path = root / place.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_the_first_place_counts_alone(tmp_path: Path) -> None:
    """.github before the top before docs, and no line of a later one."""
    _write(tmp_path, docs__CODEOWNERS="* @docs\n")
    assert owners_by_path(tmp_path, "", None)("go.mod") == ("@docs",)
    _write(tmp_path, CODEOWNERS="* @top\n")
    assert owners_by_path(tmp_path, "", None)("go.mod") == ("@top",)
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/CODEOWNERS").write_text("/a/ @github\n")
    owners = owners_by_path(tmp_path, "", None)
    assert (owners("a/go.mod"), owners("go.mod")) == (("@github",), ())


def test_a_folder_is_owned_as_part_of_its_repository(tmp_path: Path) -> None:
    """Paths are told from the top, where the file lies, too."""
    _write(tmp_path, CODEOWNERS="/services/api/ @api\n")
    (tmp_path / "services/api").mkdir(parents=True)
    assert owners_by_path(tmp_path / "services/api", "services/api/", None)("go.mod") == ("@api",)


def test_a_pull_request_chooses_nobody(tmp_path: Path) -> None:
    """The base commit's file counts, from its own first place; each is asked for once."""
    _write(tmp_path, CODEOWNERS="* @stranger\n")
    asked: list[str] = []

    def base(path: str) -> bytes | None:
        asked.append(path)
        return b"* @base\n" if path == "../CODEOWNERS" else None

    owners = owners_by_path(tmp_path, "sub/", base)

    assert asked == []
    assert [owners("go.mod"), owners("go.sum")] == [("@base",), ("@base",)]
    assert asked == ["../.github/CODEOWNERS", "../CODEOWNERS"]


def test_no_answer_names_nobody(tmp_path: Path) -> None:
    """A base commit that cannot be read gives no owners, and not the pull request's."""
    _write(tmp_path, CODEOWNERS="* @stranger\n")

    def base(path: str) -> bytes | None:
        raise UnavailableError("not here")

    assert owners_by_path(tmp_path, "", base)("go.mod") == ()


@pytest.mark.parametrize("is_link", [True, False])
def test_links_and_giants_are_not_read(tmp_path: Path, is_link: bool) -> None:
    """A link, or more than GitHub loads, names nobody; the next place is not looked at then."""
    _write(tmp_path, docs__CODEOWNERS="* @docs\n", elsewhere="* @elsewhere\n")
    if is_link:
        (tmp_path / "CODEOWNERS").symlink_to("elsewhere")
    else:
        (tmp_path / "CODEOWNERS").write_text("* @giant\n" + "#" * SIZE_LIMIT)
    assert owners_by_path(tmp_path, "", None)("go.mod") == ()
