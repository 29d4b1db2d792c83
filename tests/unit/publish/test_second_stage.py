"""What a saved report is published to is what GitHub says, whatever the report says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.adapters.github.api import Api, AwayError, MissingError
from go_release_gate.config.event import EventContext
from go_release_gate.errors import ReportError, UsageError
from go_release_gate.model.report import Subject
from go_release_gate.model.severity import Event
from go_release_gate.publish.second_stage import Resolved, Surroundings, Trigger, resolve, trigger_of

BASE, HEAD, MERGE, OTHER = "a" * 40, "b" * 40, "c" * 40, "d" * 40
SUBJECT = Subject("acme/shop", HEAD, "refs/pull/7/merge", Event.PULL_REQUEST, BASE)
TRIGGER = Trigger(41, "pull_request", HEAD, "stranger", "stranger/shop", "topic")
RUN = "https://github.example.com/acme/shop/actions/runs/42"
SECOND = EventContext(name="workflow_run", head=HEAD, repository="acme/shop", run=RUN, is_fork=True, trusted=False)
ENVIRON = {"GITHUB_SHA": MERGE, "GITHUB_REPOSITORY": "acme/shop", "GITHUB_RUN_ID": "42"}
OWN = EventContext(Event.PULL_REQUEST, "pull_request", head=HEAD, base=BASE, repository="acme/shop", number=7)
STAGE_TWO = Surroundings(SECOND, ENVIRON, TRIGGER)


def pull(number: int, sha: str = HEAD, ref: str = "topic", repository: str = "stranger/shop") -> dict[str, Any]:
    """A pull request as GitHub shows it."""
    head = {"sha": sha, "ref": ref, "repo": {"full_name": repository}}
    return {"number": number, "state": "open", "head": head, "base": {"sha": BASE, "ref": "main"}}


class Pulls:
    """The part of an Api that is asked here; a filter is passed over, as GitHub does with one it does not know."""

    repository = "acme/shop"

    def __init__(self, *pulls: dict[str, Any], error: Exception | None = None) -> None:
        self.pulls = pulls
        self.error = error
        self.asked: list[tuple[str, Mapping[str, Any] | None]] = []

    def get(self, path: str, query: Mapping[str, Any] | None = None, **_: Any) -> Mapping[str, Any]:
        self.asked.append((path, query))
        for item in self.pulls:
            if path == f"/repos/acme/shop/pulls/{item['number']}":
                return item
        raise self.error or MissingError(path)

    def pages(self, path: str, query: Mapping[str, Any] | None = None, **_: Any) -> list[dict[str, Any]]:
        self.asked.append((path, query))
        if self.error:
            raise self.error
        return list(self.pulls)


def resolved(api: Pulls, around: Surroundings = STAGE_TWO, **subject: Any) -> Resolved:
    """What a report is published to."""
    return resolve(replace(SUBJECT, **subject), around, cast("Api", api))


def test_the_pull_request_is_looked_up() -> None:
    """By the branch of the triggering run; what is published says whose report it is."""
    api = Pulls(pull(7))
    target = resolved(api).target

    assert (target.repository, target.number, target.head, target.base) == ("acme/shop", 7, HEAD, BASE)
    assert (target.reported_by, target.run) == ("the pull request's run", RUN.replace("42", "41"))
    assert (target.ref, target.sarif_commit) == ("", "")
    assert api.asked == [("/repos/acme/shop/pulls", {"head": "stranger:topic", "state": "open"})]


def test_only_what_fits_wholly_is_the_pull_request() -> None:
    """Another commit, branch or fork is another pull request, whatever GitHub lists."""
    wrong = (pull(1, sha=OTHER), pull(2, ref="main"), pull(3, repository="stranger/other"), {"number": 4}, {"head": 5})

    assert resolved(Pulls(*wrong, pull(7))).target.number == 7
    found = resolved(Pulls(*wrong))
    assert (found.target.number, found.target.head) == (None, HEAD)
    assert "nothing is written on a pull request" in found.notices[0]


def test_several_pull_requests_of_one_commit() -> None:
    """One per base is possible: the first is reported to, and the others are named."""
    found = resolved(Pulls(pull(9), pull(7), pull(8)))

    assert found.target.number == 7
    assert found.notices == ("pull request 7 is reported to; of the same commit are 8, 9, too",)


@pytest.mark.parametrize("commit", [OTHER, "", MERGE])
def test_a_report_about_another_commit_is_refused(commit: str) -> None:
    """It may be an old one, or one made up; the same for every way to be told the commit, and before anything else."""
    api = Pulls(pull(7))
    for around in (STAGE_TWO, replace(STAGE_TWO, number=7), Surroundings(OWN, ENVIRON)):
        with pytest.raises(ReportError, match=r"another commit|names no commit"):
            resolved(api, around, commit=commit)


@pytest.mark.parametrize("repository", ["acme/other", "https://github.example.com/evil/shop.git", "shop"])
def test_a_report_about_another_repository_is_refused(repository: str) -> None:
    """A commit can be in many repositories; findings belong to one."""
    for around in (STAGE_TWO, replace(STAGE_TWO, number=7)):
        with pytest.raises(ReportError, match="another repository"):
            resolved(Pulls(pull(7)), around, repository=repository)


@pytest.mark.parametrize(
    "repository",
    ["ACME/Shop", "stranger/shop", "git@github.example.com:acme/shop.git", "https://x.example.com/acme/shop/"],
)
def test_a_checkout_knows_its_repository_by_its_address(repository: str) -> None:
    """The clone of a fork, or an address, is the same repository."""
    assert resolved(Pulls(pull(7)), replace(STAGE_TWO, number=7), repository=repository).target.number == 7


def test_a_number_from_an_artifact_gains_nothing() -> None:
    """Even one that leads to a pull request with the report's commit must be that of the triggering run."""
    api = Pulls(pull(7), pull(8, sha=OTHER))
    around = replace(STAGE_TWO, number=8)

    with pytest.raises(UsageError, match="not the one whose run triggered this one"):
        resolved(api, around, commit=OTHER)
    assert resolved(api, replace(STAGE_TWO, number=7)).target.number == 7


