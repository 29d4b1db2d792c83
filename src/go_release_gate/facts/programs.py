"""The fact which programs (main packages) the repository builds, and what their code needs where it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """A thing the code needs at run time and where it is seen first: `time.LoadLocation` at `main.go:12`.

    `is_certain`: it is asked for by a constant (`https://…`), not by a value that only a run knows.
    """

    what: str
    path: str = ""
    line: int = 0
    is_certain: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """One main package.

    Attributes:
        module: directory of its module. directory: of the package, relative to the root. path: import path.
        cgo: packages (import paths) that need cgo when it is on, `net` and `os/user` among them.
        pure_cgo: those of them that do not work without cgo: no file is left then, or a stub that says so.
        tls: where it makes TLS connections as a client, None: it does not as far as is known.
        zones: where it loads time zones by name, None: it does not.
        embeds_zones: whether `time/tzdata` is linked in.
        embeds_roots: whether a bundle of root certificates is linked in (golang.org/x/crypto/x509roots/fallback).
        unknown: why something of it could not be told (what is said holds, other packages may need more); empty:
            everything was.
        limits: what its own code sets itself, by the names of the variables that do the same: `GOMEMLIMIT`
            (`debug.SetMemoryLimit`), `GOMAXPROCS` (`runtime.GOMAXPROCS`).
        tags: the build tags it was looked at with, sorted, with commas between them.
    """

    module: str
    directory: str
    path: str
    cgo: tuple[str, ...] = ()
    pure_cgo: tuple[str, ...] = ()
    tls: Need | None = None
    zones: Need | None = None
    embeds_zones: bool = False
    embeds_roots: bool = False
    unknown: str = ""
    tags: str = ""
    limits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Programs:
    """Every main package that is built, by directory and tags."""

    programs: tuple[Program, ...]

    def at(self, directory: str, tags: str | None = None) -> Program | None:
        """The program of a directory relative to the root (`cmd/api`, `.`), under these tags where they are given."""
        return next(
            (one for one in self.programs if one.directory == directory and tags in (None, one.tags)),
            None,
        )
