"""Merge the go.sum files of a repository: which version should have which hash, and where they disagree. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from go_release_gate.facts.module import Module
from go_release_gate.facts.verify import Contradiction, SumSite
from go_release_gate.gomod.sumfile import SumLine

Key = tuple[str, str]  # path and version


@dataclass(frozen=True, slots=True)
class Anchors:
    """All hashes that go.sum files of a repository give, by (path, version).

    Attributes:
        content: sites that give the hash of a version's content.
        mods: sites that give the hash of its go.mod file.
    """

    content: Mapping[Key, tuple[SumSite, ...]]
    mods: Mapping[Key, tuple[SumSite, ...]]

    def contradictions(self) -> tuple[Contradiction, ...]:
        """Versions with more than one hash, each with all lines that name it."""
        pairs = [(key, "", sites) for key, sites in self.content.items()]
        pairs += [(key, "/go.mod", sites) for key, sites in self.mods.items()]
        return tuple(
            Contradiction(path, version + suffix, sites)
            for (path, version), suffix, sites in sorted(pairs)
            if len({site.hash for site in sites}) > 1
        )


def merge(modules: Iterable[Module]) -> Anchors:
    """Merge the lines of all parsed go.sum files. Hashes of other algorithms than h1 say nothing to Go, nor here."""
    content: dict[Key, list[SumSite]] = {}
    mods: dict[Key, list[SumSite]] = {}
    for module in modules:
        for line in lines_of(module):
            found = (mods if line.is_mod else content).setdefault((line.path, line.version), [])
            found.append(SumSite(module.dir, line.line, line.hash))
    return Anchors(_frozen(content), _frozen(mods))


def lines_of(module: Module) -> tuple[SumLine, ...]:
    """The h1 lines of a module's go.sum, each content once however often it is repeated."""
    if module.sum is None:
        return ()
    kept = {
        (line.path, line.version, line.is_mod, line.hash): line
        for line in reversed(module.sum.lines)
        if line.hash.startswith("h1:")
    }
    return tuple(reversed(kept.values()))


def _frozen(found: dict[Key, list[SumSite]]) -> dict[Key, tuple[SumSite, ...]]:
    return {key: tuple(sites) for key, sites in found.items()}
