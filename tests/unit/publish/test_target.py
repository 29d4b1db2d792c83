"""What is reported on, for each event."""

from __future__ import annotations

from dataclasses import replace

import pytest

from go_release_gate.config.event import EventContext
from go_release_gate.model.severity import Event
from go_release_gate.publish.target import Target, Unfit, run_key, target_of

MERGE, HEAD, BASE = "c" * 40, "b" * 40, "a" * 40
ENVIRON = {"GITHUB_SHA": MERGE, "GITHUB_REPOSITORY": "acme/shop", "GITHUB_RUN_ID": "42"}
REQUEST = EventContext(
    event=Event.PULL_REQUEST,
    name="pull_request",
    ref="refs/pull/7/merge",
    head=HEAD,
    base=BASE,
    repository="acme/shop",
    number=7,
)


def target(event: EventContext, checked_out: tuple[str, ...], **environ: str) -> Target:
    """The target, which there must be."""
    found = target_of(event, {**ENVIRON, **environ}, checked_out)
    assert isinstance(found, Target), found
    return found


def test_a_pull_request_is_reported_on_its_head() -> None:
    """The merge commit is judged; check run and review belong to the head, code scanning is told of the merge."""
    found = target(REQUEST, (MERGE, BASE, HEAD))

    assert (found.number, found.head, found.base) == (7, HEAD, BASE)
    assert (found.ref, found.sarif_commit) == ("refs/pull/7/merge", MERGE)
    assert found.can_write


def test_a_checkout_of_the_head_itself_is_the_pull_request_too() -> None:
    """`actions/checkout` with `ref: head.sha`: reported as well, but nothing else is said to code scanning."""
    found = target(REQUEST, (HEAD, BASE))

    assert (found.head, found.ref, found.sarif_commit) == (HEAD, "", "")


@pytest.mark.parametrize("checked_out", [(BASE,), ("d" * 40, BASE)])
def test_another_checkout_is_not_the_pull_request(checked_out: tuple[str, ...]) -> None:
    """A job that checked out something else must not speak about the pull request."""
    assert isinstance(target_of(REQUEST, ENVIRON, checked_out), Unfit)


@pytest.mark.parametrize(
    ("checked_out", "is_fit"), [((), False), ((BASE,), False), ((HEAD,), True), ((MERGE, BASE, HEAD), True)]
)
def test_pull_request_target_judges_the_base_by_default(checked_out: tuple[str, ...], is_fit: bool) -> None:
    """Its GITHUB_SHA is the base: only a checkout that holds the head speaks about the pull request."""
    event = replace(REQUEST, name="pull_request_target", ref="refs/heads/main", is_fork=True, trusted=False)
    found = target_of(event, {**ENVIRON, "GITHUB_SHA": BASE}, checked_out)

    assert isinstance(found, Target) is is_fit
    assert not is_fit or (isinstance(found, Target) and found.can_write)


@pytest.mark.parametrize("name", ["pull_request", "pull_request_review"])
def test_a_forks_token_is_known_to_be_read_only(name: str) -> None:
    """Nothing is tried with it."""
    assert not target(replace(REQUEST, name=name, is_fork=True), (MERGE,)).can_write


@pytest.mark.parametrize("name", ["push", "schedule", "workflow_dispatch", "repository_dispatch", "release"])
def test_other_events_are_reported_on_what_is_checked_out(name: str) -> None:
    """There is no pull request; the commit is the one that was judged."""
    event = EventContext(name=name, ref="refs/heads/main", head=MERGE, repository="acme/shop")

    assert target(event, (MERGE,)).head == MERGE
    other = target(event, (HEAD,))
    assert (other.head, other.number, other.sarif_commit) == (HEAD, None, "")
    assert target(event, ()).head == MERGE


def test_a_merge_queue_has_no_upload() -> None:
    """A merge group is reported on its own commit; code scanning knows no ref of it."""
    event = EventContext(name="merge_group", ref="refs/heads/gh-readonly-queue/main/pr-7", head=MERGE, repository="a/b")

    found = target(event, (MERGE,))
    assert (found.head, found.ref, found.number) == (MERGE, "", None)


def test_a_workflow_run_must_have_checked_out_its_commit() -> None:
    """GITHUB_SHA is the default branch's: what is judged there is not what triggered the workflow."""
    event = EventContext(name="workflow_run", head=HEAD, repository="acme/shop")

    assert isinstance(target_of(event, ENVIRON, (MERGE,)), Unfit)
    assert target(event, (HEAD,)).head == HEAD


@pytest.mark.parametrize("name", ["issue_comment", "issues", "discussion"])
def test_events_that_name_no_commit_are_not_reported(name: str) -> None:
    """Nobody knows whose code such a workflow checks out."""
    assert isinstance(target_of(EventContext(name=name, head=HEAD, repository="acme/shop"), ENVIRON, (HEAD,)), Unfit)


@pytest.mark.parametrize("commit", ["", "0" * 40, "main", "b" * 39])
def test_a_target_needs_a_commit(commit: str) -> None:
    """A branch's name, the null commit, half a commit: not reported on."""
    assert isinstance(target_of(EventContext(name="push", head=commit, repository="acme/shop"), {}, ()), Unfit)


def test_the_key_tells_steps_and_attempts_apart() -> None:
    """Another attempt, job or step is another check run; the same step again is the same."""
    keys = {
        run_key({**ENVIRON, **more})
        for more in ({}, {"GITHUB_RUN_ATTEMPT": "2"}, {"GITHUB_JOB": "b"}, {"GITHUB_ACTION": "__self_2"})
    }
    assert len(keys) == 4
    assert run_key(ENVIRON) == run_key(dict(ENVIRON))


def test_the_base_is_not_the_pull_request_though_it_merged_its_head() -> None:
    """Under pull_request_target the base's tip may be a merge of the very head: what is judged is the base still."""
    event = replace(REQUEST, name="pull_request_target", ref="refs/heads/main")

    assert isinstance(target_of(event, {**ENVIRON, "GITHUB_SHA": MERGE}, (MERGE, BASE, HEAD)), Unfit)
