"""The one issue of an incident: opened once, edited, commented, closed; never doubled, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fakes.github import BOT, GitHub, faults, plugin
from fakes.github.state import Issue
from go_release_gate.adapters.alerts.issue import put_issue
from go_release_gate.adapters.alerts.message import Message
from go_release_gate.adapters.github.answers import Answer
from go_release_gate.adapters.github.api import DeniedError
from go_release_gate.adapters.github.comments import marked
from support.patient import Hook, client, losing

github = plugin.github
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
FAILING = Message("api production sha256:a health", "failing", True, "api fails", "it fails: 503", "")
RESOLVED = replace(FAILING, state="resolved", is_open=False, title="api is well again", markdown="well again")


def put(github: GitHub, message: Message = FAILING, hook: Hook | None = None, author: str = BOT) -> str:
    """Tell a message."""
    return put_issue(client(github, hook), message, author, labels=("incident",), since=SINCE)


def issues(github: GitHub) -> list[Issue]:
    """All issues there are."""
    return list(github.repository.issues.values())


def add(github: GitHub, body: str, author: str = BOT, state: str = "open") -> Issue:
    """An issue that is there already."""
    made = Issue(github.state.next_id(), github.state.now(), author, "title", body, state=state)
    github.repository.issues[made.number] = made
    return made


def test_it_is_opened_once_and_left_alone_while_nothing_is_new(github: GitHub) -> None:
    """The same message twice is one write."""
    url = put(github)
    assert put(github) == url
    (issue,) = issues(github)
    assert (issue.title, issue.labels, issue.state) == ("api fails", ["incident"], "open")
    assert url.endswith(f"/issues/{issue.number}")
    assert (len(github.writes), issue.edits) == (1, 0)


def test_news_of_the_same_state_edit_it_in_place(github: GitHub) -> None:
    """Other words without another state tell nobody anew."""
    put(github)
    put(github, replace(FAILING, markdown="it fails: 502"))
    (issue,) = issues(github)
    assert "502" in issue.body
    assert not github.repository.comments


def test_a_new_state_is_commented_and_the_end_closes_it(github: GitHub) -> None:
    """Resolved: one comment, closed as completed; failing again: open again, with its comment."""
    put(github)
    put(github, RESOLVED)
    put(github, RESOLVED)
    (issue,) = issues(github)
    assert (issue.state, issue.state_reason, issue.title) == ("closed", "completed", "api is well again")
    assert [comment.body.splitlines()[-1] for comment in github.repository.comments.values()] == ["well again"]
    put(github)
    assert (issue.state, issue.state_reason, len(issues(github))) == ("open", "reopened", 1)
    assert len(github.repository.comments) == 2


def test_nothing_is_opened_to_be_closed(github: GitHub) -> None:
    """An incident without an issue is not told as resolved."""
    assert put(github, RESOLVED) == ""
    assert issues(github) == []


def test_who_closes_it_is_not_overruled(github: GitHub) -> None:
    """Closed by hand it stays closed until the state is another one."""
    put(github)
    issues(github)[0].state = "closed"
    put(github)
    assert issues(github)[0].state == "closed"
    put(github, replace(FAILING, state="stuck"))
    assert issues(github)[0].state == "open"


def test_other_issues_and_other_incidents_are_left_alone(github: GitHub) -> None:
    """Neither a foreign author's copy of our marker, nor a pull request, nor another incident is ours."""
    theirs = add(github, marked(f"issue {FAILING.incident}", "copied"), "mona")
    add(github, marked("issue other", "ours, about something else"))
    github.open_pull_request(7)
    put(github)
    assert len(issues(github)) == 3
    assert theirs.edits == 0


def test_it_is_found_on_a_later_page(github: GitHub) -> None:
    """Ours is found behind a hundred newer ones."""
    put(github)
    for number in range(130):
        add(github, f"report {number}", "mona")
    put(github, RESOLVED)
    assert len(issues(github)) == 131
    assert issues(github)[0].state == "closed"


def test_a_lost_answer_makes_no_second_one(github: GitHub) -> None:
    """The issue was made and its answer lost: it is looked for before it is made again."""
    put(github, hook=losing(0))
    assert len(issues(github)) == 1


@pytest.mark.parametrize("fault", [faults.lost(), faults.status(502)])
def test_a_fault_between_leaves_one(github: GitHub, fault: faults.Fault) -> None:
    """Whatever happens to the write, one issue stands in the end."""
    github.plan(fault.on("POST", "issues"))
    put(github)
    assert len(issues(github)) == 1


def test_of_two_that_were_made_at_once_the_oldest_stays(github: GitHub) -> None:
    """Two runs looked and found none: the later one closes its own and tells the other."""

    def between() -> Callable[[str, str, Callable[[], Answer]], Answer]:
        seen: list[str] = []

        def hook(method: str, _path: str, send: Callable[[], Answer]) -> Answer:
            if method == "POST" and not seen:
                seen.append(method)
                put(github)
            return send()

        return hook

    put(github, replace(FAILING, markdown="newer words"), hook=between())
    older, newer = sorted(issues(github), key=lambda issue: issue.number)
    assert (older.state, newer.state, newer.state_reason) == ("open", "closed", "not_planned")
    assert "newer words" in older.body


def test_what_is_missing_is_named(github: GitHub) -> None:
    """Without the permission the error names it."""
    github.restrict(issues="read")
    with pytest.raises(DeniedError) as caught:
        put(github)
    assert caught.value.needs == "issues: write"
    github.forgive()
