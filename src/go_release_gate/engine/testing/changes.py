"""The lines that changed since the base commit, of every Go file that the checkout still has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.engine.testing.asked import Changes
from go_release_gate.facts.removal import remove_tree
from go_release_gate.gotest.changed import changed_lines

if TYPE_CHECKING:
    from go_release_gate.engine.base_judging import BaseTree

MOST = 8 << 20  # bytes of a Go file that is compared


def changes_since(base: BaseTree, root: Path, scratch: Path) -> Changes:
    """Compare the files of the work tree with those of the commit. Raises UnavailableError: these cannot be had."""
    prefix = "" if base.folder == "." else f"{base.folder}/"
    objects = base.objects()
    known = {
        path.removeprefix(prefix): one for path, one in objects.items() if path.startswith(prefix) and _is_go(path)
    }
    differing = {path for path, one in known.items() if _differs(root / path, one)}
    place = scratch / "base-of-tests"
    place.mkdir()
    try:
        if differing:
            base.write(place, lambda path: path.removeprefix(prefix) in differing)
        lines = {path: _lines(place / base.folder / path, root / path) for path in sorted(differing)}
        return Changes(base.commit, lines, frozenset(known))
    finally:
        remove_tree(str(place))


def _is_go(path: str) -> bool:
    return path.endswith(".go") and not path.endswith("_test.go")


def _differs(file: Path, name: str) -> bool:
    """Whether a file that is there has another content than the one git calls `name`."""
    import hashlib

    if not file.is_file() or file.stat().st_size > MOST:
        return False
    data = file.read_bytes()
    kind = "sha1" if len(name) == 40 else "sha256"
    return hashlib.new(kind, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() != name


def _lines(before: Path, after: Path) -> frozenset[int]:
    return changed_lines(before.read_bytes() if before.is_file() else None, after.read_bytes())
