"""Copy what Go reads of a module: its .go files, as bytes, and where other modules begin.

Go's own view is followed (`go help packages`, cmd/go/internal/imports): a linked .go file counts with the bytes it
leads to, a linked directory does not; pipes and devices are no source; a directory with its own go.mod belongs to
another module. Packages in testdata and hidden directories are copied too: an import can name them. Those in vendor,
often thousands, only if some file could.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field

from go_release_gate.errors import UnavailableError
from go_release_gate.facts.local_paths import join, relative

FILE_LIMIT = 64 << 20
MOD_LIMIT = 1 << 20  # Go reads go.mod whole
COUNT_LIMIT = 500_000
BYTES_LIMIT = 8 << 30

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NOTHING_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENXIO})
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that Go would have read and that was not copied. `is_unsafe`: it leads out of the repository."""

    path: str
    reason: str
    is_unsafe: bool = False


@dataclass(slots=True)
class Copier:
    """Copies directories of the repository at `root` to the same places below `tree` (both absolute, real).

    Attributes:
        follows_outside: whether a linked file may lead out of the repository.
        is_shared: whether other users must be able to read the copy, whatever the umask.
        limit: bytes that may be copied in all.
        refused: what was not copied, by the directory of the module it belongs to.
    """

    root: str
    tree: str
    follows_outside: bool
    is_shared: bool = False
    limit: int = BYTES_LIMIT
    count: int = 0
    size: int = 0
    refused: dict[str, list[Refused]] = field(default_factory=dict)
    _made: set[str] = field(default_factory=set)
    _put_off: list[tuple[str, list[Refused]]] = field(default_factory=list)  # what lies in vendor directories
    _names_vendor: bool = False  # whether a source that was copied could import it

    def copy(self, modules: Mapping[str, Mapping[str, bytes]]) -> None:
        """Copy modules: directory → the files (name → content) that are given; the rest comes from the tree.

        Raises:
            UnavailableError: more files or bytes than any repository should have. OSError: no place to write.
        """
        for start in sorted(modules):
            self._copy_below(start, modules, self.refused.setdefault(start, []))
        if self._names_vendor:
            for directory, refused in self._put_off:  # grows: a vendor directory may hold another
                if directory not in modules:
                    self._copy_below(directory, modules, refused)

    def _copy_below(self, start: str, modules: Mapping[str, Mapping[str, bytes]], refused: list[Refused]) -> None:
        stack = [start]
        while stack:
            directory = stack.pop()
            given = modules.get(directory)
            if given is not None and directory != start:
                continue  # a module of its own: it is copied when its turn comes
            below = self._copied(directory, given, refused)
            if directory.rpartition("/")[2] == "vendor" and directory != start:
                self._put_off += [(one, refused) for one in below]
            else:
                stack.extend(below)

    def _copied(self, directory: str, given: Mapping[str, bytes] | None, refused: list[Refused]) -> list[str]:
        try:
            return self._copy_directory(directory, given, refused)
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG:
                raise
            refused.append(Refused(directory, "its path is too long"))
            return []

    def make(self, directory: str) -> str:
        """Make `directory` and what is above it in the copy; its absolute path."""
        missing = []
        above = directory
        while above not in self._made:
            missing.append(above)
            above = above.rpartition("/")[0] or "."
            if above == ".":
                break
        for one in reversed(missing):
            self._make_one(f"{self.tree}/{one}" if one != "." else self.tree)
            self._made.add(one)
        return self.tree if directory == "." else f"{self.tree}/{directory}"

    def _make_one(self, path: str) -> None:
        try:
            os.mkdir(path, 0o755)  # noqa: PTH102 - a path object for each directory costs more than the call
        except FileExistsError:
            return
        if self.is_shared:
            os.chmod(path, 0o755)  # noqa: PTH101, S103 - the directory above admits the reader's group alone

    def _copy_directory(self, directory: str, given: Mapping[str, bytes] | None, refused: list[Refused]) -> list[str]:
        """Copy one directory's files; the directories to go on with."""
        source = self.root if directory == "." else f"{self.root}/{directory}"
        try:
            names, folders = _list(source)
        except OSError as error:
            refused.append(Refused(directory, _said(error)))
            return []
        if given is None and "go.mod" in names and _is_module(source):
            self._write(f"{self.make(directory)}/go.mod", b"")  # another module's: only that it begins here matters
            return []
        given = given or {}
        for name, is_link in names.items():
            if name in given:
                continue
            data = self._read(f"{source}/{name}", join(directory, name), refused, is_link=is_link)
            if data is not None:
                self._names_vendor = self._names_vendor or b"/vendor/" in data
                self._write(f"{self.make(directory)}/{name}", data)
        for name, data in given.items():
            self._write(f"{self.make(directory)}/{name}", data)
        return [join(directory, name) for name in folders]

    def _read(self, source: str, path: str, refused: list[Refused], *, is_link: bool) -> bytes | None:
        """The file's bytes; None where Go would not read it or must not."""
        if is_link:
            source = os.path.realpath(source)
            if not self.follows_outside and relative(self.root, source) is None:
                if os.path.exists(source):  # noqa: PTH110 - Path.exists raises for a name that is too long
                    refused.append(Refused(path, "it is a symbolic link that leaves the repository", is_unsafe=True))
                return None
        try:
            return _read_regular(source, MOD_LIMIT if path.endswith("go.mod") else FILE_LIMIT, is_link=is_link)
        except OSError as error:
            refused.append(Refused(path, _said(error)))
            return None

    def _write(self, target: str, data: bytes) -> None:
        file = os.open(target, _WRITE, 0o644)
        try:
            if self.is_shared:
                os.fchmod(file, 0o644)
            written = os.write(file, data)
            while written < len(data):
                written += os.write(file, memoryview(data)[written:])
        finally:
            os.close(file)
        self.count += 1
        self.size += len(data)
        if self.count > COUNT_LIMIT or self.size > self.limit:
            limit = f"{COUNT_LIMIT:,} files or {self.limit >> 20} MiB"
            raise UnavailableError(f"the Go files to judge are more than {limit}", "exclude what need not be judged")


