"""What one layer brings: its entries by path, what it takes away from the layers below, and the bytes kept of it.

https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from go_release_gate.facts.images import secrets
from go_release_gate.facts.images.limits import Budget
from go_release_gate.facts.images.programs import Program, Spool, form_of, is_program
from go_release_gate.facts.images.source import ImageError
from go_release_gate.facts.images.tarstream import CHARACTER, FILE, FOLDER, LINK, Archive, Attributes, Entry

WHITEOUT, OPAQUE, AUFS = b".wh.", b".wh..wh..opq", b".wh..wh."
KEPT = frozenset({b"etc/passwd", b"etc/group"})
_KEPT_SIZE = 1 << 20
_HEAD = 256
Node = tuple[int, Attributes, bytes]  # size, attributes, target of a symbolic link


@dataclass(slots=True)
class Tree:
    """A layer. Paths have no slash at the start or end.

    Attributes:
        entries: path → node; a hard link has its target's. folders: every folder that has something in it.
        whiteouts: paths of lower layers that are gone. opaque: folders whose lower content is gone.
        aliases: hard link → target within the layer. distant: hard link → target that is not in it.
        programs, contents, notes, shebangs, forms: what is kept of files; notes: what a file that looks like a secret
            seems to be; forms: what a file is that may be executed and cannot (programs.form_of).
        unread: programs that were passed over. count: entries of the archive.
        unreadable: what cannot be told of it.
    """

    entries: dict[bytes, Node] = field(default_factory=dict)
    folders: set[bytes] = field(default_factory=set)
    whiteouts: set[bytes] = field(default_factory=set)
    opaque: set[bytes] = field(default_factory=set)
    aliases: dict[bytes, bytes] = field(default_factory=dict)
    distant: dict[bytes, bytes] = field(default_factory=dict)
    programs: dict[bytes, Program] = field(default_factory=dict)
    contents: dict[bytes, bytes] = field(default_factory=dict)
    notes: dict[bytes, str] = field(default_factory=dict)
    shebangs: dict[bytes, str] = field(default_factory=dict)
    forms: dict[bytes, str] = field(default_factory=dict)
    unread: set[bytes] = field(default_factory=set)
    count: int = 0
    unreadable: list[str] = field(default_factory=list)


class Walk:
    """Reads a layer.

    Args:
        spool: where programs are put. budget: bounds of all layers. names: last parts of paths whose programs are kept
            though Go did not build them.
    """

    def __init__(self, spool: Spool, budget: Budget, names: frozenset[bytes]) -> None:
        self._spool, self._budget, self._names = spool, budget, names
        self.tree = Tree()

    def read(self, pieces: Iterator[bytes]) -> Tree:
        """The tree. Raises ImageError: damaged, or a bound that ends the reading; UnavailableError: from below."""
        archive = Archive(pieces, self._budget.limits)
        for entry in archive:
            self._entry(entry, archive)
        archive.drain()
        self._check_folders()
        return self.tree

    def _entry(self, entry: Entry, archive: Archive) -> None:
        tree = self.tree
        tree.count += 1
        self._budget.entry(len(entry.path))
        path = self._path(entry.path)
        if not path:
            return
        name = path[path.rfind(b"/") + 1 :]
        if name.startswith(WHITEOUT):
            self._whiteout(path, name)
            return
        if path in tree.entries:
            self._forget(path)  # the last of two entries counts
        kind = entry.attributes.kind
        if kind == LINK:
            self._link(path, entry)
            return
        if kind == CHARACTER and entry.device == (0, 0):
            self._say(f"{shown(path)} is a character device 0/0, which some engines take for a removed file")
        tree.entries[path] = (entry.size, entry.attributes, entry.link)
        if kind == FILE and entry.size:
            self._file(path, name, entry, archive)

    def _forget(self, path: bytes) -> None:
        tree = self.tree
        kept: tuple[dict[bytes, Any], ...] = (
            tree.aliases,
            tree.distant,
            tree.programs,
            tree.contents,
            tree.notes,
            tree.shebangs,
            tree.forms,
        )
        for each in kept:
            each.pop(path, None)
        tree.unread.discard(path)

    def _path(self, raw: bytes) -> bytes:
        """Without `.`, empty parts and slashes at the ends; empty: the root, or refused with a sentence."""
        path = raw[2:] if raw.startswith(b"./") else raw
        if path.endswith(b"/") or path.startswith(b"/"):
            path = path.strip(b"/")
        limits = self._budget.limits
        if len(path) > limits.path or path.count(b"/") > limits.depth:
            self._say(f"{shown(path[:80])}… is a longer or deeper path than Linux takes")
            return b""
        if b"//" in path or b"/." in path or path.startswith(b"."):
            parts = [part for part in path.split(b"/") if part not in (b"", b".")]
            if b".." in parts:
                self._say(f"{shown(path)} leads upwards by `..`, which engines take in different ways")
                return b""
            path = b"/".join(parts)
        return path

    def _whiteout(self, path: bytes, name: bytes) -> None:
        folder = path[: -len(name)].rstrip(b"/")
        if name == OPAQUE:
            self.tree.opaque.add(folder)
        elif name.startswith(AUFS):
            return  # what the file system aufs kept for itself
        elif name[len(WHITEOUT) :] in (b"", b".", b".."):
            self._say(f"{shown(path)} removes a folder by another name than its own")
        else:
            gone = name[len(WHITEOUT) :]
            self.tree.whiteouts.add(folder + b"/" + gone if folder else gone)

    def _link(self, path: bytes, entry: Entry) -> None:
        tree = self.tree
        target = self._path(entry.link)
        if target == path:
            return
        node = tree.entries.get(target)
        if not target or (node and node[1].kind == FOLDER):
            self._say(f"{shown(path)} is a hard link to a folder or to nothing")
        elif node is None:
            tree.entries[path] = (0, entry.attributes, b"")
            tree.distant[path] = target
        else:
            tree.entries[path] = node
            tree.aliases[path] = tree.aliases.get(target, target)
            if target in tree.distant:
                tree.distant[path] = tree.distant[target]
            _copy(tree.programs, target, path)
            _copy(tree.notes, target, path)
            _copy(tree.shebangs, target, path)
            _copy(tree.forms, target, path)
            if target in tree.unread:
                tree.unread.add(path)

    def _file(self, path: bytes, name: bytes, entry: Entry, archive: Archive) -> None:
        tree = self.tree
        size, mode = entry.size, entry.attributes.mode
        if entry.is_sparse:
            if mode & 0o111 or path in KEPT:
                self._say(f"{shown(path)} is stored as a sparse file, and was not read")
            return
        head = archive.read(_HEAD)
        form = form_of(name, head) if mode & 0o111 else ""
        if form:
            tree.forms[path] = form
        if is_program(name, head):
            self._program(path, head, entry, archive)
            return
        if mode & 0o111 and head.startswith(b"#!"):
            # Linux takes off spaces and tabs, no carriage return: https://github.com/torvalds/linux/blob/master/fs/binfmt_script.c
            tree.shebangs[path] = head[2:].split(b"\n", 1)[0].strip(b" \t").decode("utf-8", "backslashreplace")
        is_script = path in tree.shebangs and name in self._names and size <= secrets.SMALL
        is_looked_into = secrets.is_looked_into(path, name, size)
        is_kept = is_script or (path in KEPT and size <= _KEPT_SIZE)
        data = head + archive.read(size) if is_kept or is_looked_into else b""
        if is_kept:
            tree.contents[path] = data
        if is_looked_into:
            note = secrets.by_content(path, name, data)
            if note:
                tree.notes[path] = note
        elif note := secrets.by_name(path, name):
            tree.notes[path] = note

    def _program(self, path: bytes, head: bytes, entry: Entry, archive: Archive) -> None:
        is_named = path[path.rfind(b"/") + 1 :] in self._names
        try:
            program = self._spool.keep(head, entry.size, archive, always=is_named)
        except ImageError as error:
            if not archive.is_whole:
                raise
            self._say(f"{shown(path)} was not read: {error.message}")
            return
        if program:
            self.tree.programs[path] = program
        else:
            self.tree.unread.add(path)

    def _check_folders(self) -> None:
        """Collect the folders; nothing may lie below what is none in the same layer."""
        entries, folders = self.tree.entries, self.tree.folders
        for path in (*entries, *self.tree.whiteouts, *(folder + b"/" for folder in self.tree.opaque if folder)):
            at = path.rfind(b"/")
            while at > 0 and (folder := path[:at]) not in folders:
                folders.add(folder)
                self._budget.name(at)
                node = entries.get(folder)
                if node and node[1].kind != FOLDER:
                    self._say(f"{shown(path)} lies below {shown(folder)}, which is no folder in the same layer")
                at = path.rfind(b"/", 0, at)

    def _say(self, sentence: str) -> None:
        if len(self.tree.unreadable) < 20:
            self.tree.unreadable.append(sentence)


def _copy(kept: dict[bytes, Any], target: bytes, path: bytes) -> None:
    if target in kept:
        kept[path] = kept[target]


def shown(path: bytes) -> str:
    """A path of an image for people, absolute."""
    text = path.decode("utf-8", "backslashreplace")
    return "/" + "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
