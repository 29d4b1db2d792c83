"""What a saved report may be published to: found out from the event and from GitHub, never from the report.

A fork's run cannot write; a second workflow publishes its report. Whatever that report says of itself may be forged:
it only counts when it is about the very commit that GitHub says the run was about.
https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_run
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from go_release_gate.adapters.github.api import Api, Document, MissingError
from go_release_gate.config.event import PAYLOAD_LIMIT, EventContext
from go_release_gate.errors import ReportError, UsageError
from go_release_gate.model.report import Subject
from go_release_gate.publish.target import Target, Unfit, run_key, target_of

THE_RUN = "the pull request's run"
ANOTHER_RUN = "another run"
SHORT = 12  # hex digits of a commit in a message

_SAY_WHICH = "name the pull request with --pull-request"


@dataclass(frozen=True, slots=True)
class Trigger:
    """The finished run that a `workflow_run` event is about, as GitHub tells it.

    Attributes:
        event: the event of that run (`pull_request`).
        head: the commit it was about; of a pull request its head, not the merge.
        owner, repository, branch: whose branch it came from; empty where that repository is no more.
    """

    id: int
    event: str
    head: str
    owner: str
    repository: str
    branch: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What this run is told by its runner, and the number given by hand."""

    event: EventContext
    environ: Mapping[str, str]
    trigger: Trigger | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What to publish to, and what is to be said about how it was found."""

    target: Target
    notices: tuple[str, ...] = ()


def trigger_of(payload: bytes | None) -> Trigger | None:
    """The run that the payload of a `workflow_run` event tells of; None when it cannot be read."""
    try:
        document = json.loads(payload) if payload and len(payload) <= PAYLOAD_LIMIT else None
    except (ValueError, RecursionError):
        return None
    run = document.get("workflow_run") if isinstance(document, dict) else None
    number = run.get("id") if isinstance(run, dict) else None
    if not isinstance(number, int):
        return None
    return Trigger(
        id=number,
        event=_text(run, "event"),
        head=_text(run, "head_sha"),
        owner=_text(run, "head_repository", "owner", "login"),
        repository=_text(run, "head_repository", "full_name"),
        branch=_text(run, "head_branch"),
    )


def resolve(subject: Subject, around: Surroundings, api: Api) -> Resolved:
    """What a report about `subject` is published to.

    Raises:
        ReportError: it is about another commit or repository.
        UsageError: nothing says which pull request is meant, or there is none.
        GitHubError: GitHub could not be asked.
    """
    if around.number is not None:
        return _of_number(subject, around, around.number, api)
    if around.event.name == "workflow_run":
        return _of_trigger(subject, around, api)
    return _of_this_run(subject, around, api)


def _of_number(subject: Subject, around: Surroundings, number: int, api: Api) -> Resolved:
    """The pull request that was named. Its number may come from an artifact: the commit must be right all the same."""
    try:
        pull = api.get(f"/repos/{api.repository}/pulls/{number}")
    except MissingError:
        raise UsageError(
            f"there is no pull request {number} in {api.repository}, or none that the token may see", _SAY_WHICH
        ) from None
    head = _text(pull, "head", "sha")
    if around.event.name == "workflow_run" and (around.trigger is None or around.trigger.head != head):
        raise UsageError(
            f"pull request {number} is not the one whose run triggered this one", "leave --pull-request away"
        )
    _demand_about(subject, head, api.repository, _text(pull, "head", "repo", "full_name"))
    who = THE_RUN if around.event.name == "workflow_run" else ANOTHER_RUN
    return Resolved(_target(pull, number, around, api, who))


def _of_trigger(subject: Subject, around: Surroundings, api: Api) -> Resolved:
    """The pull request whose run triggered this one."""
    trigger = around.trigger
    if trigger is None or not trigger.head:
        raise UsageError("the payload of the workflow_run event cannot be read", _SAY_WHICH)
    if trigger.event != "pull_request":
        what = trigger.event if re.fullmatch("[a-z_]{1,40}", trigger.event) else "something else"
        hint = "run this job `if: github.event.workflow_run.event == 'pull_request'`"
        raise UsageError(f"the triggering run is about {what}, not a pull request", hint)
    _demand_about(subject, trigger.head, api.repository, trigger.repository)
    pulls = _pulls_of(trigger, api)
    if not pulls:
        return Resolved(_bare_target(trigger, around, api), (_moved_on(trigger),))
    number = min(pulls)
    others = ", ".join(str(other) for other in sorted(pulls) if other != number)
    said = (f"pull request {number} is reported to; of the same commit are {others}, too",) if others else ()
    return Resolved(_target(pulls[number], number, around, api, THE_RUN), said)


def _of_this_run(subject: Subject, around: Surroundings, api: Api) -> Resolved:
    """Shards of this very run: its event says what they were about."""
    event = around.event
    if not event.name:
        raise UsageError("outside a workflow nothing says which pull request is meant", _SAY_WHICH)
    # what a shard checked out is not known here: under pull_request the merge, as long as nobody says otherwise
    checked_out = () if event.name == "pull_request" else (subject.commit,)
    target = target_of(event, around.environ, checked_out)
    if isinstance(target, Unfit):
        raise UsageError(f"nothing to report to: {target.why}", _SAY_WHICH)
    _demand_about(subject, event.head, api.repository)
    return Resolved(target)


def _pulls_of(trigger: Trigger, api: Api) -> dict[int, Document]:
    """Number → open pull request of the triggering run's branch whose head is still its commit.

    GitHub passes over a filter that it does not understand: every answer is held against the whole of what was asked.
    """
    if not trigger.owner or not trigger.branch:
        return {}
    query = {"head": f"{trigger.owner}:{trigger.branch}", "state": "open"}
    found = api.pages(f"/repos/{api.repository}/pulls", query)
    fitting = [
        pull
        for pull in found
        if _text(pull, "head", "sha") == trigger.head
        and _text(pull, "head", "ref") == trigger.branch
        and _same(_text(pull, "head", "repo", "full_name"), trigger.repository)
    ]
    return {pull["number"]: pull for pull in fitting if isinstance(pull.get("number"), int)}


def _moved_on(trigger: Trigger) -> str:
    return (
        f"no open pull request has {trigger.head[:SHORT]} as its head any more (new commits, or closed): "
        "nothing is written on a pull request"
    )


def _target(pull: Document, number: int, around: Surroundings, api: Api, who: str) -> Target:
    head = _text(pull, "head", "sha")
    return Target(
        repository=api.repository,
        number=number,
        head=head,
        base=_text(pull, "base", "sha"),
        run=_run_of(around),
        key=run_key(around.environ, head),
        reported_by=who,
    )


def _bare_target(trigger: Trigger, around: Surroundings, api: Api) -> Target:
    nowhere: dict[str, Any] = {"head": {"sha": trigger.head}}
    return replace(_target(nowhere, 0, around, api, THE_RUN), number=None)


def _run_of(around: Surroundings) -> str | None:
    """Address of the run that judged, where that is known; else of this one."""
    here = around.event.run
    if here is None or around.trigger is None:
        return here
    return f"{here.rpartition('/')[0]}/{around.trigger.id}"


def _demand_about(subject: Subject, head: str, *repositories: str) -> None:
    """Refuse a report about another commit than `head`, or about none of `repositories` (empty ones do not count).

    A checkout's own address (`git@github.example.com:acme/shop.git`) counts by its last two parts.
    """
    if not subject.commit:
        raise ReportError("this report names no commit", "run the check in a git checkout, then report again")
    if not head or subject.commit != head:
        raise ReportError(
            f"this report is about another commit: {subject.commit[:SHORT]}, expected {head[:SHORT] or 'one'}",
            "publish the report of the pull request's last commit",
        )
    if subject.repository and not any(_same(_name(subject.repository), name) for name in repositories if name):
        raise ReportError("this report is about another repository", f"expected one about {repositories[0]}")


def _name(address: str) -> str:
    parts = re.split("[/:]", address.removesuffix("/").removesuffix(".git"))
    return "/".join(parts[-2:])


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()


def _text(value: Any, *keys: str) -> str:
    """The text below `keys`, empty when any of them is missing or of another type."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""
