"""What a program's code needs where it runs, from its packages and the sources of the repository's own ones.

Pure but for `read`, which gives a file's bytes by its absolute path, empty where it cannot or should not be read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from go_release_gate.facts.package_list import Package, closure
from go_release_gate.facts.programs import Need, Program
from go_release_gate.facts.tls_clients import tls_need
from go_release_gate.gomod import gouses
from go_release_gate.gomod.gotokens import Kind
from go_release_gate.gomod.govars import declared

Read = Callable[[str], bytes]

ROOTS = "golang.org/x/crypto/x509roots/fallback"
ZONES = "time/tzdata"
_SAYS_STUB = (b"CGO_ENABLED=0", b"requires cgo", b"requires CGO", b"without cgo", b"cgo is required", b"need cgo")
_WITHOUT_CGO = b"!cgo"
_LIMITS = {"runtime/debug": frozenset({"SetMemoryLimit"}), "runtime": frozenset({"GOMAXPROCS"})}
_BUILT_IN = frozenset({"", "UTC", "Local"})


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the repository's own: `path` relative to its root."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Tree:
    """Where the packages were listed: `root` is the repository's in that place."""

    root: str
    read: Read

    def relative(self, path: str) -> str:
        """An absolute path of the tree as the repository knows it."""
        return "." if path == self.root else path.removeprefix(f"{self.root}/")

    def sources(self, packages: Iterable[Package]) -> Iterator[Source]:
        """The files of the repository's own packages."""
        for package in packages:
            for name in (*package.files, *package.cgo) if package.is_own else ():
                path = f"{package.directory}/{name}"
                yield Source(self.relative(path), self.read(path))


def programs(module: str, packages: Mapping[str, Package], tags: str, tree: Tree) -> Iterator[Program]:
    """The main packages that were asked for. `module`: directory of their module; `packages`: the listing."""
    for package in packages.values():
        if package.is_wanted and package.is_own and package.name == "main" and not package.error:
            yield _program(module, package, packages, tags, tree)


def _program(module: str, main: Package, packages: Mapping[str, Package], tags: str, tree: Tree) -> Program:
    parts = closure(main.path, packages)
    sources = list(tree.sources(sorted(parts, key=lambda one: (one is not main, one.directory))))
    paths = {one.path for one in parts}
    broken = next((one for one in parts if one.error), None)
    return Program(
        module=module,
        directory=tree.relative(main.directory),
        path=main.path,
        cgo=tuple(one.path for one in parts if one.cgo),
        pure_cgo=tuple(one.path for one in parts if one.cgo and not one.is_standard and _fails_without(one, tree.read)),
        tls=tls_need((source.path, source.data) for source in sources),
        zones=next(_zones(sources), None),
        embeds_zones=ZONES in paths or "timetzdata" in tags.split(","),
        embeds_roots=any(path == ROOTS or path.startswith(f"{ROOTS}/") for path in paths),
        unknown=f"{broken.path}: {broken.error}" if broken else "",
        tags=tags,
        limits=frozenset(_limits(sources)),
    )


def _zones(sources: Iterable[Source]) -> Iterator[Need]:
    sources = list(sources)
    for source in sources:
        for use in gouses.uses(source.data, {"time": frozenset({"LoadLocation"})}):
            zone = _zone(use, source, sources)
            if not use.arguments or zone in _BUILT_IN:
                continue
            what = f'time.LoadLocation("{zone}")' if zone else "time.LoadLocation"
            yield Need(what, source.path, use.line, zone is not None)


def _limits(sources: Iterable[Source]) -> Iterator[str]:
    """What is set by a call; one with a constant that changes nothing (0, a negative number) only asks."""
    for source in sources:
        for use in gouses.uses(source.data, _LIMITS):
            first = use.arguments[0][0].text if use.arguments and use.arguments[0] else "0"
            if first not in ("0", "-"):
                yield "GOMEMLIMIT" if use.name == "SetMemoryLimit" else use.name


def _zone(use: gouses.Use, source: Source, sources: Iterable[Source]) -> str | None:
    """The zone that is asked for, as a literal or a constant of the package; None: only a run knows it."""
    word = use.arguments[0][0] if use.arguments and len(use.arguments[0]) == 1 else None
    if word is None or word.kind is not Kind.NAME:
        return word.value if word else None
    directory = posixpath.dirname(source.path)
    constants = (
        one.initial
        for other in sources
        if posixpath.dirname(other.path) == directory and word.text.encode() in other.data
        for one in declared(other.data)
        if one.kind == "const" and one.name == word.text
    )
    initial = next(constants, None) or ()
    return initial[0].value if len(initial) == 1 else None


def _fails_without(package: Package, read: Read) -> bool:
    """Whether nothing of a package works without cgo: no file of it is left, or one says that it needs cgo."""
    if not package.files and not package.ignored:
        return True
    stubs = [read(f"{package.directory}/{name}") for name in package.ignored]
    alternatives = [data for data in stubs if _WITHOUT_CGO in data.partition(b"\npackage ")[0]]
    if any(word in data for data in alternatives for word in _SAYS_STUB):
        return True
    return not package.files and not alternatives
