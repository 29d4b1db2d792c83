"""Verify a repository against its go.sum files: each version hashed once, damage healed once, contradictions found.

`go mod verify` compares the cache with the cache's own notes and is repeated for every module; this compares zip,
directory, record and go.mod file with what go.sum says (docs/performance.md has the comparison).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.facts.anchors import Anchors, Key, merge
from go_release_gate.facts.cacheentry import State, judge
from go_release_gate.facts.hashing import Hashed, Work, hash_one
from go_release_gate.facts.healing import Broken, Remedy, heal
from go_release_gate.facts.module import Module
from go_release_gate.facts.survey import Survey, take
from go_release_gate.facts.verify import Verification
from go_release_gate.facts.verify_outcome import Ledger, outcome_of

if TYPE_CHECKING:
    from go_release_gate.adapters.go import Go
    from go_release_gate.model.progress import Progress


@dataclass(frozen=True, slots=True)
class VerifyRun:
    """What verify shares over one check.

    Attributes:
        modcache: GOMODCACHE, filled by tidy before.
        scratch: an existing private directory.
        jobs: hashing processes at once; 0: one per processor.
        with_unanchored: also compare versions that only a `/go.mod` line names with the cache's own record.
        offline: whether nothing may be downloaded, so that nothing can be healed.
        timeout: seconds one call of Go may take; None: the adapter's own limit.
        filled: directories of modules whose tidy was answered: the cache holds what those need.
    """

    modcache: Path
    go: Go
    scratch: Path
    progress: Progress
    jobs: int = 0
    with_unanchored: bool = False
    offline: bool = False
    timeout: float | None = None
    filled: frozenset[str] = field(default_factory=frozenset)


def verify_repository(modules: Sequence[Module], run: VerifyRun) -> Verification:
    """Verify all modules. Never raises for what the cache holds; modules without a readable go.sum are
    not applicable. Healed versions are named: what was tidied with them must be tidied again."""
    anchors = merge(modules)
    more = [key for key in anchors.mods if key not in anchors.content] if run.with_unanchored else []
    run.progress.phase("verify", len(anchors.content) + len(more))
    survey = take(
        anchors,
        str(run.modcache),
        jobs=run.jobs,
        more=more,
        done=lambda key: run.progress.step("@".join(key), "hashed"),
    )
    broken = [*_damaged_contents(anchors, survey), *_damaged_mods(anchors, survey)]
    remedies = _remedies(broken, run)
    for remedy in remedies:
        if remedy.is_healed:
            survey.renew(remedy.broken.key)
            run.progress.step("@".join(remedy.broken.key), "healed")
    ledger = Ledger(survey, {remedy.broken.line_key: remedy for remedy in remedies}, frozenset(more))
    return Verification(
        by_dir={module.dir: outcome_of(module, ledger, is_filled=module.dir in run.filled) for module in modules},
        contradictions=anchors.contradictions(),
        healed=frozenset(remedy.broken.key for remedy in remedies if remedy.is_healed),
        versions=sum(1 for observed in survey.contents.values() if observed.bytes),
        bytes=survey.bytes,
    )


def _remedies(broken: list[Broken], run: VerifyRun) -> list[Remedy]:
    if not broken:
        return []
    if run.offline:
        return [Remedy(one, reason="offline: nothing is downloaded") for one in broken]
    return heal(broken, go=run.go, modcache=run.modcache, scratch=run.scratch, timeout=run.timeout)


def _damaged_contents(anchors: Anchors, survey: Survey) -> list[Broken]:
    found = []
    for key, sites in anchors.content.items():
        for expected in dict.fromkeys(site.hash for site in sites):
            judged = judge(survey.contents[key], expected)
            entry = survey.entry(key)
            if judged.state is State.DAMAGED and entry:
                found.append(Broken(entry, expected, judged.what, _sums(anchors, key, expected)))
                break
    return found


def _damaged_mods(anchors: Anchors, survey: Survey) -> list[Broken]:
    """go.mod files that differ from their line, unless the verified content proves that the line is wrong."""
    found = []
    for key, sites in anchors.mods.items():
        cached, expected = survey.mods.get(key, Hashed()), sites[0].hash
        entry = survey.entry(key)
        if entry is None or cached.is_absent or any(cached.hash == site.hash for site in sites):
            continue
        if hash_one(Work("mod", f"{entry.dir}/go.mod")).hash in ("", expected) or not _is_proven(anchors, survey, key):
            what = f"go.mod damaged ({cached.problem})" if cached.problem else "go.mod modified"
            found.append(Broken(entry, expected, what, (_line(key, "/go.mod", expected),), is_mod=True))
    return found


def _is_proven(anchors: Anchors, survey: Survey, key: Key) -> bool:
    sites = anchors.content.get(key, ())
    return any(judge(survey.contents[key], site.hash).state is State.VERIFIED for site in sites)


def _sums(anchors: Anchors, key: Key, expected: str) -> tuple[str, ...]:
    mods = dict.fromkeys(site.hash for site in anchors.mods.get(key, ()))
    return (_line(key, "", expected), *(_line(key, "/go.mod", found) for found in list(mods)[:1]))


def _line(key: Key, suffix: str, expected: str) -> str:
    return f"{key[0]} {key[1]}{suffix} {expected}\n"
