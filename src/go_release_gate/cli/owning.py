"""The owners that CODEOWNERS names: the base commit's on a pull request, else the checkout's."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from go_release_gate.engine.codeowners import PLACES, SIZE_LIMIT, CodeOwners
from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.errors import GateError

FileReader = Callable[[str], bytes | None]


def owners_by_path(root: Path, prefix: str, base_file: FileReader | None) -> Callable[[str], tuple[str, ...]]:
    """A function from the path of a file, relative to `root`, to its owners. Nothing is read before its first call.

    Args:
        prefix: what `root` is called in its repository, with `/` at the end; empty for its top.
        base_file: reads a file of the base commit, whose CODEOWNERS counts then: a pull request chooses nobody.
    """
    climb = "../" * prefix.count("/")
    top = (root / climb).resolve()

    def read(place: str) -> bytes | None:
        if base_file is not None:
            return base_file(f"{climb}{place}")
        if not os.path.lexists(top / place):
            return None
        folder, _, name = place.rpartition("/")
        return read_regular(top, folder or ".", name, SIZE_LIMIT)

    @cache
    def found() -> CodeOwners:
        return CodeOwners(_text(read))

    return lambda path: found().of(f"{prefix}{path}")


def _text(read: FileReader) -> str:
    """The first of the files there is; empty when that cannot be read, or is larger than GitHub takes."""
    for place in PLACES:
        try:
            data = read(place)
        except (RefusedFileError, GateError):
            return ""
        if data is not None:
            return data.decode("utf-8", "replace") if len(data) <= SIZE_LIMIT else ""
    return ""
