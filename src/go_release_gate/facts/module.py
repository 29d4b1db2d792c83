"""The fact a module is: its directory, its path, and its two files as they lie in the work tree."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.gomod.modfile import ModFile
from go_release_gate.gomod.sumfile import SumFile
from go_release_gate.model.outcome import ModuleError


@dataclass(frozen=True, slots=True)
class Module:
    """One Go module of the repository.

    Attributes:
        dir: directory relative to the root, `/` separated, `.` for the root itself.
        path: the module path, empty when go.mod cannot be read.
        mod_bytes, sum_bytes: the files as they lie in the work tree; `sum_bytes` None: no go.sum.
        mod: go.mod parsed, None when it is malformed.
        sum: go.sum parsed, None when there is none or it is malformed.
        local_replaces: directories (relative to the root) of modules of this repository that it replaces by.
        outside_replaces: replace targets whose real path leaves the repository, as written.
        has_vendor: whether a directory `vendor` lies beside go.mod.
        error: why it cannot be judged at all (malformed, unsafe), found before Go ran.
    """

    dir: str
    path: str
    mod_bytes: bytes
    sum_bytes: bytes | None
    mod: ModFile | None = None
    sum: SumFile | None = None
    local_replaces: tuple[str, ...] = ()
    outside_replaces: tuple[str, ...] = ()
    has_vendor: bool = False
    error: ModuleError | None = None

    def file(self, name: str) -> str:
        """Path of a file of the module, relative to the root (`services/api/go.mod`)."""
        return name if self.dir == "." else f"{self.dir}/{name}"
