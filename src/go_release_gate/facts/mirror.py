"""A private copy of what `go mod tidy` reads, at a path that no cache knows.

Go keeps an index of each package of the work tree in GOCACHE, keyed by absolute path, names, times and sizes
(research/performance.md, part 4; cmd/go/internal/modindex). With a restored build cache and normalised times
`go mod tidy -diff` can say clean when it is not. A fresh path has no entry in any cache. The copy keeps the layout,
so that modules which replace each other still find each other, and the checkout is never written to.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
from pathlib import Path
from types import TracebackType
from typing import AnyStr, Self

from go_release_gate.errors import UnavailableError
from go_release_gate.facts.copying import BYTES_LIMIT, Copier, Refused
from go_release_gate.facts.local_paths import Resolver, is_directory, relative
from go_release_gate.facts.memory import PREFIX, free_bytes
from go_release_gate.facts.mirror_layout import Links, levels, make_folders, replaced_directories, tree_path
from go_release_gate.facts.module import Module
from go_release_gate.facts.removal import remove_tree
from go_release_gate.facts.repository import Repository
from go_release_gate.model.outcome import ErrorClass, ModuleError

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


class Mirror:
    """The copy, as a context manager: made on entry, gone on exit whatever happened.

    Args:
        repository: what to copy; every judged module and every directory that one replaces by.
        tmp_parent: where to make the private directory; default: the system's. Never inside the repository.
        owner: (uid, gid) of the children that read the copy; its group may read, nobody but us may write.
        memory: a directory in memory to try first: making thousands of small files there takes a tenth of the time.
            A tree that would fill a quarter of what is free goes to `tmp_parent` after all.
        trusted: False: a source file that is a link out of the repository is refused, not copied.
    """

    def __init__(
        self,
        repository: Repository,
        tmp_parent: Path | None = None,
        *,
        owner: tuple[int, int] | None = None,
        memory: Path | None = None,
        trusted: bool = True,
    ) -> None:
        self._repository = repository
        self._paths = Resolver(str(repository.root))
        self._parent = tmp_parent
        self._owner = owner
        self._memory = memory
        self._trusted = trusted
        self._top = ""
        self._tree = ""
        self._refused: dict[str, list[Refused]] = {}

    def __enter__(self) -> Self:
        """Copy. Raises UnavailableError when there is no place or too much to copy; nothing is left behind then."""
        try:
            if not self._fits_in_memory():
                self._fill(self._parent, BYTES_LIMIT)
        except OSError as error:
            self.close()
            raise _unavailable(error, self._top or str(self._parent or tempfile.gettempdir())) from error
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the copy."""
        self.close()

    def close(self) -> None:
        """Remove the copy; harmless when there is none."""
        if self._top:
            remove_tree(self._top)

    @property
    def path(self) -> Path:
        """Where the repository's root lies in the copy."""
        return Path(self._tree)

    @property
    def refused(self) -> tuple[Refused, ...]:
        """Files that Go would have read and that were not copied."""
        return tuple(one for refused in self._refused.values() for one in refused)

    def dir_of(self, module: Module) -> Path:
        """The module's directory in the copy."""
        return self.path / module.dir

    def error_of(self, module: Module) -> ModuleError | None:
        """Why `module` cannot be judged from the copy: a file of its own, or of one it replaces by, was refused."""
        read = [module.dir, *(one.dir for one in replaced_directories(self._paths, module) if one.dir is not None)]
        refused = next((one for directory in read for one in self._refused.get(directory, ())), None)
        if refused is None:
            return None
        kind = ErrorClass.UNSAFE_PATH if refused.is_unsafe else ErrorClass.MALFORMED_FILE
        return ModuleError(
            kind, f"a source file is not read: {refused.reason}", f"look at {refused.path}", path=refused.path
        )

    def to_repo_path(self, text: AnyStr) -> AnyStr:
        """Go's message with absolute paths of the copy turned into paths relative to the repository's root."""
        if isinstance(text, bytes):
            return os.fsencode(self.to_repo_path(os.fsdecode(text)))
        names = {self._tree: "."}
        above, climb = self._tree, ".."
        while above != self._top:
            above = os.path.dirname(above)  # noqa: PTH120 - text, not a place
            names[above] = climb
            climb += "/.."
        pattern = f"({'|'.join(map(re.escape, names))})(?:(/)|(?![\\w.-]))"
        return re.sub(pattern, lambda found: (names[found[1]] + (found[2] or "")).removeprefix("./"), text)

    def _fits_in_memory(self) -> bool:
        """Copy into memory; False, and nothing is left there, when the tree is too large for it."""
        if self._memory is None:
            return False
        try:
            self._fill(self._memory, free_bytes(self._memory) // 4)
        except (OSError, UnavailableError):
            self.close()
            return False
        return True

    def _fill(self, parent: Path | None, limit: int) -> None:
        root = self._paths.root
        prefix = f"{PREFIX}{os.getpid()}-"
        self._top = os.path.realpath(tempfile.mkdtemp(prefix=prefix, dir=_outside(root, parent)))
        if self._owner:
            os.chown(self._top, -1, self._owner[1])
            os.chmod(self._top, 0o750)  # noqa: PTH101, S103 - the children's group reads
        modules = self._repository.modules
        climb = max(map(levels, modules), default=0)
        self._tree = tree_path(self._top, root, climb)
        is_shared = self._owner is not None
        make_folders(self._top, self._tree, is_shared=is_shared)
        copier = Copier(root, self._tree, follows_outside=self._trusted, is_shared=is_shared, limit=limit)
        copier.copy(self._starts())
        self._refused = copier.refused
        self._link(Links(self._top, self._tree, root, is_shared))

    def _starts(self) -> dict[str, dict[str, bytes]]:
        """Every directory to copy, with the files that were read already."""
        given = {module.dir: _given(module) for module in self._repository.modules}
        for module in self._repository.modules:
            for target in replaced_directories(self._paths, module):
                if target.dir is not None:
                    given.setdefault(target.dir, {})
        return given

    def _link(self, links: Links) -> None:
        wanted = [
            (target, module)
            for module in self._repository.modules
            for target in replaced_directories(self._paths, module)
        ]
        for target, module in sorted(wanted, key=lambda one: len(one[0].lexical)):  # what contains others comes first
            if self._trusted or target.dir is not None:
                links.make(module, target)


def _given(module: Module) -> dict[str, bytes]:
    """Files as discovery read them, so that all of a check speaks of the same bytes."""
    if module.error and not module.mod_bytes:
        return {}
    files = {"go.mod": module.mod_bytes}
    return files if module.sum_bytes is None else {**files, "go.sum": module.sum_bytes}


def _outside(root: str, wanted: Path | None) -> str:
    """A directory for temporary files that does not lie in the repository."""
    for candidate in (str(wanted or tempfile.gettempdir()), "/tmp", "/var/tmp"):  # noqa: S108 - mkdtemp is private
        if is_directory(candidate) and relative(root, os.path.realpath(candidate)) is None:
            return candidate
    raise UnavailableError("every directory for temporary files lies in the repository", "set TMPDIR to one outside")


def _unavailable(error: OSError, place: str) -> UnavailableError:
    hint = "make room there, or set TMPDIR to a directory with room"
    if error.errno in _NO_SPACE:
        return UnavailableError(f"no space left below {place} for a copy of the Go files", hint)
    reason = str(error.strerror).lower()
    return UnavailableError(f"no copy of the Go files could be made below {place}: {reason}", hint)
