"""A plan is applied: hold first, intent next, then the targets one behind the other, then the closing entry.

What a kill leaves at any point is one of: nothing; a hold; an open intent that `resume` carries on or `abandon` gives
up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from go_release_gate.errors import GateError, RaceError, RefusedError, RolloutError, UnavailableError
from go_release_gate.ledger.entry import HOLD, PROMOTE, ROLLBACK, Actor, Entry
from go_release_gate.ledger.move import Move, Target
from go_release_gate.ledger.state import Release, State
from go_release_gate.release.book import Book
from go_release_gate.release.planning import Order, Plan, refuse_move
from go_release_gate.release.situation import Situation, observe


@dataclass(frozen=True, slots=True)
class Hands:
    """What applying works with.

    Attributes:
        book, targets: the ledger and the environment's targets in their order.
        now: the time. actor: who does it, as entries name it.
        fields: what the configuration asks entries for.
        rollback_point: how long what is replaced can be gone back to; None: for ever.
        said: is told each step as it is done.
    """

    book: Book
    targets: Sequence[Target]
    now: Callable[[], datetime]
    actor: Actor
    fields: dict[str, str] = field(default_factory=dict)
    rollback_point: timedelta | None = None
    said: Callable[[str], None] = lambda _words: None


def apply_plan(plan: Plan, hands: Hands) -> Entry:
    """Carry a plan out; gives the closing entry.

    Raises:
        RaceError: the world is not as the plan has it; nothing was changed.
        RefusedError: the ledger or a target forbids it. RolloutError: a target is changed and does not come up; the
            entry is closed, and a rollback goes back. UnavailableError: a target cannot be reached; the intent is
            open then, and the message says how to go on.
    """
    order = Order(
        plan.kind, plan.move.reason, hands.actor.name, plan.nonce, plan.is_automatic, accepts_drift=plan.accepts_drift
    )
    intent = hands.book.append(lambda state: _opening(plan, order, state, hands))[-1]
    hands.said(f"entry {intent.seq}: {plan.kind} of {plan.move.service} in {plan.move.environment} begun")
    return _carry(intent, plan.move, hands)


def resume(service: str, environment: str, hands: Hands) -> Entry:
    """Carry an open intent on. Raises RefusedError where there is none, or its release is not recorded,
    or where somebody has spoken against it since it was begun and a target is still to be moved."""
    state = hands.book.state()
    intent = _open_intent(state, service, environment)
    release = state.release(service, intent.after)
    if release is None:
        raise RefusedError(f"{intent.after} was never recorded as a release of {service}")
    move = _move_of(intent, release)
    if reason := _spoken_against(intent, move, state, hands.now()):
        _refuse_unless_moved(intent, reason, observe(state, service, environment, hands.targets))
    return _carry(intent, move, hands)


def abandon(service: str, environment: str, reason: str, hands: Hands) -> Entry:
    """Close an open intent as given up. What its targets show now is the next plan's drift, if it is one."""

    def closing(state: State) -> list[Entry]:
        intent = _open_intent(state, service, environment)
        return [_closing(intent, hands, "abandoned", (), reason)]

    return hands.book.append(closing)[-1]


def _opening(plan: Plan, order: Order, state: State, hands: Hands) -> list[Entry]:
    """The hold of a rollback and the intent, if all is as planned; asked again when others wrote in between."""
    move, now = plan.move, hands.now()
    place = state.at(move.service, move.environment)
    seen = observe(state, move.service, move.environment, hands.targets)
    if place.intent or place.current != plan.situation.recorded or _moved(plan.situation, seen):
        raise RaceError(_changed(plan.situation, seen, place.intent), "plan again")
    refuse_move(order, state, seen, now)
    if reason := _barred(plan.kind, move, state):
        raise RaceError(f"{move.version or move.after} was planned, and meanwhile {reason}", "plan again")
    common = {"service": move.service, "environment": move.environment, "time": now, "actor": hands.actor}
    intent = Entry(
        0,
        "",
        plan.kind,
        reason=move.reason,
        image=move.image,
        before=move.before,
        after=move.after,
        phase="intent",
        nonce=plan.nonce,
        fields=hands.fields,
        evidence=_evidence(plan),
        **common,  # type: ignore[arg-type]
    )
    is_back = move.before == move.after  # what a target lost is put back: nothing new is to be held, if all is
    if plan.kind != ROLLBACK or (is_back and place.hold and place.hold.expires is None):
        return [intent]
    why = f"rolled back to {move.version}: {move.reason}" if move.reason else f"rolled back to {move.version}"
    return [Entry(0, "", HOLD, reason=why, digest=move.before, **common), intent]  # type: ignore[arg-type]


def _barred(kind: str, move: Move, state: State) -> str:
    """What the ledger says against the release by now, whatever it said when the plan was made; empty: nothing."""
    if move.after in state.pruned:
        return "its content was pruned"
    if quarantine := state.quarantine(move.service, move.after):
        return f"it was quarantined (entry {quarantine.seq})"
    verdict = state.at(move.service, move.environment).verdicts.get(move.after)
    if kind == ROLLBACK and verdict and verdict.health == "fail":
        return f"its verdict is fail (entry {verdict.seq})"
    return ""


