"""What happened: branch, pull request or tag, which commits, and whether its author is trusted.

Pure: the environment and the event's payload go in, a frozen context comes out. What cannot be read is not
trusted: a fork must gain nothing by a payload we do not understand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from go_release_gate.model.severity import Event

PAYLOAD_LIMIT = 32 << 20  # bytes; GitHub cuts webhook payloads at 25 MB
_NO_COMMIT = "0" * 40
_DEPENDABOT = "dependabot[bot]"


@dataclass(frozen=True, slots=True)
class EventContext:
    """The event a run belongs to. Unknown parts are empty.

    Attributes:
        name: GitHub's name of the event (`push`, `pull_request` …), empty outside a workflow.
        tag: the tag's name when a tag was pushed.
        head, base: commits: the pull request's head and base; for a push the pushed commit and the one before.
        run: address of the workflow run, None outside a workflow.
        number: the pull request's number.
        is_fork: whether the code comes from another repository.
        trusted: False for a fork's or Dependabot's pull request, and whenever that cannot be told.
        notices: what the user should know about how this was decided.
    """

    event: Event = Event.BRANCH
    name: str = ""
    tag: str = ""
    ref: str = ""
    head: str = ""
    base: str = ""
    repository: str = ""
    run: str | None = None
    number: int | None = None
    is_fork: bool = False
    trusted: bool = True
    notices: tuple[str, ...] = ()


def event_context(environ: Mapping[str, str], payload: bytes | None) -> EventContext:
    """The context from GitHub's variables and the bytes of the file at GITHUB_EVENT_PATH (None: unreadable)."""
    name = environ.get("GITHUB_EVENT_NAME", "")
    document = _document(payload)
    trust = _trust(name, document, environ)
    request = _request(document)
    return EventContext(
        event=_event(name, environ),
        name=name,
        tag=environ.get("GITHUB_REF_NAME", "") if environ.get("GITHUB_REF_TYPE") == "tag" else "",
        ref=environ.get("GITHUB_REF", ""),
        head=_head(name, document, request) or environ.get("GITHUB_SHA", ""),
        base=_base(name, document, request),
        repository=environ.get("GITHUB_REPOSITORY", ""),
        run=_run_url(environ),
        number=_number(request),
        is_fork=trust.is_fork,
        trusted=trust.trusted,
        notices=trust.notices,
    )


def load_event(environ: Mapping[str, str], read: Callable[[str], bytes]) -> EventContext:
    """`event_context` with the payload read by `read(path)`, which may raise OSError."""
    path = environ.get("GITHUB_EVENT_PATH", "")
    try:
        payload = read(path) if path else None
    except OSError:
        payload = None
    return event_context(environ, payload)


@dataclass(frozen=True, slots=True)
class _Trust:
    trusted: bool = True
    is_fork: bool = False
    notices: tuple[str, ...] = ()


def _event(name: str, environ: Mapping[str, str]) -> Event:
    if name.startswith("pull_request"):
        return Event.PULL_REQUEST
    return Event.TAG if environ.get("GITHUB_REF_TYPE") == "tag" else Event.BRANCH


def _trust(name: str, document: Mapping[str, Any] | None, environ: Mapping[str, str]) -> _Trust:
    """Whether code of this event may be executed and given credentials."""
    if name == "issue_comment":
        return _of_comment(document)
    if name == "workflow_run":
        return _of_workflow_run(document)
    if name.startswith("pull_request"):
        return _of_pull_request(_request(document), environ)
    return _Trust()


def _of_pull_request(request: Mapping[str, Any], environ: Mapping[str, str]) -> _Trust:
    base = _text(request, "base", "repo", "full_name")
    if not base:
        return _unknown("the pull request's payload cannot be read")
    if _text(request, "head", "repo", "full_name").lower() != base.lower():
        return _Trust(False, True, ("pull request of a fork: no credentials are used and nothing of it is executed",))
    authors = (_text(request, "user", "login"), environ.get("GITHUB_ACTOR", ""))
    if _DEPENDABOT in authors:
        return _Trust(False, False, ("pull request of Dependabot: no credentials are used and nothing is executed",))
    return _Trust()


def _of_workflow_run(document: Mapping[str, Any] | None) -> _Trust:
    base = _text(document, "repository", "full_name")
    head = _text(document, "workflow_run", "head_repository", "full_name")
    if not base or not head:
        return _unknown("the workflow run's payload cannot be read")
    if head.lower() != base.lower():
        return _Trust(False, True, ("workflow run of a fork: no credentials are used and nothing of it is executed",))
    actors = {_text(document, "workflow_run", who, "login") for who in ("actor", "triggering_actor")}
    if _DEPENDABOT in actors:
        return _Trust(False, False, ("workflow run of Dependabot: no credentials are used and nothing is executed",))
    return _Trust()


def _of_comment(document: Mapping[str, Any] | None) -> _Trust:
    """A comment's event does not say whose code a workflow checks out for it."""
    issue = (document or {}).get("issue")
    if not isinstance(issue, Mapping):
        return _unknown("the comment's payload cannot be read")
    if "pull_request" in issue:
        return _unknown("a comment on a pull request does not say whose code is judged")
    return _Trust()


def _unknown(why: str) -> _Trust:
    return _Trust(False, False, (f"{why}: treated as untrusted, without credentials",))


def _head(name: str, document: Mapping[str, Any] | None, request: Mapping[str, Any]) -> str:
    """The commit that is meant where GITHUB_SHA is another: the default branch's, or a merge of it.

    https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows
    """
    if name in ("merge_group", "workflow_run"):
        return _text(document, name, "head_sha")
    return _text(request, "head", "sha")


def _base(name: str, document: Mapping[str, Any] | None, request: Mapping[str, Any]) -> str:
    if name == "merge_group":
        return _text(document, "merge_group", "base_sha")
    before = _text(document, "before")
    return _text(request, "base", "sha") or ("" if before == _NO_COMMIT else before)


def _run_url(environ: Mapping[str, str]) -> str | None:
    parts = [environ.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")]
    return f"{parts[0]}/{parts[1]}/actions/runs/{parts[2]}" if all(parts) else None


def _document(payload: bytes | None) -> Mapping[str, Any] | None:
    if payload is None or len(payload) > PAYLOAD_LIMIT:
        return None
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _request(document: Mapping[str, Any] | None) -> Mapping[str, Any]:
    request = (document or {}).get("pull_request")
    return request if isinstance(request, Mapping) else {}


def _number(request: Mapping[str, Any]) -> int | None:
    number = request.get("number")
    return number if isinstance(number, int) else None


def _text(value: Any, *keys: str) -> str:
    """The text below `keys`, empty when any of them is missing or of another type."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""
