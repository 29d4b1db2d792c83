"""Collects which programs the repository's Dockerfiles build, and what their code needs where it runs.

Go lists their packages, once for each module and set of tags, without the network and as they are built for Linux with
cgo; what it cannot list is unknown. Sources are read in the copy of the tree, bounded.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.engine.context import Edges, Facts
from go_release_gate.facts.go_calls import GoCall, GoCalls
from go_release_gate.facts.module import Module
from go_release_gate.facts.package_list import FIELDS, Package, read
from go_release_gate.facts.program_needs import Tree, programs
from go_release_gate.facts.program_places import deepest_first, module_of, packages_of, tags_of
from go_release_gate.facts.programs import Program, Programs

if TYPE_CHECKING:
    from go_release_gate.config.settings import Settings

FILE_LIMIT = 4 << 20  # bytes of one source file
TOTAL_LIMIT = 128 << 20  # bytes of all source files
LISTING_LIMIT = 120.0  # seconds of one listing
BUILDING = frozenset({"build", "install"})
_LISTED = {"CGO_ENABLED": "1", "GOPROXY": "off", "GOVCS": "*:off", "GOOS": "linux"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be listed: packages (relative to the root) of one module under one set of tags."""

    module: str
    tags: str
    patterns: tuple[str, ...]


def collect_programs(facts: Facts, settings: Settings, edges: Edges) -> Programs | None:
    """The programs that Dockerfiles build; None where none is built by one."""
    calls = facts.others.get(GoCalls)
    found = wanted(calls.calls, facts.modules) if isinstance(calls, GoCalls) else ()
    if not found:
        return None
    reader = Reader(edges.copy or facts.repository.root)
    return Programs(tuple(program for one in found for program in _listed(one, reader, edges, settings)))


def wanted(calls: Iterable[GoCall], modules: Iterable[Module]) -> tuple[Wanted, ...]:
    """What the builds among `calls` ask for, those of one module and one set of tags together."""
    deepest = deepest_first(modules)
    groups: dict[tuple[str, str], dict[str, None]] = {}
    for call in calls:
        is_built = call.dockerfile is not None and call.command.verb in BUILDING and not call.is_start
        for package in packages_of(call, deepest) if is_built else ():
            home = module_of(package.removesuffix("/..."), deepest)
            if home is not None:
                groups.setdefault((home.dir, tags_of(call)), {})[package] = None
    return tuple(Wanted(module, tags, tuple(patterns)) for (module, tags), patterns in groups.items())


@dataclass(slots=True)
class Reader:
    """Reads sources once each, up to a limit for all."""

    root: Path
    left: int = TOTAL_LIMIT
    _files: dict[str, bytes] = field(default_factory=dict)

    def read(self, path: str) -> bytes:
        """A file's bytes; empty where it is too large or cannot be read."""
        if path not in self._files:
            self._files[path] = self._read(Path(path))
        return self._files[path]

    def _read(self, path: Path) -> bytes:
        try:
            size = path.stat().st_size if path.is_file() else FILE_LIMIT + 1
            if size > min(FILE_LIMIT, self.left):
                return b""
            self.left -= size
            return path.read_bytes()
        except OSError:
            return b""


def _listed(one: Wanted, reader: Reader, edges: Edges, settings: Settings) -> Iterator[Program]:
    tags = (f"-tags={one.tags}",) if one.tags else ()
    patterns = [f"./{posixpath.relpath(pattern, one.module)}" for pattern in one.patterns]
    done = edges.go.run(
        ["list", "-deps", "-e", "-mod=readonly", f"-json={','.join(FIELDS)}", *tags, "--", *patterns],
        cwd=reader.root / one.module,
        timeout=min(LISTING_LIMIT, settings.go.timeout),
        env=_LISTED,
    )
    try:
        packages: Mapping[str, Package] = read(done.stdout, str(reader.root))
    except ValueError:
        packages = {}
    found = list(programs(one.module, packages, one.tags, Tree(str(reader.root), reader.read)))
    problem = "" if done.returncode == 0 else _first_line(done.stderr)
    yield from (replace(program, unknown=program.unknown or problem) for program in found)


def _first_line(data: bytes) -> str:
    return data.decode("utf-8", "replace").strip().partition("\n")[0]