class _TooLargeError(OSError):
    """A source file larger than its limit, in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(errno.EFBIG, f"it is larger than {limit:,} bytes")


def _list(path: str) -> tuple[dict[str, bool], list[str]]:
    """Names of the .go files and go.mod (with whether each is a link), and of the folders, sorted."""
    names: dict[str, bool] = {}
    folders: list[str] = []
    with os.scandir(path) as entries:
        for entry in entries:
            name = entry.name
            if entry.is_dir(follow_symlinks=False):
                if name != ".git":
                    folders.append(name)
            elif name.endswith(".go") or name == "go.mod":
                names[name] = entry.is_symlink()
    return names, sorted(folders)


def _is_module(path: str) -> bool:
    """Whether Go takes the directory for a module's: go.mod is there and no directory, links followed."""
    try:
        return not stat.S_ISDIR(os.stat(f"{path}/go.mod").st_mode)  # noqa: PTH116 - see _make_one
    except OSError:
        return False


def _read_regular(source: str, limit: int, *, is_link: bool) -> bytes | None:
    """Content of a regular file; None for what Go passes over too: a link that leads nowhere, a pipe, a socket."""
    try:
        file = os.open(source, _READ)
    except OSError as error:
        if error.errno in _NOTHING_THERE or (is_link and error.errno == errno.ELOOP):
            return None
        raise
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            return None
        return _whole(file, found.st_size, limit)
    finally:
        os.close(file)


def _whole(file: int, size: int, limit: int) -> bytes:
    parts: list[bytes] = []
    while size <= limit:
        parts.append(os.read(file, size + 1))
        if len(parts) == 1 and len(parts[0]) == size:
            return parts[0]
        if not parts[-1]:
            return b"".join(parts)
        size = max(size, sum(map(len, parts)))  # it grows while it is read
    raise _TooLargeError(limit)


def _said(error: OSError) -> str:
    return str(error.strerror) if isinstance(error, _TooLargeError) else f"it cannot be read: {error.strerror}".lower()
