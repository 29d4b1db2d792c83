"""What to report on: which commit, which pull request, and whether what was judged is that at all. Pure.

https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from go_release_gate.config.event import EventContext

READ_ONLY_EVENTS = ("pull_request", "pull_request_review", "pull_request_review_comment")
"""A fork's run of these gets a token that can only read, whatever `permissions:` says.
https://docs.github.com/actions/concepts/security/github_token"""

_UNTOLD = ("issue_comment", "issues", "discussion", "discussion_comment")
_COMMIT = re.compile(r"(?!0{40})[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Target:
    """Where findings are shown.

    Attributes:
        repository: `OWNER/NAME`.
        number: the pull request, None where there is none.
        head: the commit that the check run and the review belong to.
        base: the commit it is compared with; may be empty.
        ref, sarif_commit: what code scanning is told was analysed; empty: nothing is uploaded.
        run: address of the workflow run.
        key: what makes this run's check run the same check run when it is written again (64 hex digits).
        reported_by: who made the report where it was not us; empty: it is our own.
        can_write: False where the token is known to be read-only, so that nothing is tried.
    """

    repository: str
    number: int | None
    head: str
    base: str = ""
    ref: str = ""
    sarif_commit: str = ""
    run: str | None = None
    key: str = ""
    reported_by: str = ""
    can_write: bool = True


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why there is nothing to report on, in words."""

    why: str


def target_of(event: EventContext, environ: Mapping[str, str], checked_out: Sequence[str]) -> Target | Unfit:
    """The target of a check.

    Args:
        checked_out: the commit that was judged and its parents; empty where git cannot say.
    """
    if event.name in _UNTOLD:
        return Unfit(f"the event {event.name} does not say which commit is judged")
    judged = checked_out[0] if checked_out else ""
    if event.number is not None and not _is_of_pull_request(event, environ, checked_out):
        return Unfit("the checkout is not the pull request's")
    if event.name == "workflow_run" and judged != event.head:
        return Unfit("the checkout is not the commit of the workflow run that triggered this one")
    head = event.head if event.number is not None else judged or event.head
    if not event.repository or not _COMMIT.fullmatch(head):
        return Unfit("the event names no repository or no commit")
    sarif_commit = environ.get("GITHUB_SHA", "")
    is_uploadable = event.name != "merge_group" and judged in ("", sarif_commit)
    return Target(
        repository=event.repository,
        number=event.number,
        head=head,
        base=event.base,
        ref=event.ref if is_uploadable else "",
        sarif_commit=sarif_commit if is_uploadable else "",
        run=event.run,
        key=run_key(environ, head),
        can_write=not (event.is_fork and event.name in READ_ONLY_EVENTS),
    )


def _is_of_pull_request(event: EventContext, environ: Mapping[str, str], checked_out: Sequence[str]) -> bool:
    """Whether the judged commit is the pull request's head, or a merge of it.

    Under pull_request_target the default checkout is the base, which may itself be a merge of that head: its findings
    are not the pull request's.
    """
    if event.name == "pull_request_target":
        is_base = bool(checked_out) and checked_out[0] == environ.get("GITHUB_SHA")
        return event.head in (checked_out[:1] if is_base else checked_out)
    return not checked_out or environ.get("GITHUB_SHA") == checked_out[0] or event.head in checked_out


def run_key(environ: Mapping[str, str], *parts: str) -> str:
    """The identity of one step of one attempt of one job, for `external_id`."""
    names = ("REPOSITORY", "WORKFLOW", "JOB", "RUN_ID", "RUN_ATTEMPT", "ACTION")
    values = [environ.get(f"GITHUB_{name}", "") for name in names]
    return hashlib.sha256("\0".join([*values, *parts]).encode("utf-8", "surrogateescape")).hexdigest()
