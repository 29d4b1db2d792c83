"""Write mended files into the checkout: go.mod, go.sum and vendor, nothing else, each whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from go_release_gate.errors import UnavailableError
from go_release_gate.facts.patch import Mended


def apply(root: Path, mended: Iterable[Mended]) -> list[str]:
    """Write every file; gives the paths written, relative to `root`.

    A file that is no longer what was judged is left alone and refused: somebody else is at work.

    Raises:
        UnavailableError: a file changed meanwhile or cannot be written; what was written before stays, each file
            whole, and the next run mends the rest.
    """
    written = []
    for file in mended:
        target = root / file.path
        if _bytes_of(target) != file.before:
            raise UnavailableError(f"{file.path} changed while it was judged", "run it again")
        try:
            if file.after is None:
                target.unlink()
                _prune(target.parent)
            else:
                _replace(target, _with_line_ends_of(file))
        except OSError as error:
            raise UnavailableError(f"cannot write {file.path}: {error.strerror}", "check its permissions") from error
        written.append(file.path)
    return written


def _prune(directory: Path) -> None:
    """Remove directories that a removed vendored file left empty, up to `vendor` itself."""
    while directory.name != "vendor" and not any(directory.iterdir()):
        directory.rmdir()
        directory = directory.parent


def _bytes_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _with_line_ends_of(file: Mended) -> bytes:
    """A work tree that the checkout turned to CRLF stays so; git turns it back on commit."""
    after = file.after or b""
    return after.replace(b"\n", b"\r\n") if file.is_converted else after


def _replace(target: Path, data: bytes) -> None:
    """Write beside the target and rename, so that a reader sees the old file or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    mode, owner = (stat.S_IMODE(target.stat().st_mode), target.stat()) if target.exists() else (0o644, None)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).chmod(mode)
        like = owner or target.parent.stat()
        if os.geteuid() == 0:
            os.chown(name, like.st_uid, like.st_gid)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
