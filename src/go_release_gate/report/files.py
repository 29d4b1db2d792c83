"""Files written whole or not at all, and never through a link that a checkout has laid."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from go_release_gate.errors import UsageError


def check_writable(path: Path, guarded: Path | None = None) -> None:
    """Refuse early what `write_file` would refuse later. Raises UsageError; writes nothing."""
    _refuse_links(path, guarded)
    if path.is_dir():
        raise UsageError(f"cannot write {path}: it is a directory", "name a file in it")
    place = path if path.exists() and not path.is_file() else _nearest(path.absolute().parent)
    if place.is_file():
        raise UsageError(f"cannot write {path}: {place} is not a directory", "name another directory")
    if not os.access(place, os.W_OK):
        raise UsageError(f"cannot write {path}: no permission for {place}", "name another file or change its rights")


def write_file(path: Path, text: str, guarded: Path | None = None) -> None:
    """Replace `path` by `text` (UTF-8) at once: readers see the old file or the new one, never half.

    Missing directories are made. A device or pipe is written to as it is. As root, the file is given to the owner
    of its directory, who must be able to delete it.

    Args:
        guarded: a directory below which no component of `path` may be a symbolic link.

    Raises UsageError when it cannot be written.
    """
    _refuse_links(path, guarded)
    data = text.encode("utf-8", "backslashreplace")
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as special:
                special.write(data)
        else:
            _replace(Path(os.path.realpath(path)), data)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}", "name another file") from error


def _replace(path: Path, data: bytes) -> None:
    import tempfile  # here: it costs the start more than the rest of this file

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".go-release-gate-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), _mode(path))
            _give_away(file.fileno(), path.parent)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _mode(path: Path) -> int:
    """Rights of the file that is replaced, else what the process gives new files."""
    with contextlib.suppress(OSError):
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _give_away(descriptor: int, directory: Path) -> None:
    if os.geteuid() == 0:
        owner = directory.stat()
        with contextlib.suppress(OSError):
            os.fchown(descriptor, owner.st_uid, owner.st_gid)


def _nearest(directory: Path) -> Path:
    while not directory.exists() and directory != directory.parent:
        directory = directory.parent
    return directory


def _refuse_links(path: Path, guarded: Path | None) -> None:
    if guarded is None:
        return
    top = os.path.realpath(guarded)
    full = Path(os.path.abspath(path))  # noqa: PTH100 - links must stay unresolved
    for component in [full, *full.parents]:
        if component.is_symlink() and Path(os.path.realpath(component.parent)).is_relative_to(top):
            raise UsageError(f"cannot write {path}: {component} is a symbolic link", "a checkout may not redirect it")
