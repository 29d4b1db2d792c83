"""go.work.sum as it was: Go completes it in a workspace whatever `-mod` says, and the checkout is not ours to change.

https://go.dev/ref/mod#workspaces. `go build` and `go list` add the sums that no go.sum of a member has.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SIZE_LIMIT = 64 << 20  # bytes that are kept; a larger one is left to Go


@contextmanager
def kept_work_sums(root: Path, directories: Iterable[str] = (".",)) -> Iterator[None]:
    """While this holds Go may write go.work.sum in these directories of `root`; at the end they are as before."""
    places = [root / one / "go.work.sum" for one in directories]
    before = {place: _read(place) for place in places if _is_ours_to_keep(place)}
    try:
        yield
    finally:
        for place, content in before.items():
            with suppress(OSError):
                _put_back(place, content)


def _is_ours_to_keep(place: Path) -> bool:
    """Whether it is a file of its directory, or none yet; a link and a monster are left to Go."""
    try:
        found = os.lstat(place)
    except FileNotFoundError:
        return place.parent.is_dir()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size <= SIZE_LIMIT


def _read(place: Path) -> bytes | None:
    """Its bytes; None: there is no such file."""
    try:
        return place.read_bytes()
    except OSError:
        return None


def _put_back(place: Path, before: bytes | None) -> None:
    state = os.lstat(place)
    if not stat.S_ISREG(state.st_mode):
        return
    if before is None:
        place.unlink()
    elif place.read_bytes() != before:
        new = place.with_name(f".{place.name}.{os.getpid()}")
        new.write_bytes(before)
        new.chmod(state.st_mode & 0o777)
        with suppress(OSError):
            os.chown(new, state.st_uid, state.st_gid)
        new.replace(place)
