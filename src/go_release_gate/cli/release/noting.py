"""`release verdict`, `hold`, `unhold`, `quarantine`: what people and probes say, written down with its guards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from go_release_gate.cli.release.asked import expiry, pairs, place_of, refuse_together, service_of
from go_release_gate.cli.release.doing import Outcome
from go_release_gate.cli.release.entries import outcome_of
from go_release_gate.cli.release.judging import CODES, judged, told_of
from go_release_gate.cli.release.requesting import refuse_repeated, requested
from go_release_gate.cli.release.views import shown
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.errors import RaceError, RefusedError, UsageError
from go_release_gate.ledger.candidates import unclear
from go_release_gate.ledger.chain import Place
from go_release_gate.ledger.entry import HOLD, QUARANTINE, UNHOLD, VERDICT, Entry
from go_release_gate.ledger.state import Release, State, ends_sooner


def perform(desk: Desk) -> Outcome:
    """Write the entry that the action is called by."""
    return {"verdict": _verdict, "hold": _hold, "unhold": _unhold, "quarantine": _quarantine}[desk.args.release_action](
        desk
    )


def _verdict(desk: Desk) -> Outcome:
    """Of what runs, or of a release that is named, which must be what runs for probes to be asked."""
    service, environment = place_of(desk)
    evidence = pairs(desk.args.evidence, "--evidence")
    state = desk.book.state()
    current = state.at(service, environment).current
    digest = _named(state, service, desk.args.to).image.digest if desk.args.to else current
    if not digest:
        raise RefusedError(f"nothing of {service} runs in {environment}: there is nothing to judge")
    if not desk.args.health:
        if evidence:
            raise UsageError("--evidence is for a verdict that --health gives", "leave it away, or add --health")
        return judged(desk, service, environment, digest)
    was_run = digest == current or digest in state.at(service, environment).promotions
    if not was_run:
        raise RefusedError(f"{digest} never ran in {environment}: nobody can have judged it there")
    draft = _draft(desk, VERDICT, service, environment, digest, health=desk.args.health, evidence=evidence)
    draft, notices = told_of(desk, draft) if digest == current else (draft, ())

    def make(later: State) -> list[Entry]:
        if not desk.args.to and later.at(service, environment).current != digest:
            raise RaceError(f"{service} in {environment} was moved meanwhile: {digest} does not run any more")
        return [draft]

    words = f"verdict {desk.args.health}"
    return _appended(desk, make, words, (service, environment), code=CODES[desk.args.health], notices=notices)


def _hold(desk: Desk) -> Outcome:
    refuse_together(desk, "request", "service", "env", "reason")
    request = requested(desk)
    service, environment = place_of(desk)
    nonce = request.nonce if request else ""
    draft = _draft(desk, HOLD, service, environment, expires=expiry(desk.args.expires, desk.now()), nonce=nonce)

    def make(state: State) -> list[Entry]:
        if request:
            refuse_repeated(desk, request)
        _refuse_shorter(draft, state.at(service, environment).hold)
        return [draft]  # a hold on a hold that ends no later replaces it

    return _appended(desk, make, "held", (service, environment))


def _refuse_shorter(draft: Entry, standing: Entry | None) -> None:
    """Raise RefusedError where a hold would end before the one that stands: that lifts it, which is another right."""
    if standing is None or not ends_sooner(draft, standing):
        return
    until = f"until {standing.expires:%Y-%m-%d %H:%M} UTC" if standing.expires else "without an end"
    place = f"--service {draft.service} --env {draft.environment}"
    where = f"{draft.service} in {draft.environment}"
    raise RefusedError(
        f"{where} is held {until} since entry {standing.seq}: this hold would end sooner",
        f"`go-release-gate release unhold {place}` first, if that is meant",
    )


def _unhold(desk: Desk) -> Outcome:
    service, environment = place_of(desk)
    draft = _draft(desk, UNHOLD, service, environment)
    seen = desk.book.state().at(service, environment).hold

    def make(state: State) -> list[Entry]:
        hold = state.at(service, environment).hold
        if hold is None:
            raise RefusedError(f"{service} in {environment} is not held")
        if seen is None or hold.seq != seen.seq:
            raise RaceError(f"{hold.actor.name} wrote another hold meanwhile (entry {hold.seq})", "look at it first")
        return [draft]

    return _appended(desk, make, "hold lifted", (service, environment))


def _quarantine(desk: Desk) -> Outcome:
    service = service_of(desk)
    if not desk.args.to:
        raise UsageError("which release? --to is missing", "name its version, git tag or digest")
    if not desk.args.reason:
        raise UsageError("why? --reason is missing", "a quarantine is for ever, and people will ask")
    release = _named(desk.book.state(), service, desk.args.to)
    draft = _draft(desk, QUARANTINE, service, "", release.image.digest)
    state = desk.book.state(fresh=False)
    running = [name for name in state.environments_of(service) if _runs(state, service, name, release)]
    notices = [f"it runs in {name} now: consider a rollback there" for name in running]

    def make(state: State) -> list[Entry]:
        return [] if state.quarantine(service, release.image.digest) else [draft]

    return _appended(desk, make, "quarantined", (service, ""), notices=notices)


def _named(state: State, service: str, word: str) -> Release:
    """The one release that a word names. Raises RefusedError."""
    found = state.find(service, word)
    if len(found) != 1:
        hint = f"`go-release-gate release list --service {service}` shows all"
        raise RefusedError(unclear(word, service, found), hint)
    return found[0]


def _runs(state: State, service: str, environment: str, release: Release) -> bool:
    return state.at(service, environment).current == release.image.digest


def _draft(desk: Desk, kind: str, service: str, environment: str, digest: str = "", **more: object) -> Entry:
    common = {"reason": desk.args.reason or "", "digest": digest, **more}
    return Entry(0, "", kind, service, environment, desk.now(), desk.actor, **common)  # type: ignore[arg-type]


def _appended(
    desk: Desk,
    make: Callable[[State], Sequence[Entry]],
    words: str,
    place: Place,
    *,
    code: int = 0,
    notices: Sequence[str] = (),
) -> Outcome:
    service, environment = place
    written = desk.book.append(make)
    state = desk.book.state(fresh=False)
    digest = written[-1].digest if written else ""
    release = state.release(service, digest) if digest else None
    return outcome_of(
        desk,
        desk.args.release_action,
        service,
        written,
        words if written else f"{words} already",
        environment=environment,
        release=(release.image, release.source) if release else None,
        code=code,
        notices=(*notices, *shown(desk, written)),
    )
