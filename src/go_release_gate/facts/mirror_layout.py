"""Where a copy of the tree must lie so that every relative replace in it still leads where it led.

`replace example.com/lib => ../../lib` may leave the repository. The copy therefore lies below as many directories,
of the same names, as the farthest replace climbs, and what it leads to is linked at the place where it now arrives.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from go_release_gate.facts.local_paths import LocalTarget, Resolver, is_directory, relative
from go_release_gate.facts.module import Module

_LEVELS_LIMIT = 64  # a replace that climbs further arrives at the root of the file system anyway
_LINKS_LIMIT = 40  # as many links as Linux follows in one path


def levels(module: Module) -> int:
    """How many directories above the repository's root the replaces of `module` climb."""
    depth = 0 if module.dir == "." else module.dir.count("/") + 1
    climbs = (posixpath.normpath(one).split("/").count("..") for one in _written(module) if not one.startswith("/"))
    return max((climb - depth for climb in climbs), default=0)


def tree_path(top: str, root: str, climb: int) -> str:
    """Where below `top` the copy of `root` lies when replaces climb `climb` directories above it."""
    if climb <= 0:
        return f"{top}/tree"
    climb = min(climb, _LEVELS_LIMIT)
    names = [name for name in root.split("/") if name][-climb:]
    return "/".join([top, *["_"] * (climb - len(names)), *names])


def replaced_directories(paths: Resolver, module: Module) -> Iterator[LocalTarget]:
    """Existing directories that `module` replaces by, wherever they lie."""
    for written in _written(module):
        target = paths.resolve(module.dir, written)
        if is_directory(target.real):
            yield target


def _written(module: Module) -> list[str]:
    return [one.target for one in module.mod.replaces if one.is_local] if module.mod else []


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the links that a copy of `root` at `tree` below `top` needs (all absolute, real).

    `is_shared`: other users must be able to follow them.
    """

    top: str
    tree: str
    root: str
    is_shared: bool

    def make(self, module: Module, target: LocalTarget) -> None:
        """Make what `target`, written in `module`, arrives at in the copy lead to the copy of its real directory,
        or to that directory itself where it lies outside the repository. Absolute targets need nothing."""
        if target.written.startswith("/"):
            return
        if relative(self.root, target.lexical) is not None:
            self._make_inside(target.lexical)
            return
        arrival = posixpath.normpath(f"{self.tree}/{module.dir}/{target.written}")
        if relative(self.top, arrival) is not None:
            self._make_outside(arrival, self._in_copy(target.real))

    def _in_copy(self, real: str) -> str:
        inside = relative(self.root, real)
        return real if inside is None else posixpath.normpath(f"{self.tree}/{inside}")

    def _make_inside(self, path: str) -> None:
        """Repeat each link that lies on the way to `path` (absolute, inside the root)."""
        for _ in range(_LINKS_LIMIT):
            link = _first_link(self.root, path)
            if link is None:
                return
            real = os.path.realpath(link)
            self._link(self._in_copy(link), self._in_copy(real))
            path = real + path[len(link) :]
            if relative(self.root, path) is None:
                return

    def _make_outside(self, arrival: str, real: str) -> None:
        """Link `real` at `arrival`; where the copy lies below `arrival`, link what lies beside it on the way."""
        if relative(arrival, self.tree) is None:
            self._link(arrival, real)
            return
        while arrival != self.tree:
            following = relative(arrival, self.tree)
            assert following is not None  # noqa: S101 - the loop descends towards the tree
            name = following.split("/", 1)[0]
            for one in _names(real):
                if one != name:
                    self._link(f"{arrival}/{one}", f"{real}/{one}")
            arrival, real = f"{arrival}/{name}", f"{real}/{name}"

    def _link(self, place: str, target: str) -> None:
        """Link `target` at `place`, unless something lies there: another replace led to it, or above it."""
        folder = os.path.dirname(place)  # noqa: PTH120
        is_ours = relative(self.top, os.path.realpath(folder)) is not None  # never make anything behind a link
        if is_ours and not os.path.lexists(place):
            make_folders(self.top, folder, is_shared=self.is_shared)
            os.symlink(target, place)  # noqa: PTH211


def make_folders(top: str, folder: str, *, is_shared: bool) -> None:
    """Make `folder` and what is missing between it and `top`; `is_shared`: others may enter, whatever the umask."""
    current = top
    for name in (relative(top, folder) or ".").split("/"):
        current = f"{current}/{name}"
        if name != "." and not os.path.lexists(current):
            os.mkdir(current, 0o755)  # noqa: PTH102
            if is_shared:
                os.chmod(current, 0o755)  # noqa: PTH101, S103 - `top` admits the reader's group alone


def _first_link(root: str, path: str) -> str | None:
    inside = relative(root, path) or "."
    current = root
    for name in inside.split("/"):
        current = f"{current}/{name}"
        if os.path.islink(current):  # noqa: PTH114
            return current
    return None


def _names(directory: str) -> list[str]:
    try:
        with os.scandir(directory) as entries:
            return sorted(entry.name for entry in entries)
    except OSError:
        return []
