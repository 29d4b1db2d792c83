"""A pull request of ours that is opened once and then kept up to date: found by its branch, known by its marker.

https://docs.github.com/rest/pulls/pulls#create-a-pull-request
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from go_release_gate.adapters.github.api import Api, Document, RejectedError
from go_release_gate.adapters.github.comments import is_as_written
from go_release_gate.adapters.github.creating import create_once
from go_release_gate.adapters.github.cutting import cut_markdown
from go_release_gate.errors import RefusedError

NEEDS = "pull-requests: write"
TITLE_LIMIT = 256  # characters; GitHub answers 422 to more ("title is too long")
BODY_LIMIT = 65_536
JOB_LOGIN = "github-actions"
EXISTS = 422


@dataclass(frozen=True, slots=True)
class PullRequest:
    """What is asked for: branches of one repository, and words. `key`: any text that names it among ours."""

    head: str
    base: str
    title: str
    body: str
    key: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A pull request that stands. `head_sha`: the commit it shows."""

    number: int
    url: str
    head_sha: str


def open_pull_request(api: Api, head: str, base: str) -> Document | None:
    """The open one between two branches of the repository; None: there is none. Raises GitHubError."""
    owner = api.repository.partition("/")[0]
    found = api.pages(f"/repos/{api.repository}/pulls", {"state": "open", "head": f"{owner}:{head}", "base": base})
    mine = [one for one in found if _ref(one, "head") == head and _ref(one, "base") == base and _is_here(api, one)]
    return mine[0] if mine else None


def put_pull_request(api: Api, wanted: PullRequest) -> Opened:
    """Make the one pull request between the branches say what is wanted; it is opened where there is none.

    Raises:
        RefusedError: an open one has these branches and is not ours. GitHubError: it could not be asked or told.
    """
    title, body = wanted.title[:TITLE_LIMIT], _body(wanted)

    def look() -> Document | None:
        return open_pull_request(api, wanted.head, wanted.base)

    found = look()
    if found is None:
        asked = {"title": title, "body": body, "head": wanted.head, "base": wanted.base}
        try:
            found = create_once(api, lambda: _write(api, "POST", "", asked), look)
        except RejectedError as error:
            found = look() if error.status == EXISTS else None  # somebody else opened it in between
            if found is None:
                raise
    if not str(found.get("body") or "").startswith(_marker(wanted.key)):
        raise RefusedError(
            f"pull request #{found.get('number')} has the branch {wanted.head} and was not opened for this move",
            "close it, or rename its branch",
        )
    if found.get("title") != title or not is_as_written(found.get("body"), body):
        found = _write(api, "PATCH", f"/{found.get('number')}", {"title": title, "body": body})
    return opened(found)


def opened(found: Document) -> Opened:
    """What matters of GitHub's document."""
    number, head = found.get("number"), found.get("head")
    sha = head.get("sha") if isinstance(head, Mapping) else ""
    return Opened(number if isinstance(number, int) else 0, str(found.get("html_url") or ""), str(sha or ""))


def is_jobs_token(login: str) -> bool:
    """Whether the token is a workflow job's own: pull requests that it opens start no other workflow.

    https://docs.github.com/actions/concepts/security/github_token#when-github_token-triggers-workflow-runs
    """
    return login.removesuffix("[bot]") == JOB_LOGIN


def _body(wanted: PullRequest) -> str:
    marker = _marker(wanted.key)
    return f"{marker}\n{cut_markdown(wanted.body, BODY_LIMIT - len(marker) - 1)}"


def _marker(key: str) -> str:
    return f"<!-- go-release-gate move v1 key={hashlib.sha256(key.encode()).hexdigest()[:32]} -->"


def _write(api: Api, method: str, place: str, body: Mapping[str, Any]) -> Document:
    path = f"/repos/{api.repository}/pulls{place}"
    return api.write(method, path, body, needs=NEEDS, repeatable=method == "PATCH")


def _ref(pull: Document, end: str) -> str:
    found = pull.get(end)
    return str(found.get("ref")) if isinstance(found, Mapping) else ""


def _is_here(api: Api, pull: Document) -> bool:
    """Whether its branch is the repository's own, not one of a fork."""
    head = pull.get("head")
    repository = head.get("repo") if isinstance(head, Mapping) else None
    name = repository.get("full_name") if isinstance(repository, Mapping) else ""
    return str(name).casefold() == api.repository.casefold()
