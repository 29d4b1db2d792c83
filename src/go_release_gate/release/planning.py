"""A plan: what a promotion or a rollback would do, and what has to be true when it is applied.

It is made from the ledger, the targets and the registry, shown before anything is asked, can be kept in a file, and is
applied only while the world is as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from go_release_gate.errors import RefusedError
from go_release_gate.ledger.candidates import Choice, Rejected
from go_release_gate.ledger.entry import PROMOTE, ROLLBACK
from go_release_gate.ledger.move import Effect, Move, Target
from go_release_gate.ledger.state import Environment, State
from go_release_gate.release.situation import Situation

RESUME = "`go-release-gate release resume` carries it on, `release abandon` gives it up"


@dataclass(frozen=True, slots=True)
class Step:
    """What a move does at one target; no effect: it is there already."""

    target: str
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A move that was thought through.

    Attributes:
        kind: promote or rollback. move: what is to run where. made: when.
        situation: what it starts from; applying demands the same again.
        steps: what would be done at each target, in order.
        rejected: candidates that were passed over, with their reasons.
        warnings: what a person should know before agreeing.
        nonce: of the signed request that asks for it.
        is_automatic: whether no person asked for it. accepts_drift: why a difference is accepted, empty: it is not.
        evidence: what was verified before: signatures, sums of files.
    """

    kind: str
    move: Move
    made: datetime
    situation: Situation
    steps: tuple[Step, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    warnings: tuple[str, ...] = ()
    nonce: str = ""
    is_automatic: bool = False
    accepts_drift: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for, beside service and environment."""

    kind: str
    reason: str = ""
    actor: str = ""
    nonce: str = ""
    is_automatic: bool = False
    accepts_drift: str = ""


def make_plan(order: Order, choice: Choice, situation: Situation, targets: Sequence[Target], now: datetime) -> Plan:
    """The plan for running what was chosen. Nothing is written. Raises RefusedError where nothing was."""
    release = choice.release
    if release is None:
        raise RefusedError(choice.problem)
    move = Move(
        situation.service,
        situation.environment,
        release.image,
        before=situation.recorded,
        version=release.name,
        reason=order.reason,
        actor=order.actor,
        accepts_drift=order.accepts_drift,
    )
    return Plan(
        order.kind,
        move,
        now,
        situation,
        tuple(Step(target.name, target.plan(move)) for target in targets),
        tuple(choice.rejected),
        nonce=order.nonce,
        is_automatic=order.is_automatic,
        accepts_drift=order.accepts_drift,
    )


def refuse_move(order: Order, state: State, situation: Situation, now: datetime) -> None:
    """Raise RefusedError where the ledger forbids the move: an open one, a hold, drift, a used-up request."""
    place = state.at(situation.service, situation.environment)
    _refuse_open(place, situation)
    if order.kind == PROMOTE and place.is_held(now):
        hold = place.hold
        why = f": {hold.reason}" if hold and hold.reason else ""
        raise RefusedError(
            f"{situation.service} in {situation.environment} is held since entry {hold.seq if hold else 0}{why}",
            f"`go-release-gate release unhold --service {situation.service} --env {situation.environment}` lifts it",
        )
    if order.nonce and order.nonce in state.nonces:
        raise RefusedError("this request was carried out before: its nonce is in the ledger")
    if situation.drift and not order.accepts_drift:
        raise RefusedError(drift_words(situation), "look why; `--accept-drift REASON` goes on all the same")


def refuse_automatic(state: State, situation: Situation, now: datetime, settle: float, per_day: int) -> None:
    """Raise RefusedError where a person has to decide: too early, a rollback already, too many in a day."""
    place = state.at(situation.service, situation.environment)
    since = place.since
    if since is None or since.kind == ROLLBACK:
        raise RefusedError("what runs is the result of a rollback: none is rolled back automatically")
    if (now - since.time).total_seconds() < settle:
        raise RefusedError(f"the last move is {int((now - since.time).total_seconds())} s old: it has to settle first")
    recent = [
        move
        for move in place.moves
        if move.kind == ROLLBACK and move.evidence.get("automatic") and (now - move.time).total_seconds() < 86400
    ]
    if len(recent) >= per_day:
        raise RefusedError(f"{len(recent)} automatic rollbacks in 24 hours: a person has to look")


def drift_words(situation: Situation) -> str:
    """Ledger and targets that disagree, in one line."""
    seen = "; ".join(f"{one.target} shows {one.observed.digest or 'nothing'}" for one in situation.drift)
    return f"the ledger says {situation.recorded or 'nothing'} runs in {situation.environment}, {seen}"


def _refuse_open(place: Environment, situation: Situation) -> None:
    if place.intent:
        intent = place.intent
        raise RefusedError(
            f"a {intent.kind} of {situation.service} in {situation.environment} was begun in entry {intent.seq} by "
            f"{intent.actor.name} and not ended",
            RESUME,
        )
