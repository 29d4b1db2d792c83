"""From what the cache held to one module's outcome. Pure, but for values that were hashed before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from go_release_gate.facts.anchors import Key, lines_of
from go_release_gate.facts.cacheentry import Judgement, State, judge
from go_release_gate.facts.hashing import Hashed
from go_release_gate.facts.healing import Remedy
from go_release_gate.facts.module import Module
from go_release_gate.facts.survey import Survey
from go_release_gate.facts.verify import Healed, Mismatch, Verify
from go_release_gate.gomod.sumfile import SumLine
from go_release_gate.model.outcome import ErrorClass, ModuleError, Outcome


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is known when modules are judged.

    Attributes:
        survey: what the cache holds, after healing.
        remedies: what healing did, by path and version as the go.sum line names them.
        unanchored: versions without a content hash that were compared with the cache's own record.
    """

    survey: Survey
    remedies: Mapping[Key, Remedy]
    unanchored: frozenset[Key] = frozenset()


def outcome_of(module: Module, ledger: Ledger, *, is_filled: bool) -> Verify:
    """Judge one module. `is_filled`: tidy has filled the cache for it, so that what is absent is not needed.

    Without that, a module of which nothing was in the cache was not checked, and that is never a pass.
    """
    lines = lines_of(module)
    contents = {(line.path, line.version): line for line in reversed(lines) if not line.is_mod}
    only_mods = [line for line in lines if line.is_mod and (line.path, line.version) not in contents]
    if not contents and not only_mods:
        return Verify(Outcome.NOT_APPLICABLE)
    tally = _Tally(ledger)
    for line in lines:
        tally.add(line)
    for line in only_mods:
        tally.add_unanchored(line)
    verify = replace(tally.value(), modules=len(contents), unanchored=len(only_mods))
    return _concluded(module, verify, tally, is_filled=is_filled)


class _Tally:
    """Counts one module's lines."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._states: dict[Key, State] = {}
        self._bytes = 0
        self._healed: list[Healed] = []
        self._damaged: list[Healed] = []
        self._mismatches: list[Mismatch] = []
        self.reasons: list[str] = []

    def add(self, line: SumLine) -> None:
        """Judge one line of go.sum."""
        key = (line.path, line.version)
        judged = self._judge(line)
        remedy = self._ledger.remedies.get((line.path, line.version + ("/go.mod" if line.is_mod else "")))
        if judged.state is State.DAMAGED and remedy and remedy.found:
            judged = Judgement(State.MISMATCH, found=remedy.found)
        if judged.state is State.MISMATCH:
            version = f"{line.version}/go.mod" if line.is_mod else line.version
            self._mismatches.append(Mismatch(line.path, version, line.line, line.hash, judged.found))
        elif judged.state is State.DAMAGED:
            self._damage(key, judged.what, remedy)
        elif remedy and remedy.is_healed:
            self._healed.append(Healed(*key, remedy.broken.what))
        if not line.is_mod:
            self._states[key] = judged.state
            self._bytes += self._ledger.survey.contents[key].bytes

    def add_unanchored(self, line: SumLine) -> None:
        """Compare a version that has no content hash with the cache's own record, as `go mod verify` does."""
        key = (line.path, line.version)
        if key not in self._ledger.unanchored:
            return
        observed = self._ledger.survey.contents[key]
        judged = judge(observed, observed.record.hash or "no record")
        self._bytes += observed.bytes
        if judged.state not in (State.ABSENT, State.VERIFIED):
            self._damage(key, judged.what or "record missing", None)

    def value(self) -> Verify:
        """The counts; the outcome is still open."""
        states = list(self._states.values())
        return Verify(
            Outcome.PASS,
            verified=states.count(State.VERIFIED),
            absent=states.count(State.ABSENT),
            bytes=self._bytes,
            healed=tuple(self._healed),
            damaged=tuple(self._damaged),
            mismatches=tuple(self._mismatches),
        )

    def _judge(self, line: SumLine) -> Judgement:
        key = (line.path, line.version)
        if not line.is_mod:
            return judge(self._ledger.survey.contents[key], line.hash)
        cached = self._ledger.survey.mods.get(key, Hashed())
        if cached.is_absent or cached.hash == line.hash:
            return Judgement(State.ABSENT)
        remedy = self._ledger.remedies.get((line.path, f"{line.version}/go.mod"))
        if remedy is None or remedy.is_healed:
            return Judgement(State.MISMATCH, found=cached.hash)
        return Judgement(State.DAMAGED, remedy.broken.what)

    def _damage(self, key: Key, what: str, remedy: Remedy | None) -> None:
        self._damaged.append(Healed(*key, what))
        self.reasons.append(remedy.reason if remedy else "go.sum has no hash to heal it by")


def _concluded(module: Module, verify: Verify, tally: _Tally, *, is_filled: bool) -> Verify:
    if verify.mismatches:
        return replace(verify, outcome=Outcome.FAIL, error=_contradicted(module, verify.mismatches))
    if verify.damaged:
        return replace(verify, outcome=Outcome.UNAVAILABLE, error=_damaged(verify.damaged, tally.reasons))
    if not verify.modules and not verify.unanchored:
        return replace(verify, outcome=Outcome.NOT_APPLICABLE)
    if verify.modules and not verify.verified and not is_filled:
        return replace(verify, outcome=Outcome.UNAVAILABLE, error=_nothing_there(verify.modules))
    return verify if verify.modules else replace(verify, outcome=Outcome.NOT_APPLICABLE)


def _contradicted(module: Module, mismatches: tuple[Mismatch, ...]) -> ModuleError:
    first = mismatches[0]
    more = f" (and {len(mismatches) - 1} more)" if len(mismatches) > 1 else ""
    return ModuleError(
        ErrorClass.CHECKSUM,
        f"{first.module}@{first.version}: the content contradicts go.sum{more}: "
        f"expected {first.expected}, found {first.found}",
        "do not silence this: find out whether go.sum was edited, the tag moved or the download altered",
        path=module.file("go.sum"),
        line=first.line,
        rule="checksum-mismatch",
    )


def _damaged(damaged: tuple[Healed, ...], reasons: list[str]) -> ModuleError:
    first = damaged[0]
    more = f" (and {len(damaged) - 1} more)" if len(damaged) > 1 else ""
    return ModuleError(
        ErrorClass.MODIFIED_CACHE,
        f"{first.module}@{first.version} in the module cache is not what was downloaded: {first.what}{more}; "
        f"it could not be healed: {reasons[0]}",
        "run `go clean -modcache`, or drop the restored cache, and check again with the network allowed",
        rule="modified-module-cache",
    )


def _nothing_there(count: int) -> ModuleError:
    return ModuleError(
        ErrorClass.NETWORK,
        f"none of the {count} module versions that go.sum names is in the module cache: nothing was checked",
        "let `go mod tidy` or `go mod download` fill the cache first, or allow the network",
    )
