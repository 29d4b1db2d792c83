"""The fact which variables `-ldflags -X` names, and what the source has under those names."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.gomod.govars import Declared


@dataclass(frozen=True, slots=True)
class PackageNames:
    """What a package declares.

    Attributes:
        path: import path. name: behind `package`. directory: relative to the root, empty for one of another module.
        declared: its names, of every file that is no test, whatever its build constraint.
        is_generated: whether a `//go:generate` in it may make further files, which the repository need not hold.
    """

    path: str
    name: str
    directory: str
    declared: tuple[Declared, ...]
    is_generated: bool = False

    def named(self, name: str) -> tuple[Declared, ...]:
        """What it declares under a name; several where files exclude each other."""
        return tuple(one for one in self.declared if one.name == name)


@dataclass(frozen=True, slots=True)
class LinkVariable:
    """One `-X package.name=value`.

    Attributes:
        path, line, column: where it is written; `source`: that line's text, empty where it is put together elsewhere.
        scope: stage, job or step, for keys.
        package, name: as the linker gets them.
        module: import path of the module that is built, `directory`: of it, relative to the root.
        mains: the main packages that are built.
        found: the package named, for `main` each of `mains`; empty: there is none.
        elsewhere: packages of the repository that have a string variable of this name.
    """

    path: str
    line: int
    column: int
    source: str
    scope: str
    package: str
    name: str
    module: str
    directory: str
    mains: tuple[PackageNames, ...] = ()
    found: tuple[PackageNames, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The variable with its package."""
        return f"{self.package}.{self.name}"


@dataclass(frozen=True, slots=True)
class LostFlags:
    """An `-ldflags` that a later one on the same command line replaces, with the variables that are lost by it."""

    path: str
    line: int
    scope: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkVariables:
    """Every variable named whose package could be looked for, and the flags that are lost."""

    variables: tuple[LinkVariable, ...]
    lost: tuple[LostFlags, ...] = ()
