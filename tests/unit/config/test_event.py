"""Which event, which commits, and whom to trust."""

from __future__ import annotations

import json
from typing import Any

import pytest

from go_release_gate.config.event import EventContext, event_context, load_event
from go_release_gate.model.severity import Event

BASE = {"GITHUB_SHA": "m" * 40, "GITHUB_REPOSITORY": "acme/shop"}


def pull_request(head: str | None = "acme/shop", user: str = "ann", **more: Any) -> dict[str, Any]:
    """A payload as GitHub sends it, as far as it is read."""
    return {
        "pull_request": {
            "number": 7,
            "user": {"login": user},
            "head": {"sha": "h" * 40, "repo": {"full_name": head} if head else None},
            "base": {"sha": "b" * 40, "repo": {"full_name": "acme/shop"}},
        },
        **more,
    }


def context(name: str, payload: Any, **environ: str) -> EventContext:
    data = payload if isinstance(payload, bytes | None) else json.dumps(payload).encode()
    return event_context({**BASE, "GITHUB_EVENT_NAME": name, **environ}, data)


def test_outside_a_workflow() -> None:
    """On a laptop it is a branch of somebody trusted."""
    assert event_context({}, None) == EventContext()


def test_a_pull_request_of_the_repository() -> None:
    """Head and base are the payload's, not the merge commit; a colleague is trusted."""
    found = context("pull_request", pull_request())

    assert (found.event, found.head, found.base, found.number) == (Event.PULL_REQUEST, "h" * 40, "b" * 40, 7)
    assert found.trusted
    assert not found.notices


@pytest.mark.parametrize("name", ["pull_request", "pull_request_target", "pull_request_review"])
@pytest.mark.parametrize("head", ["mallory/shop", None])
def test_a_fork_is_not_trusted(name: str, head: str | None) -> None:
    """A head in another repository, or in one that is gone, is a fork's, whatever event carries it."""
    found = context(name, pull_request(head))

    assert (found.trusted, found.is_fork, len(found.notices)) == (False, True, 1)


def test_letter_case_makes_no_fork() -> None:
    """GitHub's names ignore case."""
    assert context("pull_request", pull_request("Acme/Shop")).trusted


@pytest.mark.parametrize(("user", "actor"), [("dependabot[bot]", "ann"), ("ann", "dependabot[bot]")])
def test_dependabot_is_not_trusted(user: str, actor: str) -> None:
    """Dependabot's pull request stays untrusted when a colleague runs it again, and so does its push to another's."""
    found = context("pull_request", pull_request(user=user), GITHUB_ACTOR=actor)

    assert (found.trusted, found.is_fork) == (False, False)


@pytest.mark.parametrize(
    "payload",
    [None, b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"pull_request": 3}', b'{"pull_request": {}}'],
)
def test_what_cannot_be_read_is_not_trusted(payload: bytes | None) -> None:
    """A pull request with a missing or broken payload is untrusted, and that is said."""
    found = context("pull_request", payload)

    assert not found.trusted
    assert "treated as untrusted" in found.notices[0]
    assert found.head == "m" * 40


def _run_by(role: str, login: str) -> dict[str, Any]:
    run = {"head_repository": {"full_name": "a/b"}, role: {"login": login}}
    return {"repository": {"full_name": "a/b"}, "workflow_run": run}


@pytest.mark.parametrize(
    ("payload", "trusted"),
    [
        ({"repository": {"full_name": "a/b"}, "workflow_run": {"head_repository": {"full_name": "a/b"}}}, True),
        ({"repository": {"full_name": "a/b"}, "workflow_run": {"head_repository": {"full_name": "m/b"}}}, False),
        ({"repository": {"full_name": "a/b"}, "workflow_run": {}}, False),
        (_run_by("actor", "ann"), True),
        (_run_by("actor", "dependabot[bot]"), False),
        (_run_by("triggering_actor", "dependabot[bot]"), False),
    ],
)
def test_a_workflow_run_carries_its_origin(payload: dict[str, Any], trusted: bool) -> None:
    """A second stage started by the run of a fork, or of Dependabot, is not trusted."""
    assert context("workflow_run", payload).trusted is trusted


def test_a_comment_on_a_pull_request_is_not_trusted() -> None:
    """Its event does not say whose code is checked out; a comment on an issue can only mean the default branch."""
    assert not context("issue_comment", {"issue": {"pull_request": {}}}).trusted
    assert context("issue_comment", {"issue": {}}).trusted
    assert not context("issue_comment", {}).trusted


def test_a_tag() -> None:
    """A pushed tag is an event of its own, and its name is known."""
    found = context("push", {"before": "0" * 40}, GITHUB_REF_TYPE="tag", GITHUB_REF_NAME="services/api/v1.2.0")

    assert (found.event, found.tag, found.base, found.trusted) == (Event.TAG, "services/api/v1.2.0", "", True)


def test_a_push_and_a_merge_group_know_their_base() -> None:
    """The commit before a push, the base of a merge group."""
    assert context("push", {"before": "a" * 40}).base == "a" * 40
    assert context("merge_group", {"merge_group": {"base_sha": "c" * 40}}).base == "c" * 40


def test_the_address_of_the_run_needs_all_its_parts() -> None:
    """No half address."""
    given = {"GITHUB_SERVER_URL": "https://github.example.com", "GITHUB_RUN_ID": "9"}

    assert context("push", None, **given).run == "https://github.example.com/acme/shop/actions/runs/9"
    assert context("push", None).run is None


def test_an_unreadable_payload_is_a_broken_one() -> None:
    """A file that cannot be read counts as no payload."""

    def read(_path: str) -> bytes:
        raise OSError

    environ = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": "/event.json"}
    assert not load_event(environ, read).trusted