def _spoken_against(intent: Entry, move: Move, state: State, now: datetime) -> str:
    """Why an interrupted move should not go on, by what was written since it was begun; empty: it may."""
    place = state.at(move.service, move.environment)
    if intent.kind == PROMOTE and place.hold and place.is_held(now):
        return f"{move.service} in {move.environment} is held since entry {place.hold.seq}"
    return _barred(intent.kind, move, state)


def _refuse_unless_moved(intent: Entry, reason: str, seen: Situation) -> None:
    """A move whose targets are all there is only written down; one that would still change something is refused."""
    if all(one.observed.digest == intent.after for one in seen.targets):
        return
    place = f"--service {intent.service} --env {intent.environment}"
    raise RefusedError(
        f"the {intent.kind} of entry {intent.seq} is not carried on: {reason}",
        f"`go-release-gate release abandon {place} --reason …` gives it up",
    )


def _carry(intent: Entry, move: Move, hands: Hands) -> Entry:
    """Bring every target to where the intent says; each may be there already."""
    reached: list[str] = []
    move = replace(move, entry=intent.seq)
    for target in hands.targets:
        try:
            hands.said(f"{target.name}: {target.apply(move)}")
        except (RaceError, RefusedError) as error:
            if not reached:
                _close(intent, hands, "failed", (), f"{target.name}: {error.message}")
                raise
            raise _half_done(error, target, reached) from error
        except RolloutError as error:
            raise _not_well(error, target, reached, intent, hands) from error
        except UnavailableError as error:
            raise _half_done(error, target, reached) from error
        reached.append(target.name)
    return _close(intent, hands, "done", tuple(reached), intent.reason)


def _half_done(error: GateError, target: Target, reached: Sequence[str]) -> UnavailableError:
    done = f"{', '.join(reached)} {'is' if len(reached) == 1 else 'are'} moved, " if reached else ""
    return UnavailableError(
        f"{target.name}: {error.message}; {done}the intent is open",
        f"{error.hint + '; ' if error.hint else ''}then `go-release-gate release resume`, or `release abandon`",
    )


def _not_well(error: RolloutError, target: Target, reached: Sequence[str], intent: Entry, hands: Hands) -> RolloutError:
    """Close the move as done, for the target points at its digest now: a rollback can start at once from there."""
    moved = (*reached, target.name)
    words = f"{target.name}: {error.message}"
    _close(intent, hands, "done", moved, "; ".join(filter(None, (intent.reason, words))))
    rest = [one.name for one in hands.targets[len(moved) :]]
    drift = f" --accept-drift '{', '.join(rest)} not moved'" if rest else ""
    back = f"`go-release-gate release rollback --service {intent.service} --env {intent.environment}{drift}` goes back"
    return RolloutError(words, back)


def _close(intent: Entry, hands: Hands, phase: str, reached: tuple[str, ...], reason: str) -> Entry:
    return hands.book.append(lambda _state: [_closing(intent, hands, phase, reached, reason)])[-1]


def _closing(intent: Entry, hands: Hands, phase: str, reached: tuple[str, ...], reason: str) -> Entry:
    now = hands.now()
    is_point = phase == "done" and intent.kind == PROMOTE and hands.rollback_point is not None
    return Entry(
        0,
        "",
        intent.kind,
        intent.service,
        intent.environment,
        now,
        hands.actor,
        reason=reason,
        image=intent.image,
        source=intent.source,
        before=intent.before,
        after=intent.after,
        phase=phase,  # type: ignore[arg-type]
        intent=intent.seq,
        targets=reached,
        fields=intent.fields,
        evidence=intent.evidence,
        expires=now + hands.rollback_point if is_point and hands.rollback_point else None,
    )


def _evidence(plan: Plan) -> dict[str, str]:
    told = {"automatic": "yes" if plan.is_automatic else "", "drift": plan.accepts_drift}
    return {**plan.evidence, **{name: value for name, value in told.items() if value}}


def _open_intent(state: State, service: str, environment: str) -> Entry:
    intent = state.at(service, environment).intent
    if intent is None:
        raise RefusedError(f"no move of {service} in {environment} is open")
    return intent


def _move_of(intent: Entry, release: Release) -> Move:
    return Move(
        intent.service,
        intent.environment,
        release.image,
        before=intent.before,
        version=release.name,
        reason=intent.reason,
        actor=intent.actor.name,
        accepts_drift=intent.evidence.get("drift", ""),
    )


def _moved(planned: Situation, seen: Situation) -> bool:
    return [one.observed.digest for one in planned.targets] != [one.observed.digest for one in seen.targets]


def _changed(planned: Situation, seen: Situation, intent: Entry | None) -> str:
    if intent:
        return f"{intent.actor.name} began a {intent.kind} in the meantime (entry {intent.seq})"
    if planned.recorded != seen.recorded:
        was = planned.recorded or "nothing"
        return f"the ledger now says {seen.recorded or 'nothing'} runs, it was {was} when planned"
    before = {one.target: one.observed.digest for one in planned.targets}
    now = next(one for one in seen.targets if before.get(one.target) != one.observed.digest)
    was = before.get(now.target) or "nothing"
    return f"{now.target} shows {now.observed.digest or 'nothing'} now, it was {was} when planned"
