"""Directories that children write to."""

from __future__ import annotations

import os
from pathlib import Path

from go_release_gate.errors import UnavailableError


def made(folder: Path, owner: tuple[int, int] | None) -> Path:
    """The directory, made and given to who writes there. Raises UnavailableError: there is no space."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if owner is not None:
            os.chown(folder, *owner)
    except OSError as error:
        raise UnavailableError(
            f"{str(folder)!r} cannot be made: {error.strerror}", "free space, or set TMPDIR"
        ) from error
    return folder
