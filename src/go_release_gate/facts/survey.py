"""Hash every version of a repository's go.sum files that lies in the module cache, each once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from go_release_gate.facts.anchors import Anchors, Key
from go_release_gate.facts.cacheentry import Entry, Observed, entry_of, read_record
from go_release_gate.facts.hashing import Hashed, Work, hash_one
from go_release_gate.facts.hashpool import hash_all


@dataclass(slots=True)
class Survey:
    """What the cache holds, by (path, version). Healing replaces what it has renewed.

    Attributes:
        contents: zip, directory and record of the versions that were asked for.
        mods: the go.mod files.
    """

    modcache: str
    contents: dict[Key, Observed] = field(default_factory=dict)
    mods: dict[Key, Hashed] = field(default_factory=dict)

    def entry(self, key: Key) -> Entry | None:
        """Where the version lies."""
        return entry_of(self.modcache, *key)

    def renew(self, key: Key) -> None:
        """Hash one version again, in this process."""
        if entry := self.entry(key):
            self.contents[key] = look(entry)
            self.mods[key] = hash_one(Work("mod", entry.mod))

    @property
    def bytes(self) -> int:
        """Content bytes that were hashed."""
        return sum(observed.bytes for observed in self.contents.values())


def take(
    anchors: Anchors, modcache: str, *, jobs: int, more: Iterable[Key] = (), done: Callable[[Key], None]
) -> Survey:
    """Hash all anchored versions, and `more` of them, in `jobs` processes; `done` hears of each version once."""
    survey = Survey(modcache)
    units: list[tuple[Work, int]] = []
    waiting: dict[Key, int] = {}
    owners: dict[Work, Key] = {}
    for key in {**anchors.content, **dict.fromkeys(more)}:
        entry = survey.entry(key)
        survey.contents[key] = Observed(record=read_record(entry)) if entry else Observed()
        works = _present(entry) if entry else []
        waiting[key] = len(works)
        owners.update((work, key) for work, _ in works)
        units += works
        if not works:
            done(key)

    def heard(work: Work, hashed: Hashed) -> None:
        key = owners[work]
        seen = survey.contents[key]
        survey.contents[key] = replace(seen, zip=hashed) if work.kind == "zip" else replace(seen, dir=hashed)
        waiting[key] -= 1
        if not waiting[key]:
            done(key)

    hash_all(units, jobs=jobs, heard=heard)
    for key in anchors.mods:
        if entry := survey.entry(key):
            survey.mods[key] = hash_one(Work("mod", entry.mod))
    return survey


def look(entry: Entry) -> Observed:
    """Hash one version in this process."""
    found = {work.kind: hash_one(work) for work in entry.works()}
    return Observed(found["zip"], found.get("dir", Hashed()), read_record(entry))


def _present(entry: Entry) -> list[tuple[Work, int]]:
    """What there is to hash, with its expected cost: a directory's is guessed from the zip beside it."""
    try:
        size = os.lstat(entry.zip).st_size
    except OSError:
        size = 0
    return [(work, size) for work in entry.works() if os.path.lexists(work.path)]
