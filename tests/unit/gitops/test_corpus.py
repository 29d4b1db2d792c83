"""Manifests as real repositories hold them: one scalar's bytes change for each edit, or nothing does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.errors import RefusedError
from go_release_gate.gitops.moving import Edited, edited, uses_of
from go_release_gate.gitops.use import Wish

DATA = Path(__file__).parents[2] / "data" / "gitops"
FILES: dict[str, Any] = json.loads((DATA / "expected.json").read_text("utf-8"))["files"]
NEW = f"sha256:{'b' * 64}"


def moved(name: str, data: bytes) -> Edited:
    """The file moved as the table says."""
    case = FILES[name]
    wish = Wish(("ghcr.io/acme/shop",), NEW, case.get("version", "v1.5.0"), by_tag=case.get("by_tag", False))
    return edited({name: data}, wish)


def by_hand(data: bytes, edits: list[tuple[int, str, str]]) -> bytes:
    """The same edits made by replacing text in lines."""
    lines = data.split(b"\n")
    for line, before, after in edits:
        assert lines[line - 1].count(before.encode()) == 1
        lines[line - 1] = lines[line - 1].replace(before.encode(), after.encode())
    return b"\n".join(lines)


def test_every_file_has_an_expectation() -> None:
    """No file of the corpus is forgotten."""
    assert sorted(path.name for path in DATA.glob("*.yaml")) == sorted(FILES)


@pytest.mark.parametrize("name", [name for name, case in FILES.items() if "edits" in case])
def test_only_the_scalars_change(name: str) -> None:
    """What comes out is the file with these texts replaced in these lines, byte for byte; again, nothing changes."""
    data, edits = (DATA / name).read_bytes(), FILES[name]["edits"]

    made = moved(name, data)

    assert made.files == {name: by_hand(data, edits)}
    assert [edit.line for edit in made.edits] == [line for line, _, _ in edits]
    assert moved(name, made.files[name]) == Edited()
    if "by_tag" not in FILES[name]:
        assert {use.shown[1] for use in uses_of(made.files, ["ghcr.io/acme/shop"])} == {NEW}


@pytest.mark.parametrize("name", [name for name, case in FILES.items() if "refused" in case])
def test_what_cannot_be_edited_is_refused(name: str) -> None:
    """The refusal names file and line and what to do."""
    with pytest.raises(RefusedError, match=FILES[name]["refused"]) as caught:
        moved(name, (DATA / name).read_bytes())
    assert "\n" not in caught.value.message
