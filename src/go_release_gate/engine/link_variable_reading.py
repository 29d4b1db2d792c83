"""Collects which variables `-ldflags -X` names in the repository's files, and what the source has under those names."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.goreleaser_reading import goreleaser_calls
from go_release_gate.engine.program_reading import Reader
from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.facts.go_calls import GoCall, GoCalls
from go_release_gate.facts.link_variables import LinkVariable, LinkVariables, LostFlags, PackageNames
from go_release_gate.facts.modgraph import ModuleCache
from go_release_gate.facts.module import Module
from go_release_gate.facts.package_names import Packages
from go_release_gate.facts.program_places import deepest_first, module_of, packages_of
from go_release_gate.gocommand.ldflags import Definition, link_flags, read_ldflags
from go_release_gate.gocommand.read import with_goflags
from go_release_gate.shell.unknown import has_hole

if TYPE_CHECKING:
    from go_release_gate.config.settings import Settings

LINKING = frozenset({"build", "install", "run"})
_ROOT = 3  # elements of an import path that name a repository
FILE_LIMIT = 1 << 20  # bytes of a file whose lines are looked at


def collect_link_variables(facts: Facts, _settings: Settings, edges: Edges) -> LinkVariables | None:
    """The variables named in Dockerfiles, workflows, scripts, Makefiles and GoReleaser's file; None: none is."""
    known = facts.others.get(GoCalls)
    calls = [*(known.calls if isinstance(known, GoCalls) else ()), *goreleaser_calls(facts.repository)]
    calls = [_with_flags(call) for call in calls if call.command.verb in LINKING]
    calls = [call for call in calls if call.command.values("ldflags")]
    if not calls:
        return None
    reader = Reader(edges.copy or facts.repository.root)
    modules = deepest_first(facts.repository.modules)
    packages = Packages(reader.root, modules, ModuleCache(Path(edges.go.toolchain.modcache)), reader.read)
    finder = _Finder(facts.repository.root, modules, packages)
    found = [one for call in calls for one in finder.variables(call)]
    lost = [one for call in calls for one in finder.lost(call)]
    return LinkVariables(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(lost)))


def _with_flags(call: GoCall) -> GoCall:
    return replace(call, command=with_goflags(call.command, call.environment.get("GOFLAGS", "")))


def _root(path: str) -> list[str]:
    """Host, owner and name of a path's repository."""
    return path.split("/")[:_ROOT]


@dataclass(slots=True)
class _Finder:
    root: Path
    modules: list[Module]
    packages: Packages
    _lines: dict[str, list[str]] = field(default_factory=dict)

    def variables(self, call: GoCall) -> Iterator[LinkVariable]:
        """What the flags that count name, as far as it can be looked up."""
        patterns = list(packages_of(call, self.modules))
        if len(patterns) != max(len(call.command.arguments), 1):
            yield from self._somewhere(call)
            return
        module = module_of(patterns[0].removesuffix("/..."), self.modules)
        if module is None:
            return
        mains = tuple(one for pattern in patterns for one in self.packages.mains(pattern))
        for definition in link_flags(call.command).definitions:
            if definition.package and definition.name and not has_hole(definition.target) and "=" in definition.text:
                yield from self._variable(call, definition, module, mains)

    def _somewhere(self, call: GoCall) -> Iterator[LinkVariable]:
        """What a build of unknown packages names in the repository's own ones: those are the same from every module."""
        for definition in link_flags(call.command).definitions:
            owners = [one for one in self.modules if _root(one.path) == _root(definition.package)]
            is_readable = definition.name and not has_hole(definition.target) and "=" in definition.text
            if not owners or not is_readable or len(_root(definition.package)) < _ROOT:
                continue
            answers = {self.packages.named(definition.package, one) for one in owners}
            if len(answers) == 1:
                yield from self._variable(call, definition, owners[0], ())

    def _variable(
        self, call: GoCall, definition: Definition, module: Module, mains: tuple[PackageNames, ...]
    ) -> Iterator[LinkVariable]:
        if definition.package == "main":
            found, is_known = mains, bool(mains)
        else:
            one, is_known = self.packages.named(definition.package, module)
            found = (one,) if one else ()
        if not is_known:
            return
        is_there = any(one.named(definition.name) for one in found)
        others = () if is_there else self.packages.with_string(definition.name, module)
        line, column, source = self._place(call, definition)
        yield LinkVariable(
            call.path,
            line,
            column,
            source,
            call.scope,
            definition.package,
            definition.name,
            module.path,
            module.dir,
            mains,
            found,
            tuple(
                "main" if other in mains else other.path for other in others if other in mains or other.name != "main"
            ),
        )

    def lost(self, call: GoCall) -> Iterator[LostFlags]:
        """The flags that a later one replaces, where both count for the same packages."""
        values = [read_ldflags(value) for value in call.command.values("ldflags")]
        kept = {one.target for one in values[-1].definitions}
        for flags in values[:-1]:
            targets = tuple(one.target for one in flags.definitions if one.target not in kept)
            if targets and not flags.pattern and not values[-1].pattern:
                yield LostFlags(call.path, call.line, call.scope, targets)

    def _place(self, call: GoCall, definition: Definition) -> tuple[int, int, str]:
        """Where the variable is written: at or behind the command, else before it, else where the command is."""
        lines = self._text(call.path)
        here = max(call.line - 1, 0)
        for needle in (f"{definition.target}=", f".{definition.name}="):
            order = [*range(here, len(lines)), *range(here - 1, -1, -1)]
            at = next((number for number in order if needle in lines[number]), None)
            if at is not None:
                is_whole = needle == f"{definition.target}=" and lines[at].count(needle) == 1
                return at + 1, lines[at].index(needle) + 1, lines[at] if is_whole else ""
        return call.line, 1, ""

    def _text(self, path: str) -> list[str]:
        if path not in self._lines:
            directory, _, name = path.rpartition("/")
            try:
                data = read_regular(self.root, posixpath.normpath(directory or "."), name, FILE_LIMIT) or b""
            except RefusedFileError:
                data = b""
            self._lines[path] = data.decode("utf-8", "replace").split("\n")
        return self._lines[path]
