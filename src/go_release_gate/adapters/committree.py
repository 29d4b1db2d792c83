"""The files of a commit, written into a directory without a checkout: no hook, no filter, no attribute has a say."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from go_release_gate.adapters.git import Git, TreeEntry
from go_release_gate.errors import UnavailableError

AT_ONCE = 32 << 20
"""Bytes of files that are asked of git in one go, and so held in memory."""

_LINK = "120000"
_FILE = "100"  # 100644, 100755


class CommitTree:
    """One commit of a repository.

    Args:
        revision: names a commit that the checkout has.

    Raises:
        UnavailableError: it does not have it.
    """

    def __init__(self, git: Git, revision: str) -> None:
        self._git = git
        self._entries = git.tree(revision)
        self._links = {_folded(entry.path) for entry in self._entries if entry.mode == _LINK}
        self._made: dict[str, bool] = {}

    @property
    def is_whole(self) -> bool:
        """Whether the checkout has the content of every file and link (a partial clone need not)."""
        return all(entry.size is not None for entry in self._entries if entry.mode.startswith((_FILE, _LINK)))

    def objects(self) -> dict[str, str]:
        """Path → object id of every file, link and submodule."""
        return {entry.path: entry.object for entry in self._entries}

    def write(self, directory: Path, wanted: Callable[[str], bool]) -> None:
        """Write the files with a `wanted` path, every link, and the files that linked sources lead to.

        Links stay links, submodules are left out, what is there already stays. Nothing is written through a link,
        whatever the tree says.

        Raises:
            UnavailableError: content is missing here (a partial clone), or cannot be written.
        """
        try:
            targets = self._link(directory)
            files = [
                entry
                for entry in self._entries
                if entry.mode.startswith(_FILE) and (wanted(entry.path) or entry.path in targets)
            ]
            self._put(directory, files)
        except (OSError, ValueError) as error:
            raise UnavailableError(f"a commit's files cannot be written to compare with: {error}") from error

    def _link(self, directory: Path) -> set[str]:
        """Make the links; the paths that those of them that look like sources lead to."""
        found = set()
        for entry, data in self._read([entry for entry in self._entries if entry.mode == _LINK]):
            target = os.fsdecode(data)
            if entry.path.endswith(".go"):
                found.add(posixpath.normpath(posixpath.join(posixpath.dirname(entry.path), target)))
            place = directory / entry.path
            if self._has_folder(directory, entry.path) and not os.path.lexists(place):
                place.symlink_to(target)
        return found

    def _put(self, directory: Path, files: Iterable[TreeEntry]) -> None:
        fresh = [
            entry
            for entry in files
            if self._has_folder(directory, entry.path) and not os.path.lexists(directory / entry.path)
        ]
        for entry, data in self._read(fresh):
            with (directory / entry.path).open("xb") as file:
                file.write(data)

    def _read(self, entries: Sequence[TreeEntry]) -> Iterator[tuple[TreeEntry, bytes]]:
        for chunk in _chunks(entries):
            yield from zip(chunk, self._git.contents(chunk), strict=True)

    def _has_folder(self, directory: Path, path: str) -> bool:
        """Make the directory that `path` lies in; False when there can be none, or a link would lead to it."""
        folder, name = posixpath.split(path)
        if folder not in self._made:
            parts = folder.split("/") if folder else []
            above = [_folded("/".join(parts[: number + 1])) for number in range(len(parts))]
            self._made[folder] = all(map(_is_plain, parts)) and self._links.isdisjoint(above)
            if self._made[folder]:
                (directory / folder).mkdir(parents=True, exist_ok=True)
        return self._made[folder] and _is_plain(name)


def _is_plain(name: str) -> bool:
    return name not in ("", ".", "..") and name.casefold() != ".git"


def _folded(path: str) -> str:
    """The same for names that some file systems hold for one."""
    return path.casefold()


def _chunks(entries: Iterable[TreeEntry]) -> Iterator[list[TreeEntry]]:
    chunk: list[TreeEntry] = []
    size = 0
    for entry in entries:
        if chunk and size + (entry.size or 0) > AT_ONCE:
            yield chunk
            chunk, size = [], 0
        chunk.append(entry)
        size += entry.size or 0
    if chunk:
        yield chunk
