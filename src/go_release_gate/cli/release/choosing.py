"""Which release a move goes to, and what must hold before it may: policy, order of environments, content, signature."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from go_release_gate.cli.release.recording import reference_of, refuse_foreign
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.errors import RefusedError, UsageError
from go_release_gate.gomod import version as versions
from go_release_gate.ledger.candidates import Choice, Conditions, unclear
from go_release_gate.ledger.chain import Place
from go_release_gate.ledger.entry import PROMOTE
from go_release_gate.ledger.state import Release, State

if TYPE_CHECKING:
    from go_release_gate.release.requirements import Outside
    from go_release_gate.release.situation import Situation


def conditions_of(desk: Desk, service: str, environment: str) -> Conditions:
    """What a rollback's candidate must fulfil here."""
    hours = desk.settings.ledger.rollback_point
    return Conditions(
        desk.now(),
        floor=desk.service(service).floor,
        prereleases=desk.environment(environment).prereleases,
        rollback_point=None if getattr(desk.args, "accept_expired", None) else timedelta(hours=hours),
        absence=absence_of(desk, service),
        puts_back=bool(getattr(desk.args, "accept_drift", None)),
    )


def absence_of(desk: Desk, service: str) -> Callable[[Release], str]:
    """Why a release cannot be pulled whole; each digest is asked for once."""
    from go_release_gate.release.registry_conditions import absence

    known: dict[str, str] = {}

    def reason(release: Release) -> str:
        digest = release.image.digest
        if digest not in known:
            known[digest] = absence(desk.registries, desk.service(service).mirrors)(release)
        return known[digest]

    return reason


def choose_promotion(desk: Desk, state: State, service: str, environment: str) -> Choice:
    """The release that a promotion means: named, or the newest that the environment takes.

    Raises:
        RefusedError: it is none, or several.
    """
    word = desk.args.to or ""
    if desk.args.image:
        reference = reference_of(desk.args.image, desk.service(service).image)
        refuse_foreign(desk, service, reference)
        word = reference.digest or reference.tag
        if not word:
            raise UsageError("--image names neither tag nor digest", f"for example: {reference}:1.4.2")
    if word:
        found = state.find(service, word)
        if len(found) != 1:
            hint = "" if found else "record it first: `go-release-gate release record`"
            raise RefusedError(unclear(word, service, found), hint)
        return Choice(found[0])
    newest = next(
        (one for one in _newest_first(state, service) if not _barred(desk, state, (service, environment), one)), None
    )
    return Choice(newest, problem=f"no recorded release of {service} may run in {environment}")


def refuse_current(situation: Situation, release: Release, drift: str) -> None:
    """Raise RefusedError where a move is to what runs already.

    Args:
        drift: why a difference between ledger and targets is accepted: what a target lost is put back then.
    """
    if situation.recorded == release.image.digest and not (drift and situation.drift):
        raise RefusedError(f"{release.name} runs in {situation.environment} already")


def demand_ready(desk: Desk, state: State, place: Place, release: Release, kind: str) -> dict[str, str]:
    """Evidence of what was verified. Raises RefusedError where a release must not run there.

    A promotion's release is held against policy and verdicts, and looked for whole; a rollback's candidates were held
    against their own conditions when one was chosen. What the environment requires is verified of both.
    """
    if kind == PROMOTE:
        if reason := _barred(desk, state, place, release):
            raise RefusedError(f"{release.name}: {reason}")
        if gone := absence_of(desk, place[0])(release):
            raise RefusedError(f"{release.name} cannot be pulled whole: {gone}", "push it again, or promote another")
    from go_release_gate.release.requirements import check_requirements

    return check_requirements(desk.environment(place[1]).require, release.image, verifiers(desk))


def verifiers(desk: Desk) -> Outside:
    """How programs that verify and restore are started."""
    from go_release_gate.adapters.programs import checkout_of, find
    from go_release_gate.release.requirements import Outside

    checkout = checkout_of(desk.root, desk.environ)
    found = {name: find(name, desk.environ, checkout) for name in ("cosign", "gh")}
    programs = {name: path for name, path in found.items() if path}
    return Outside(desk.runner, desk.root, desk.variables, desk.variables, programs)


def _barred(desk: Desk, state: State, place: Place, release: Release) -> str:
    """Why the ledger and the configuration keep a release out of an environment; empty: they do not."""
    service, environment = place
    return (
        _taken_away(state, service, release.image.digest)
        or _version_refusal(desk, service, environment, release)
        or _unproven(desk, state, place, release.image.digest)
    )


def _taken_away(state: State, service: str, digest: str) -> str:
    quarantine = state.quarantine(service, digest)
    if quarantine:
        return f"it is quarantined: {quarantine.reason} (entry {quarantine.seq})"
    return "its content was pruned" if digest in state.pruned else ""


def _version_refusal(desk: Desk, service: str, environment: str, release: Release) -> str:
    version = f"v{release.source.version.removeprefix('v')}" if release.source.version else ""
    if versions.prerelease(version) and not desk.environment(environment).prereleases:
        return f"it is a prerelease, which {environment} does not take"
    floor = desk.service(service).floor
    if floor and version and versions.compare(version, f"v{floor.removeprefix('v')}") < 0:
        return f"it is below the declared floor {floor}"
    return ""


def _unproven(desk: Desk, state: State, place: Place, digest: str) -> str:
    service, environment = place
    first = desk.environment(environment).after
    verdict = state.at(service, first).verdicts.get(digest) if first else None
    if not first or (verdict and verdict.health == "pass"):
        return ""
    return f"{environment} comes after {first}, where {'its verdict is fail' if verdict else 'it has no verdict'}"


def _newest_first(state: State, service: str) -> list[Release]:
    return sorted(state.releases_of(service).values(), key=lambda one: one.entry.seq, reverse=True)
