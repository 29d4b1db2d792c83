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
from go_release_gate.facts.programs import Program, Programs
from go_release_gate.shell.unknown import has_hole

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
    deepest = sorted(modules, key=lambda module: -len(module.dir) if module.dir != "." else 0)
    groups: dict[tuple[str, str], dict[str, None]] = {}
    for call in calls:
        for package in packages_of(call, deepest):
            home = module_of(package.removesuffix("/..."), deepest)
            if home is not None:
                groups.setdefault((home.dir, tags_of(call)), {})[package] = None
    return tuple(Wanted(module, tags, tuple(patterns)) for (module, tags), patterns in groups.items())


def packages_of(call: GoCall, modules: Iterable[Module]) -> Iterator[str]:
    """The directories, relative to the root, that a build in a Dockerfile names; `/...` stays behind them."""
    if call.dockerfile is None or call.command.verb not in BUILDING or call.is_start or not call.directory:
        return
    start = posixpath.normpath(posixpath.join(call.directory, call.command.flags.get("C", "")))
    for argument in call.command.arguments or (".",):
        if has_hole(argument) or "@" in argument or posixpath.isabs(argument):
            continue
        path = posixpath.dirname(argument) if argument.endswith(".go") else argument
        if not argument.endswith(".go") and not argument.startswith("."):
            home = next((one for one in modules if one.path and is_within(argument, one.path)), None)
            if home is None:
                continue
            path = posixpath.relpath(posixpath.join(home.dir, posixpath.relpath(argument, home.path)), start)
        path = posixpath.normpath(posixpath.join(start, path))
        if not path.startswith(".."):
            yield path


def module_of(path: str, modules: Iterable[Module]) -> Module | None:
    """The module a directory belongs to; `modules`: the deepest first."""
    return next((one for one in modules if is_within(path, one.dir)), None)


def is_within(path: str, directory: str) -> bool:
    """Whether a path is another or lies below it."""
    return directory in (".", path) or path.startswith(f"{directory}/")


def tags_of(call: GoCall) -> str:
    """The tags of a build, sorted, with commas between them; unknown ones are left out."""
    given = call.command.flags.get("tags", "")
    return ",".join(sorted({tag for tag in given.replace(" ", ",").split(",") if tag and not has_hole(tag)}))


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
