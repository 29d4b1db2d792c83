"""`release prune`: image content that nothing can go back to is deleted; a dry run unless `--yes`."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.cli.release.asked import service_of
from go_release_gate.cli.release.doing import Outcome
from go_release_gate.cli.release.page import Heading, Lines, Page, Part, Table
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.release.pruning import Pruned, PrunePlan, Pruning, apply_prune, plan_prune, removers
from go_release_gate.release.pruning.named import named_on_branches

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Removal:
    """A manifest that goes. `state`: planned, deleted, gone (it was not there any more) or failed."""

    repository: str
    digest: str
    what: str
    tags: tuple[str, ...]
    state: str
    problem: str


@dataclass(frozen=True, slots=True)
class Staying:
    """A release that stays, and why."""

    digest: str
    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What pruning did, or would do; `seq`: the ledger's entry that says so, 0: nothing was written."""

    service: str
    is_dry: bool
    seq: int
    removals: tuple[Removal, ...]
    kept: tuple[Staying, ...]


def perform(desk: Desk) -> Outcome:
    """Plan it; delete with `--yes`. Exit 3 where something that should be gone is still there."""
    service = service_of(desk)
    settings = desk.service(service)
    repositories = (settings.image, *settings.mirrors)
    named = named_on_branches(desk.git, _branches(desk), repositories)
    pruning = Pruning(desk.registries, desk.settings, service, desk.now, named.digests, named.tags)
    state = desk.book.state()
    plan = plan_prune(pruning, state)
    is_dry = bool(desk.args.dry_run) or not desk.args.yes
    done, seq = None, 0
    if not is_dry and plan.deletions:
        places = dict.fromkeys(one.repository for one in plan.deletions)
        api = desk.github() if desk.repository else None
        done = apply_prune(plan, pruning, desk.book, desk.actor, removers(places, desk.registries, api))
        seq = desk.book.state(fresh=False).length
    names = {digest: one.name for digest, one in state.releases_of(service).items()}
    kept = tuple(Staying(one.digest, names.get(one.digest, ""), one.reason) for one in plan.kept)
    report = Cleaning(service, is_dry, seq, _removals(plan, done), kept)
    has_failed = bool(done and done.failed)
    outputs = {"verdict": "unavailable" if has_failed else "pass", "complete": "false" if has_failed else "true"}
    outputs["entry-id"] = str(seq) if seq else ""
    return Outcome("release-prune", report, _page(report), 3 if has_failed else 0, outputs)


def _branches(desk: Desk) -> list[str]:
    """Every branch that is here: which of them are protected is not known here, and naming too much only keeps more."""
    ledger = desk.settings.ledger.ref.removeprefix("refs/heads/")
    found = {commit for name, commit in desk.git.branches().items() if name != ledger}
    return sorted({*found, desk.git.head_commit()} - {""})


def _removals(plan: PrunePlan, done: Pruned | None) -> tuple[Removal, ...]:
    states = {(one.repository, one.digest): "deleted" for one in done.deleted} if done else {}
    states |= {(one.repository, one.digest): "gone" for one in done.gone} if done else {}
    problems = {(one.repository, one.digest): why for one, why in done.failed} if done else {}
    rows = []
    for one in plan.deletions:
        key = (one.repository, one.digest)
        state = "failed" if key in problems else states.get(key, "planned")
        rows.append(Removal(one.repository, one.digest, one.what, one.tags, state, problems.get(key, "")))
    return tuple(rows)


def _page(report: Cleaning) -> Page:
    title = f"prune of {report.service}{', a dry run' if report.is_dry else ''}"
    parts: list[Part] = [Heading(title)]
    if report.removals:
        head = ("state", "repository", "digest", "what", "tags", "problem")
        rows = tuple(
            (one.state, one.repository, one.digest[:19], one.what, " ".join(one.tags), one.problem)
            for one in report.removals[:SHOWN]
        )
        parts.append(Table(head, rows))
    else:
        parts.append(Lines(("nothing is to be deleted",)))
    if report.kept:
        stays = tuple((one.version, one.digest[:19], one.reason) for one in report.kept[:SHOWN])
        parts += [Heading("stays"), Table(("version", "digest", "why"), stays)]
    if report.is_dry and report.removals:
        parts.append(Lines(("nothing was deleted: --yes does it",)))
    return Page(tuple(parts))
