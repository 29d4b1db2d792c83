"""Why a module is needed: the chain of imports that `go mod why -m` finds, over all build tags and tests."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.gomod import goimports
from go_release_gate.model.finding import Location

if TYPE_CHECKING:
    from go_release_gate.adapters.go import Go


ASKED = 2_000  # modules in one question
ASKED_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Chain:
    """Packages from one of the main module to the one that is needed; a test variant ends in `.test`."""

    packages: tuple[str, ...]

    @property
    def is_direct(self) -> bool:
        """Whether a package (or test) of the main module itself imports it."""
        return sum(not package.endswith(".test") for package in self.packages) == 2

    @property
    def tested(self) -> str:
        """The dependency whose test needs it; empty if none does."""
        tests = [package.removesuffix(".test") for package in self.packages[2:] if package.endswith(".test")]
        return tests[-1] if tests else ""

    @property
    def target(self) -> str:
        """The package that is needed in the end."""
        return self.packages[-1]


def ask(go: Go, modules: Iterable[str], *, cwd: Path, modfile: Path, timeout: float) -> dict[str, Chain]:
    """Chains for those of `modules` that the main module at `cwd` needs; none where Go could not tell."""
    wanted = sorted(set(modules))[:ASKED]
    while sum(map(len, wanted)) > ASKED_BYTES:  # as many as fit into one command line
        del wanted[len(wanted) // 2 :]
    if not wanted:
        return {}
    done = go.run(["mod", "why", f"-modfile={modfile}", "-m", *wanted], cwd=cwd, timeout=timeout)
    return parse(done.stdout.decode("utf-8", "surrogateescape"))


def parse(output: str) -> dict[str, Chain]:
    """Read `go mod why -m`: a `# module` line, then a package a line, or a note in brackets."""
    chains: dict[str, Chain] = {}
    module, packages = "", list[str]()
    for line in [*output.splitlines(), "# "]:
        if line.startswith("# "):
            if module and packages:
                chains[module] = Chain(tuple(packages))
            module, packages = line[2:], []
        elif line and not line.startswith("("):
            packages.append(line)
    return chains


@dataclass(frozen=True, slots=True)
class Import:
    """An import in the main module: where, and under which build constraint (empty: none)."""

    location: Location
    constraint: str


def locate(package: str, chain: Chain, *, module: str, directory: Path, prefix: str) -> Import | None:
    """The line of the main module that imports `package`, in the package the chain starts with.

    Args:
        module: path of the main module. directory: where it lies in the copy.
        prefix: its directory relative to the root, `.` for the root.
    """
    start = chain.packages[0].removesuffix(".test")
    below = "" if start == module else start.removeprefix(module + "/")
    folder = directory / below
    try:
        names = sorted(path.name for path in folder.iterdir() if path.suffix == ".go")
    except OSError:
        return None
    for name in sorted(names, key=lambda name: name.endswith("_test.go")):
        if found := _import_line(folder / name, package):
            line, constraint = found
            path = "/".join(part for part in (prefix if prefix != "." else "", below, name) if part)
            return Import(Location(path, line, line), constraint)
    return None


def find_import(package: str, directory: Path, *, prefix: str, inner: frozenset[str]) -> Location | None:
    """The first line of a module's own files that imports `package`, files in order of their paths.

    Args:
        directory: the module in the copy. prefix: its directory relative to the root. inner: directories of other
            modules, which are not entered.
    """
    if not package:
        return None
    for folder, folders, names in os.walk(directory):
        below = os.path.relpath(folder, directory)
        here = "/".join(part for part in (prefix, below) if part != ".") or "."
        folders[:] = sorted(name for name in folders if (name if here == "." else f"{here}/{name}") not in inner)
        for name in sorted(name for name in names if name.endswith(".go")):
            if found := _import_line(Path(folder) / name, package):
                return Location(name if here == "." else f"{here}/{name}", found[0], found[0])
    return None


def _import_line(file: Path, package: str) -> tuple[int, str] | None:
    try:
        data = file.read_bytes()
    except OSError:
        return None
    if package.encode() not in data:
        return None
    scanned = goimports.scan(file.name, data)
    if scanned.ignored:
        return None
    return next(((line, scanned.constraint) for path, line in scanned.imports if path == package), None)
