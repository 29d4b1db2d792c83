"""A private directory of one run: HOME and temporary files of children, credentials; gone at the end."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from go_release_gate.adapters.trees import remove
from go_release_gate.errors import UnavailableError


@contextmanager
def private_home(root: Path) -> Iterator[Path]:
    """Make the directory outside `root`, with `tmp` in it and Go's telemetry off; remove it whatever happens.

    Raises:
        UnavailableError: no directory for temporary files can be written (no space, no right).
    """
    home = _made(root)
    try:
        yield home
    finally:
        remove(home)


def _made(root: Path) -> Path:
    place = os.path.realpath(tempfile.gettempdir())
    if Path(place).is_relative_to(os.path.realpath(root)) and root != Path("/"):
        place = "/var/tmp"  # noqa: S108 - made by mkdtemp, readable by us alone
    try:
        home = Path(tempfile.mkdtemp(prefix="go-release-gate-", dir=place))
        (home / "tmp").mkdir()
        for telemetry in (home / ".config/go/telemetry", home / "Library/Application Support/go/telemetry"):
            telemetry.mkdir(parents=True)
            (telemetry / "mode").write_text("off")
    except OSError as error:
        raise UnavailableError(
            f"no private directory can be made in {place}: {error}", "free space, or set TMPDIR"
        ) from error
    return home
