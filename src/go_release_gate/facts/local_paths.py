"""Where a directory written in go.mod or go.work leads: as Go joins it, and in truth."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

_WINDOWS = re.compile(r"[A-Za-z]:|.*\\", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LocalTarget:
    """A directory as written in `base` (a directory of the repository).

    Attributes:
        lexical: absolute path as Go makes it: joined and cleaned, links not resolved.
        real: absolute path with links resolved, whether or not anything lies there.
        dir: `real` relative to the root, None when it leaves the repository.
    """

    written: str
    lexical: str
    real: str
    dir: str | None

    @property
    def is_portable(self) -> bool:
        """Whether it means the same directory of the repository in every checkout."""
        return self.dir is not None and not self.written.startswith("/")


class Resolver:
    """Resolves the directories written in the files of one repository, each real path asked of the system once.

    Args:
        root: the repository's root, absolute and real.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._real: dict[str, str] = {}

    def resolve(self, base: str, written: str) -> LocalTarget:
        """Resolve `written` in directory `base` of the repository. Never raises.

        A path of another system (`C:\\lib`) leads outside; so does one that no file system can hold.
        """
        if not _is_path(written):
            return LocalTarget(written, written, written, None)
        joined = written if written.startswith("/") else f"{self.root}/{base}/{written}"
        lexical = os.path.normpath("/" + joined.lstrip("/"))
        real = self._real.get(lexical)
        if real is None:
            real = self._real[lexical] = os.path.realpath(lexical)
        return LocalTarget(written, lexical, real, relative(self.root, real))

    def leaves_repository(self, target: LocalTarget) -> bool:
        """Whether a target means another thing in another checkout: absolute, or outside the git work tree that
        encloses the root (a folder of a repository may be judged alone, and still replace by its neighbours)."""
        if target.is_portable:
            return False
        is_near = relative(enclosing_work_tree(self.root), target.real) is not None
        return target.written.startswith("/") or not is_near


def enclosing_work_tree(root: str) -> str:
    """The nearest directory at or above `root` that has a `.git`; `root` itself when there is none."""
    place = root
    while not os.path.lexists(f"{place}/.git"):
        above = os.path.dirname(place)  # noqa: PTH120 - text
        if above == place:
            return root
        place = above
    return place


def _is_path(written: str) -> bool:
    try:
        os.fsencode(written)
    except UnicodeEncodeError:
        return False
    return "\0" not in written and _WINDOWS.match(written) is None


def relative(root: str, path: str) -> str | None:
    """`path` relative to `root` with `/`, `.` for the root itself, None when it is not below (both absolute)."""
    if path == root:
        return "."
    prefix = root.rstrip("/") + "/"
    return path[len(prefix) :] if path.startswith(prefix) else None


def join(base: str, name: str) -> str:
    """`name` in directory `base` of the repository (`.` is the root)."""
    return name if base == "." else f"{base}/{name}"


def is_directory(path: str) -> bool:
    """Whether a directory, or a link to one, lies at `path`; False too where that cannot be told."""
    return os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises for a name that is too long
