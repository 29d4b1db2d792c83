"""What a run is about, as the peer's program sees it: event, ref, commit, dates, repository."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

HEADS, TAGS, PULLS = "refs/heads/", "refs/tags/", "refs/pull/"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RepositoryRecord:
    """What GitHub knows of a repository; unknown parts are empty. `license` is an SPDX identifier."""

    name: str = ""
    description: str = ""
    html_url: str = ""
    default_branch: str = ""
    license: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """A run.

    Attributes:
        event: GitHub's name of the event.
        ref: in full (`refs/tags/v1.2.3`).
        now, commit_date: with a zone.
        payload: the event's document.
        repository: the record of GitHub's interface, which the payload need not hold.
        release: the version that the tag releases, where that is known to be another text than the tag
            (`v1.2.3` of `services/api/v1.2.3`): version entries read it.
    """

    event: str = ""
    ref: str = ""
    sha: str = ""
    now: datetime = EPOCH
    commit_date: datetime = EPOCH
    payload: Mapping[str, Any] = field(default_factory=dict)
    repository: RepositoryRecord = RepositoryRecord()
    release: str = ""

    @property
    def branch(self) -> str:
        """The branch, empty for other refs."""
        return self._behind(HEADS)

    @property
    def tag(self) -> str:
        """The tag, empty for other refs."""
        return self._behind(TAGS)

    def _behind(self, start: str) -> str:
        return self.ref.removeprefix(start) if self.ref.startswith(start) else ""

    @property
    def base_ref(self) -> str:
        """The branch that a pushed tag lies on, where the event says so; the branch a pull request goes to."""
        pushed = self.payload.get("base_ref")
        if self.ref.startswith(TAGS) and isinstance(pushed, str):
            return pushed.removeprefix(HEADS)
        return text_at(self.payload, "pull_request", "base", "ref") if self.ref.startswith(PULLS) else ""

    @property
    def is_default_branch(self) -> bool:
        """As the peer decides it: never true for the push of a tag, always for some events."""
        name = self.ref.removeprefix(HEADS)
        if not name:
            return False
        if text_at(self.payload, "repository", "default_branch") == name:
            return True
        return any(word in self.event for word in ("create", "discussion", "issues", "schedule"))


def text_at(value: Any, *keys: str) -> str:
    """The text below `keys`, empty when any of them is missing or of another type."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""


def as_workflow(context: Context, pull_request_head: str = "") -> Context:
    """`context` with what the peer changes about some events.

    Args:
        pull_request_head: the variable DOCKER_METADATA_PR_HEAD_SHA: with `true` in it, in any case, a pull request's
            own commit stands for the merge commit.
    """
    if "pull_request_target" in context.event:
        number = context.payload.get("number")
        shown = "undefined" if number is None else number
        context = replace(context, ref=f"{PULLS}{shown}/merge")
    head = text_at(context.payload, "pull_request", "head", "sha")
    if re.search("true", pull_request_head, re.IGNORECASE) and "pull_request" in context.event and head:
        context = replace(context, sha=head)
    return context


def commit_time(payload: Mapping[str, Any], sha: str) -> datetime | None:
    """When the commit `sha` was made, where the event says so."""
    commits = payload.get("commits")
    for commit in commits if isinstance(commits, list) else []:
        if text_at(commit, "id") == sha:
            if moment := read_time(text_at(commit, "timestamp")):
                return moment
            break
    head = payload.get("head_commit")
    return read_time(text_at(head, "timestamp")) if text_at(head, "id") == sha else None


def read_time(text: str) -> datetime | None:
    """An ISO 8601 time; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
