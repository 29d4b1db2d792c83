"""What is told of a built binary: what its file says (ELF) and what Go recorded in it.

https://pkg.go.dev/runtime/debug#BuildInfo, https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RecordedModule:
    """A module version in the build information: `sum` is its `h1:` hash, empty where none was recorded."""

    path: str
    version: str
    sum: str = ""
    replaced_by: RecordedModule | None = None


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """What Go recorded. `settings`: `GOARCH`, `CGO_ENABLED`, `-trimpath`, `vcs.revision`, `vcs.modified`, … as told."""

    go: str  # `go1.26.1`
    path: str = ""  # of the main package
    main: RecordedModule | None = None
    dependencies: tuple[RecordedModule, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the file; `size` in bytes as it lies in the file."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Elf:
    """What the ELF file says of itself.

    Attributes:
        architecture: GOARCH of the machine (`amd64`, `arm64`, `arm`, `386`, …), `machine N` for others.
        variant: `v7` and the like where the file tells, else empty.
        interpreter: PT_INTERP, empty: statically linked. needed: DT_NEEDED in order.
        is_stripped: whether neither symbol table nor DWARF is in it. symbols: bytes that stripping would save.
        sections: largest first.
        go_build_id: as `go tool buildid` prints it, empty: none.
        gnu_build_id: hex, empty: none.
        packed_by: `UPX` where the file is packed, else empty; then hardly anything else is known.
    """

    architecture: str
    variant: str = ""
    interpreter: str = ""
    needed: tuple[str, ...] = ()
    is_stripped: bool = False
    symbols: int = 0
    sections: tuple[Section, ...] = ()
    go_build_id: str = ""
    gnu_build_id: str = ""
    packed_by: str = ""


@dataclass(frozen=True, slots=True)
class Binary:
    """A program file.

    Attributes:
        path: where it lies: in the image (absolute), or relative to what was built.
        size: bytes. digest: `sha256:…` of them.
        elf: None where it is no ELF file (or no readable one). info: None where Go recorded nothing that can be read.
        unreadable: why something of it could not be told; empty: everything was read.
        marks: what its code does, as its table of functions tells (binary/marks.py); None: not looked for.
    """

    path: str
    size: int
    digest: str = ""
    elf: Elf | None = None
    info: BuildInfo | None = None
    unreadable: str = ""
    marks: frozenset[str] | None = None
