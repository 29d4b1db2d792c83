"""Which release a rollback goes to, and why every other one was passed over.

A rollback is no release: the order of candidates is that of their promotions, and only what was promoted before the
current digest's own promotion is looked at. So rolling back twice walks back, never to and fro.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from go_release_gate.gomod import version as versions
from go_release_gate.ledger.entry import ROLLBACK
from go_release_gate.ledger.state import Environment, Release, State

LAST_GOOD = "last-good"
RUNS = "it is what runs now"
_STEPS = re.compile(r"-([1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `to`: `last-good`, `-N`, a version, a git tag or a digest."""

    service: str
    environment: str
    to: str = LAST_GOOD

    @property
    def steps(self) -> int:
        """How many good releases to go back; 0: a certain one is named."""
        match = _STEPS.fullmatch(self.to)
        return 1 if self.to == LAST_GOOD else int(match[1]) if match else 0


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a candidate must fulfil beside its verdict.

    Attributes:
        now: time of the choice. floor: lowest version allowed, empty: none. prereleases: whether they may run there.
        rollback_point: how long after it was replaced a release can be gone back to; None: for ever.
        distrust: why a release's recording is not believed (signature, rights); empty: it is.
        absence: why its content cannot be pulled whole; empty: it can. It is asked last, and only when needed.
        puts_back: whether what runs may be named, as a target lost it; it takes no verdict then, but none that is fail.
    """

    now: datetime
    floor: str = ""
    prereleases: bool = False
    rollback_point: timedelta | None = None
    distrust: Callable[[Release], str] = lambda _release: ""
    absence: Callable[[Release], str] = lambda _release: ""
    puts_back: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """A candidate that was passed over."""

    digest: str
    name: str
    reason: str


@dataclass(slots=True)
class Choice:
    """The release to go to, None where there is none; `problem` says why then. `rejected`: newest first."""

    release: Release | None = None
    rejected: list[Rejected] = field(default_factory=list)
    problem: str = ""


def choose(state: State, wish: Wish, conditions: Conditions) -> Choice:
    """The release that `wish` means."""
    place = state.at(wish.service, wish.environment)
    if not place.current:
        return Choice(problem=f"nothing of {wish.service} runs in {wish.environment}: there is nothing to roll back")
    if not wish.steps:
        return _named(state, wish, conditions)
    choice = Choice()
    left = wish.steps
    for digest in earlier(place):
        release = state.release(wish.service, digest)
        reason = _refusal(state, wish, digest, release, conditions)
        if reason or release is None:
            choice.rejected.append(Rejected(digest, release.name if release else digest[:19], reason))
            continue
        left -= 1
        if not left:
            choice.release = release
            return choice
    found = wish.steps - left
    choice.problem = (
        f"no good release to go back to in {wish.environment}"
        if not found
        else f"only {found} good release{'s' if found > 1 else ''} before the current one, {wish.steps} were asked for"
    )
    return choice


def earlier(place: Environment) -> list[str]:
    """The distinct digests that were promoted before the current one was, newest first."""
    limit = place.promotions.get(place.current, 1 << 62)
    known = {digest: seq for digest, seq in place.promotions.items() if seq < limit and digest != place.current}
    return sorted(known, key=known.__getitem__, reverse=True)


def doubt(place: Environment, release: Release) -> str:
    """What a person should know of a release that was itself rolled back from since it was judged; empty: nothing."""
    digest = release.image.digest
    left = next((one for one in reversed(place.moves) if one.kind == ROLLBACK and one.before == digest), None)
    verdict = place.verdicts.get(digest)
    if left is None or left.seq < max(verdict.seq if verdict else 0, place.promotions.get(digest, 0)):
        return ""
    why = f": {left.reason}" if left.reason else ""
    return f"{release.name} was rolled back from in entry {left.seq}{why}; nobody has judged it since"


def unclear(word: str, service: str, found: Sequence[Release]) -> str:
    """What a word says that names no release, or several, which their digests tell apart."""
    if not found:
        return f"{word} names no release of {service}"
    digests = ", ".join(f"{one.image.digest[:19]} (entry {one.entry.seq})" for one in found)
    return f"{word} names {len(found)} releases of {service}: say which digest: {digests}"


def _named(state: State, wish: Wish, conditions: Conditions) -> Choice:
    found = state.find(wish.service, wish.to)
    if len(found) != 1:
        return Choice(problem=unclear(wish.to, wish.service, found))
    digest = found[0].image.digest
    reason = _refusal(state, wish, digest, found[0], conditions)
    if reason:
        return Choice(None, [Rejected(digest, found[0].name, reason)], f"{found[0].name}: {reason}")
    return Choice(found[0])


def _refusal(state: State, wish: Wish, digest: str, release: Release | None, conditions: Conditions) -> str:
    """The first reason against a candidate, the cheapest questions first."""
    place = state.at(wish.service, wish.environment)
    if release is None:
        return "it was never recorded as a release"
    is_there = digest == place.current
    if is_there and not conditions.puts_back:
        return RUNS
    return (
        ("" if is_there and digest not in place.verdicts else _unproven(place, digest, wish.environment))
        or _taken_away(state, wish.service, digest)
        or _version_refusal(release, conditions)
        or _expired(place, digest, conditions)
        or conditions.distrust(release)
        or conditions.absence(release)
    )


def _unproven(place: Environment, digest: str, environment: str) -> str:
    verdict = place.verdicts.get(digest)
    if verdict is None:
        return f"it has no verdict in {environment}"
    return "" if verdict.health == "pass" else f"its last verdict in {environment} is fail (entry {verdict.seq})"


def _taken_away(state: State, service: str, digest: str) -> str:
    quarantine = state.quarantine(service, digest)
    if quarantine:
        return f"it is quarantined: {quarantine.reason or 'no reason given'} (entry {quarantine.seq})"
    return "its content was pruned" if digest in state.pruned else ""


def _version_refusal(release: Release, conditions: Conditions) -> str:
    version = _tagged(release.source.version)
    if not version:
        return "its version is not known, and a floor is declared" if conditions.floor else ""
    if versions.prerelease(version) and not conditions.prereleases:
        return f"{release.source.version} is a prerelease, which this environment does not take"
    if conditions.floor and versions.compare(version, _tagged(conditions.floor)) < 0:
        return f"{release.source.version} is below the declared floor {conditions.floor}"
    return ""


def _tagged(version: str) -> str:
    return f"v{version.removeprefix('v')}" if version else ""


def _expired(place: Environment, digest: str, conditions: Conditions) -> str:
    ended = place.replaced_at(digest)
    if conditions.rollback_point is None or ended is None or conditions.now - ended <= conditions.rollback_point:
        return ""
    hours = round(conditions.rollback_point.total_seconds() / 3600)
    return f"its rollback point has expired: it was replaced more than {hours} h ago"