def test_a_number_by_hand() -> None:
    """On a laptop the named pull request's head must be what was judged; nothing there is believed either."""
    laptop = Surroundings(EventContext(), {}, number=7)
    target = resolved(Pulls(pull(7)), laptop, repository="").target

    assert (target.number, target.head, target.reported_by, target.run) == (7, HEAD, "another run", None)
    with pytest.raises(UsageError, match="there is no pull request 9"):
        resolved(Pulls(pull(7)), replace(laptop, number=9))


def test_shards_of_this_run() -> None:
    """In the pull request's own workflow the event says it all, and the report is our own."""
    here = EventContext(
        Event.PULL_REQUEST,
        "pull_request",
        ref="refs/pull/7/merge",
        head=HEAD,
        base=BASE,
        repository="acme/shop",
        number=7,
    )
    api = Pulls()
    target = resolved(api, Surroundings(here, ENVIRON)).target

    assert (target.number, target.head, target.base, target.reported_by) == (7, HEAD, BASE, "")
    assert (target.ref, target.sarif_commit, target.can_write) == ("refs/pull/7/merge", MERGE, True)
    assert not resolved(api, Surroundings(replace(here, is_fork=True), ENVIRON)).target.can_write
    assert api.asked == []


def test_shards_of_a_push() -> None:
    """There is no pull request: the pushed commit is reported on."""
    push = EventContext(name="push", ref="refs/heads/main", head=HEAD, repository="acme/shop")
    target = resolved(Pulls(), Surroundings(push, {**ENVIRON, "GITHUB_SHA": HEAD})).target

    assert (target.number, target.head, target.sarif_commit, target.reported_by) == (None, HEAD, HEAD, "")


@pytest.mark.parametrize(
    ("around", "said"),
    [
        (Surroundings(EventContext(), {}), "outside a workflow"),
        (replace(STAGE_TWO, trigger=None), "cannot be read"),
        (replace(STAGE_TWO, trigger=replace(TRIGGER, head="")), "cannot be read"),
        (replace(STAGE_TWO, trigger=replace(TRIGGER, event="push")), "is about push, not a pull request"),
        (replace(STAGE_TWO, trigger=replace(TRIGGER, event="\n::x")), "is about something else"),
        (Surroundings(EventContext(name="issue_comment", repository="acme/shop"), ENVIRON), "nothing to report to"),
    ],
)
def test_nothing_to_report_to_is_said(around: Surroundings, said: str) -> None:
    """Exit 2 with a hint, never silence."""
    with pytest.raises(UsageError, match=said) as refusal:
        resolved(Pulls(pull(7)), around)
    assert refusal.value.hint


def test_a_silent_github_is_no_missing_pull_request() -> None:
    """Its errors pass to the caller."""
    for around in (STAGE_TWO, replace(STAGE_TWO, number=9)):
        with pytest.raises(AwayError):
            resolved(Pulls(error=AwayError("down")), around)


def test_a_deleted_fork_has_no_pull_request() -> None:
    """GitHub tells no repository then; nobody else's pull request takes its place."""
    trigger = replace(TRIGGER, owner="", repository="")
    api = Pulls(pull(7, repository=""))

    assert resolved(api, replace(STAGE_TWO, trigger=trigger)).target.number is None
    assert api.asked == []


def test_the_payload_as_github_publishes_it() -> None:
    """The triggering run is read from a real payload."""
    file = Path(__file__).parents[2] / "data" / "events" / "workflow_run.json"
    payload = json.loads(file.read_text("utf-8"))["payload"]
    run = payload["workflow_run"]
    trigger = trigger_of(json.dumps(payload).encode())

    assert trigger is not None
    assert (trigger.id, trigger.event, trigger.head) == (run["id"], run["event"], run["head_sha"])
    assert trigger.repository == run["head_repository"]["full_name"]
    assert trigger.repository.startswith(f"{trigger.owner}/")
    assert trigger.branch == run["head_branch"]


_JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["workflow_run", "id", "head_sha", "head_repository", "owner"]), inner)
    ),
)


@given(_JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=20) | st.none())
def test_any_payload_is_a_trigger_or_none(payload: bytes | None) -> None:
    """What cannot be read is no trigger."""
    assert isinstance(trigger_of(payload), Trigger | None)
