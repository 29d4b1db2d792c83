"""The fact which programs (main packages) the repository builds, and what their code needs where it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """A thing the code needs at run time and where it is seen first: `time.LoadLocation` at `main.go:12`."""

    what: str
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Program:
    """One main package.

    Attributes:
        module: directory of its module. directory: of the package, relative to the root. path: import path.
        cgo: packages (import paths) that need cgo when it is on, `net` and `os/user` among them.
        pure_cgo: those of them that have no form without cgo (`import "C"` in a package without an alternative).
        tls: where it makes TLS connections as a client, None: it does not as far as is known.
        zones: where it loads time zones by name, None: it does not.
        embeds_zones: whether `time/tzdata` is linked in.
        embeds_roots: whether a bundle of root certificates is linked in (golang.org/x/crypto/x509roots/fallback).
        unknown: why something of it could not be told; empty: everything was.
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


@dataclass(frozen=True, slots=True)
class Programs:
    """Every main package, by directory."""

    programs: tuple[Program, ...]

    def at(self, directory: str) -> Program | None:
        """The program of a directory relative to the root (`cmd/api`, `.`)."""
        return next((one for one in self.programs if one.directory == directory), None)
