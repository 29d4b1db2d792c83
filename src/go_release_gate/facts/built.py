"""The fact which programs were built, how each was asked for, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from go_release_gate.facts.binary import Binary
    from go_release_gate.model.outcome import ModuleError


@dataclass(frozen=True, slots=True)
class Order:
    """One program for one platform, as the release would build it.

    Attributes:
        service: its name. package, module: directories relative to the root.
        platform: `linux/arm64`, `linux/arm/v7`. tags: build tags.
        cgo: whether cgo is asked for; None: as Go decides.
        ldflags: flags of the linker, what is in `{{…}}` not yet filled in.
        environment: further variables of the build.
        output: name of the file. smoke: arguments to start it with.
        path, line: where it is asked for, empty: nowhere. dockerfile, stage: where the release builds it.
        unknown: what the release does beside this that nobody can see, one sentence each.
    """

    service: str
    package: str
    module: str
    platform: str
    tags: tuple[str, ...] = ()
    cgo: bool | None = None
    ldflags: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    output: str = ""
    smoke: tuple[str, ...] = ()
    path: str = ""
    line: int = 1
    dockerfile: str = ""
    stage: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Service and platform: `api linux/arm64`."""
        return f"{self.service} {self.platform}"

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from the other orders of one run, and is the same in another commit."""
        return self.service, self.platform

    @property
    def mod_file(self) -> str:
        """Path of its module's go.mod."""
        return "go.mod" if self.module == "." else f"{self.module}/go.mod"


@dataclass(frozen=True, slots=True)
class BuildFailure:
    """Why Go refused it: its first error, and where in the repository (the module's go.mod where it names none)."""

    message: str
    path: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """The first part in which two builds of the same differ: `what` in words, section and offset in the file."""

    what: str
    section: str = ""
    offset: int = 0


@dataclass(frozen=True, slots=True)
class SmokeRun:
    """What came of starting the program: `problem` is empty where it ended well."""

    command: tuple[str, ...]
    problem: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class BuiltProgram:
    """What came of an order.

    Attributes:
        binary: None where it was not built. failure: Go refused it. error: the surroundings did not let it happen.
        is_reproduced: whether it was built twice and came out the same; None: not tried, or could not be told.
        difference: the first part that did not. smoke: what came of starting it.
        base: the program of the same order at the base commit. seconds: how long the build took.
    """

    order: Order
    binary: Binary | None = None
    failure: BuildFailure | None = None
    error: ModuleError | None = None
    is_reproduced: bool | None = None
    difference: Difference | None = None
    smoke: SmokeRun | None = None
    base: Binary | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CheckedVariant:
    """A service that was type-checked for a platform under further tags."""

    order: Order
    failure: BuildFailure | None = None
    error: ModuleError | None = None


@dataclass(frozen=True, slots=True)
class BuiltPrograms:
    """Every program that was to be built. `commit`: the one checked out; `is_release`: whether a tag is built."""

    programs: tuple[BuiltProgram, ...]
    variants: tuple[CheckedVariant, ...] = ()
    commit: str = ""
    is_release: bool = False
