"""Compare a vendor tree with a fresh one, file by file. Reads both trees, follows no link, changes nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from go_release_gate.facts.vendor import VendorDifference

MODULES = "modules.txt"
_BIGGEST = 500 << 20  # no file of a module is larger: x/mod/zip MaxZipFile


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs, as in the fact Vendor: `stale` and `edited`, each in the order of paths."""

    stale: tuple[VendorDifference, ...]
    edited: tuple[VendorDifference, ...]


@dataclass(frozen=True, slots=True)
class _Tree:
    """One vendor tree: size of each file (-1: a link or another odd thing) and who owns which directory."""

    top: Path
    files: Mapping[str, int]
    directories: frozenset[str]
    modules: Mapping[str, str]  # module path → its line of modules.txt

    def owner(self, name: str) -> str:
        """The modules.txt line of the module that a file belongs to; empty for none."""
        part = os.path.dirname(name)  # noqa: PTH120 - a name, no path of the file system
        while part and part not in self.modules:
            part = part.rpartition("/")[0]
        return self.modules.get(part, "")


def compare(vendor: Path, fresh: Path, *, prefix: str, is_conversion: Callable[[str], bool]) -> Differences:
    """Differences of the tree at `vendor` from the one at `fresh` (which need not exist).

    A file is edited when its module has the version it should and its package belongs there; everything else that
    differs is stale. Permissions do not count.

    Args:
        prefix: what names are reported below (`services/api/vendor`).
        is_conversion: whether a file's line endings were converted by the checkout alone (name with prefix).
    """
    ours, theirs = _read(vendor), _read(fresh)
    stale: list[VendorDifference] = []
    edited: list[VendorDifference] = []
    for name in sorted(ours.files.keys() | theirs.files.keys()):
        found = _difference(name, ours, theirs, f"{prefix}/{name}", is_conversion)
        if found:
            (edited if _is_right_package(name, ours, theirs) else stale).append(found)
    return Differences(tuple(stale), tuple(edited))


def _difference(
    name: str, ours: _Tree, theirs: _Tree, shown: str, is_conversion: Callable[[str], bool]
) -> VendorDifference | None:
    if name not in ours.files:
        return VendorDifference(shown, "missing")
    if name not in theirs.files:
        return VendorDifference(shown, "extra")
    if ours.files[name] < 0 or ours.files[name] > _BIGGEST:
        return VendorDifference(shown, "edited")
    if ours.files[name] == theirs.files[name] and _has_same_bytes(ours.top / name, theirs.top / name):
        return None
    mine, right = (ours.top / name).read_bytes(), (theirs.top / name).read_bytes()
    if b"\r\n" in mine and mine.replace(b"\r\n", b"\n") == right.replace(b"\r\n", b"\n") and is_conversion(shown):
        return None
    return VendorDifference(shown, "edited", _first_line(mine, right))


def _is_right_package(name: str, ours: _Tree, theirs: _Tree) -> bool:
    folder = os.path.dirname(name)  # noqa: PTH120 - a name, no path of the file system
    return (
        name != MODULES
        and MODULES in ours.files
        and folder in ours.directories
        and folder in theirs.directories
        and ours.owner(name) == theirs.owner(name)
    )


def _has_same_bytes(one: Path, other: Path) -> bool:
    with one.open("rb", buffering=0) as left, other.open("rb", buffering=0) as right:
        while True:
            piece = left.read(1 << 18)
            if piece != right.read(1 << 18):
                return False
            if not piece:
                return True


def _first_line(mine: bytes, right: bytes) -> int | None:
    """First line of ours that differs; None for binary content."""
    if b"\0" in mine[:8192] or b"\0" in right[:8192]:
        return None
    pairs = zip_longest(mine.split(b"\n"), right.split(b"\n"))
    number = next((at for at, (left, wanted) in enumerate(pairs, 1) if left != wanted), 1)
    last = len(mine.splitlines())  # where ours ends early, its last line is the place
    return max(1, min(number, last))


def _read(top: Path) -> _Tree:
    files = dict(_walk(str(top))) if top.is_dir() else {}
    directories = frozenset(os.path.dirname(name) for name in files)  # noqa: PTH120 - names
    text = (top / MODULES).read_text("utf-8", "surrogateescape") if files.get(MODULES, -1) >= 0 else ""
    return _Tree(top, files, directories, modules_of(text))


def modules_of(text: str) -> dict[str, str]:
    """Module path → the rest of its line (`v1.2.0`, `v1.2.0 => ../x`) in a modules.txt.

    The format is Go's own, as `go mod vendor` writes it: `# path version [=> replacement]` opens a module.
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("# "):
            path, _, rest = line[2:].partition(" ")
            found.setdefault(path, rest.strip())
    return found


def _walk(top: str) -> Iterator[tuple[str, int]]:
    waiting = [""]
    while waiting:  # no recursion: a checkout chooses its own depth
        below = waiting.pop()
        with os.scandir(f"{top}/{below}") as entries:
            for entry in entries:
                name = below + entry.name
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{name}/")
                else:
                    found = entry.stat(follow_symlinks=False)
                    yield name, found.st_size if stat.S_ISREG(found.st_mode) else -1
