"""`release promote`, `rollback`, `resume`, `abandon`: plan, screen, question, apply."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from go_release_gate.cli.release.asked import fields_of, place_of, refuse_together
from go_release_gate.cli.release.choosing import choose_promotion, conditions_of, demand_ready, refuse_current
from go_release_gate.cli.release.documents import as_json
from go_release_gate.cli.release.doing import Outcome
from go_release_gate.cli.release.entries import outcome_of
from go_release_gate.cli.release.page import Heading, Lines, Page, Table, as_text
from go_release_gate.cli.release.requesting import refuse_repeated, requested
from go_release_gate.cli.release.screen import Screen, page_of, screen_of, warnings_of
from go_release_gate.cli.release.telling import told
from go_release_gate.cli.release.views import shown
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.errors import GateError, RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.candidates import LAST_GOOD, RUNS, Choice, Wish, choose, doubt
from go_release_gate.ledger.entry import HOLD, PROMOTE, ROLLBACK, Entry
from go_release_gate.ledger.state import Release
from go_release_gate.release.applying import abandon, apply_plan, resume
from go_release_gate.release.planfile import SIZE_LIMIT, document_of, read_plan
from go_release_gate.release.planning import Order, Plan, make_plan, refuse_move
from go_release_gate.release.situation import observe
from go_release_gate.report.colour import wants_colour
from go_release_gate.report.jsontext import dumps
from go_release_gate.report.neutral import log_text

RESUME = "go-release-gate release resume --service {} --env {}"
UNHOLD = "go-release-gate release unhold --service {} --env {}"


def perform(desk: Desk) -> Outcome:
    """Carry out what the action is called by."""
    action = desk.args.release_action
    return {"promote": _move, "rollback": _move, "resume": _resume, "abandon": _abandon}[action](desk)


def _move(desk: Desk) -> Outcome:
    args = desk.args
    refuse_together(desk, "plan", "to", "dry-run", "reason", "accept-drift")
    if args.release_action == PROMOTE:
        refuse_together(desk, "to", "image")
        refuse_together(desk, "plan", "image")
    if args.release_action == ROLLBACK:
        refuse_together(desk, "request", "plan", "service", "env", "to", "reason")
    _refuse_silence(desk)
    plan = _kept(desk) if args.plan else _made(desk)
    if args.yes and not args.dry_run:  # nobody looks at the screen
        for warning in plan.warnings:
            desk.said(f"note: {warning}")
        return carried(desk, plan, fields_of(desk))
    screen = screen_of(desk, plan)
    plan = replace(plan, warnings=(*plan.warnings, *warnings_of(screen, plan.kind)))
    if args.dry_run:
        return _dry(desk, plan, screen)
    fields = fields_of(desk)
    if not _agreed(desk, plan, screen):
        raise RefusedError("nobody said yes: nothing was changed")
    return carried(desk, plan, fields)


def carried(desk: Desk, plan: Plan, fields: dict[str, str]) -> Outcome:
    """Apply a plan. People are told of a rollback before its slow part, and of what became of it."""
    move = plan.move
    place = (move.service, move.environment)
    hands = desk.hands(*place, fields)
    if plan.kind == PROMOTE or move.before == move.after:  # where a target is put back, no release fails
        with _shown_when_failed(desk, place):
            done = apply_plan(plan, hands)
        words = f"promoted to {move.version}" if plan.kind == PROMOTE else f"{move.version} put back"
        return _closed(desk, plan.kind, done, words)
    why = f"a rollback to {move.version} is begun{': ' if move.reason else ''}{move.reason}"
    notices = told(desk, place, move.before, "failing", why)
    try:
        with _shown_when_failed(desk, place):
            done = apply_plan(plan, hands)
    except UnavailableError as error:
        told(desk, place, move.before, "stuck", error.message, RESUME)
        raise
    notices += told(desk, place, move.before, "rolled-back", f"{move.version} runs again: {move.reason}", UNHOLD)
    return _closed(desk, ROLLBACK, done, f"rolled back to {move.version}", dict.fromkeys(notices))


@contextmanager
def _shown_when_failed(desk: Desk, place: tuple[str, str]) -> Iterator[None]:
    """Where a move ends badly and is closed for that, its entries are shown like any others, and the error goes on."""
    before = desk.book.state(fresh=False).at(*place).intent
    first = before.seq if before else desk.book.state(fresh=False).length + 1
    try:
        yield
    except GateError:
        entries = desk.book.chain(fresh=False).entries[first - 1 :]
        ours = [one for one in entries if (one.service, one.environment) == place]
        if ours and ours[-1].phase not in ("", "intent"):
            for notice in shown(desk, ours):
                desk.said(f"note: {notice}")
        raise


def _made(desk: Desk) -> Plan:
    """The plan that the arguments ask for. Raises RefusedError where policy, ledger or world forbid it."""
    request = requested(desk) if desk.args.release_action == ROLLBACK else None
    service, environment = place_of(desk)
    kind, now = desk.args.release_action, desk.now()
    state = desk.book.state()
    nonce = refuse_repeated(desk, request) if request else ""
    drift = desk.args.accept_drift or ""
    order = Order(kind, desk.args.reason or "", desk.actor.name, nonce, accepts_drift=drift)
    targets = desk.targets(service, environment)
    if kind == ROLLBACK:
        choice = choose(
            state, Wish(service, environment, desk.args.to or LAST_GOOD), conditions_of(desk, service, environment)
        )
        if choice.release is None:
            _refuse_rollback(desk, choice)
    else:
        choice = choose_promotion(desk, state, service, environment)
    situation = observe(state, service, environment, targets)
    refuse_move(order, state, situation, now)
    # before the targets plan: what an image lost is told by its own name, not by the target that trips over it
    if choice.release:
        refuse_current(situation, choice.release, drift)
    evidence = demand_ready(desk, state, (service, environment), choice.release, kind) if choice.release else {}
    plan = make_plan(order, choice, situation, targets, now)
    known = doubt(state.at(service, environment), choice.release) if kind == ROLLBACK and choice.release else ""
    return replace(plan, evidence=evidence, warnings=(*plan.warnings, known) if known else plan.warnings)


def _refuse_rollback(desk: Desk, choice: Choice) -> None:
    """Say why each candidate was passed over, and that there is none. Raises RefusedError."""
    if choice.rejected:
        rows = tuple((one.name, one.digest[:19], one.reason) for one in choice.rejected)
        page = Page((Heading("passed over"), Table(("version", "digest", "why"), rows)))
        sys.stderr.write(as_text(page, colour=_colour(desk)))
    hint = "`--to VERSION` names another; `release list` shows all"
    if any("rollback point has expired" in one.reason for one in choice.rejected):
        hint = "`--accept-expired` goes back further than the rollback point"
    if any(one.reason == RUNS for one in choice.rejected):
        hint = "`--accept-drift REASON` puts it back where a target shows something else"
    raise RefusedError(choice.problem, hint)


def _kept(desk: Desk) -> Plan:
    """The plan of `--plan`, for the service and environment that it names; options must not say another."""
    name = desk.args.plan
    try:
        with Path(name).open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(f"cannot read the plan {name!r}: {error.strerror}") from error
    plan = read_plan(data, name)
    if plan.kind != desk.args.release_action:
        raise UsageError(
            f"{name} is the plan of a {plan.kind}", f"run `go-release-gate release {plan.kind} --plan {name}`"
        )
    for option, given, has in (
        ("service", desk.args.service, plan.move.service),
        ("env", desk.args.env, plan.move.environment),
    ):
        if given and given != has:
            raise UsageError(f"--{option} is {given}, and the plan is about {has}", f"leave --{option} away")
    desk.args.service, desk.args.env = plan.move.service, plan.move.environment
    place_of(desk)
    state = desk.book.state()
    release = state.release(plan.move.service, plan.move.after)
    if release is None or release.image != plan.move.image:
        raise RefusedError(f"{plan.move.after} was never recorded as a release of {plan.move.service}")
    plan = _own(desk, plan, release)
    place = (plan.move.service, plan.move.environment)
    if plan.kind == PROMOTE and state.at(*place).current == plan.situation.recorded:  # else it is stale: applying says
        refuse_current(plan.situation, release, plan.accepts_drift)
    plan = replace(plan, evidence=demand_ready(desk, state, place, release, plan.kind))
    if plan.kind == ROLLBACK:
        wish = Wish(plan.move.service, plan.move.environment, plan.move.after)
        is_back = plan.situation.recorded == plan.move.after
        if is_back:
            refuse_current(plan.situation, release, plan.accepts_drift)
        choice = choose(state, wish, replace(conditions_of(desk, *place), puts_back=is_back))
        is_stale = not is_back and state.at(*place).current == plan.move.after  # which applying says
        if choice.release is None and not is_stale:
            _refuse_rollback(desk, choice)
    return plan


def _own(desk: Desk, plan: Plan, release: Release) -> Plan:
    """The plan as this run stands for it: a file says neither who does it, nor what a release is called.

    Raises:
        RefusedError: it calls the release by another version, or uses a request that does not count any more.
    """
    if plan.move.version != release.name:
        raise RefusedError(
            f"the plan calls {plan.move.after} {plan.move.version or 'nothing'}, the ledger {release.name}",
            "plan again",
        )
    if plan.nonce:
        from go_release_gate.release.requests import refuse_outdated

        refuse_outdated(plan.nonce, desk.now())
    return replace(plan, move=replace(plan.move, actor=desk.actor.name), is_automatic=False)


def _dry(desk: Desk, plan: Plan, screen: Screen) -> Outcome:
    """Say what applying would do; with `--output` leave the plan for it."""
    document = {"plan": document_of(plan)["plan"], "screen": as_json(screen)}
    page = page_of(desk, plan, screen)
    move = plan.move
    outputs = {"verdict": "pass", "complete": "true", "previous-digest": move.before, "digest": move.after}
    outputs |= {"image": move.reference, "version": move.version}
    if desk.args.output:
        from go_release_gate.cli.output import envelope
        from go_release_gate.report.files import write_file

        write_file(Path(desk.args.output), dumps(envelope("release-plan", document)) + "\n")
        words = f"the plan is in {desk.args.output}: apply it with --plan {desk.args.output}"
        page = Page((*page.parts, Lines((words,))))
    return Outcome("release-plan", document, page, 0, outputs, is_written=bool(desk.args.output))


def _refuse_silence(desk: Desk) -> None:
    """Raise UsageError where a question would be asked and nobody is there; before anything is looked at."""
    if not desk.args.yes and not desk.args.dry_run and not _is_terminal():
        raise UsageError("nobody can be asked here", "add --yes to do it, or --dry-run to see what would be done")


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _agreed(desk: Desk, plan: Plan, screen: Screen) -> bool:
    sys.stderr.write(as_text(page_of(desk, plan, screen), colour=_colour(desk)))
    question = f"\n{plan.kind} {plan.move.service} in {plan.move.environment} to {plan.move.version}? [y/N] "
    sys.stderr.write(log_text(question.strip()) + " ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _colour(desk: Desk) -> bool:
    return wants_colour(desk.args.color or "auto", desk.environ, is_tty=sys.stderr.isatty())


def _resume(desk: Desk) -> Outcome:
    service, environment = place_of(desk)
    with _shown_when_failed(desk, (service, environment)):
        done = resume(service, environment, desk.hands(service, environment, {}))
    return _closed(desk, "resume", done, f"{done.kind} carried on to its end")


def _abandon(desk: Desk) -> Outcome:
    if not desk.args.reason:
        raise UsageError("why? --reason is missing", "whoever looks at what the targets show now will ask")
    if desk.args.emergency and not desk.args.env:
        desk.book.state()
        if desk.discarded:  # the journal is one, whatever places it is about
            return outcome_of(desk, "abandon", desk.args.service or "", (), desk.discarded)
    service, environment = place_of(desk)
    if desk.book.state().at(service, environment).intent is None and desk.discarded:
        return outcome_of(desk, "abandon", service, (), desk.discarded, environment=environment)
    done = abandon(service, environment, desk.args.reason, desk.hands(service, environment, {}))
    return _closed(desk, "abandon", done, f"{done.kind} given up")


def _closed(desk: Desk, action: str, done: Entry, words: str, told_: Iterable[str] = ()) -> Outcome:
    state = desk.book.state(fresh=False)
    release = state.release(done.service, done.after)
    found = (release.image, release.source) if release else None
    notices = tuple(told_)
    if done.kind == ROLLBACK and done.phase == "done":
        place = f"--service {done.service} --env {done.environment}"
        notices = (*notices, f"promotions are held until `go-release-gate release unhold {place}`")
    first = done.intent or done.seq
    entries = desk.book.chain(fresh=False).entries[max(first - 2, 0) :]
    if entries[0].seq < first and (done.kind, entries[0].kind, entries[0].digest) != (ROLLBACK, HOLD, done.before):
        entries = entries[1:]  # a rollback's hold stands right before its intent; this is no such one
    ours = [one for one in entries if one.service == done.service and one.environment == done.environment]
    return outcome_of(
        desk, action, done.service, ours, words,
        environment=done.environment, release=found, previous=done.before, notices=(*notices, *shown(desk, ours)),
    )  # fmt: skip
