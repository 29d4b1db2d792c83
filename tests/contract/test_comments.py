"""The one comment on a pull request: found, changed, made, never doubled, and nobody else's."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.github import BOT, GitHub, faults, plugin
from fakes.github.state import Comment
from go_release_gate.adapters.github.answers import Answer
from go_release_gate.adapters.github.api import AwayError, DeniedError
from go_release_gate.adapters.github.comments import marked, put_comment, read_mark
from support.patient import Hook, Patient, Send, client, losing

AUTHOR = "github-actions"
github = plugin.github


@pytest.fixture(autouse=True)
def _pull(github: GitHub) -> None:
    github.open_pull_request(7)


def _put(github: GitHub, body: str = "two findings", *, hook: Hook | None = None, **given: Any) -> bool:
    values = {"author": AUTHOR, "create": True, **given}
    return put_comment(client(github, hook), 7, values.pop("key", "check"), body, **values)


def _add(github: GitHub, body: str, author: str = BOT) -> Comment:
    """A comment that is there already."""
    comment = Comment(github.state.next_id(), github.state.now(), 7, author, body)
    github.repository.comments[comment.id] = comment
    return comment


def _bodies(github: GitHub) -> list[str]:
    return [comment.body for comment in github.repository.comments.values()]


def _methods(github: GitHub) -> list[str]:
    return [asked.method for asked in github.requests]


def test_a_comment_is_made_once_and_then_changed(github: GitHub) -> None:
    """The first run makes it, the second finds it and changes it, the third has nothing to do."""
    assert _put(github, "two findings")
    assert _put(github, "one finding")
    before = len(github.writes)
    assert _put(github, "one finding")
    assert _bodies(github) == [marked("check", "one finding")]
    assert len(github.writes) == before == 2


def test_none_is_made_unless_wanted(github: GitHub) -> None:
    """Without `create` a comment that stands is changed, and none is made."""
    assert not _put(github, create=False)
    assert _bodies(github) == []
    _put(github)
    assert _put(github, "mended", create=False)
    assert _bodies(github) == [marked("check", "mended")]


def test_each_key_has_its_own(github: GitHub) -> None:
    """Two steps of one workflow do not write over each other."""
    _put(github, "one", key="services")
    _put(github, "two", key="tools")
    _put(github, "three", key="services")
    assert _bodies(github) == [marked("services", "three"), marked("tools", "two")]


def test_it_is_found_on_a_later_page(github: GitHub) -> None:
    """Ours is found behind two hundred comments of others."""
    for number in range(230):
        _add(github, f"remark {number}", "mona")
    ours = _add(github, marked("check", "old"))
    assert _put(github, "new")
    assert github.repository.comments[ours.id].body == marked("check", "new")
    assert _methods(github) == ["GET", "GET", "GET", "PATCH"]


@pytest.mark.parametrize("author", ["mona", "github-actions-2[bot]", "dependabot[bot]"])
def test_the_marker_in_another_hand_is_left_alone(github: GitHub, author: str) -> None:
    """Whoever copies our marker keeps the comment; we make our own."""
    theirs = _add(github, marked("check", "copied"), author)
    assert _put(github, "ours")
    assert (theirs.body, theirs.edits) == (marked("check", "copied"), 0)
    assert len(_bodies(github)) == 2


def test_without_a_name_only_a_bot_counts(github: GitHub) -> None:
    """Where GitHub does not say who we are, a person's comment is not ours."""
    theirs = _add(github, marked("check", "copied"), "mona")
    ours = _add(github, marked("check", "old"))
    assert _put(github, "new", author="")
    assert (theirs.edits, ours.body) == (0, marked("check", "new"))


def test_a_quoted_marker_is_left_alone(github: GitHub) -> None:
    """The marker counts at the beginning alone, also in a comment of our own account."""
    quoted = _add(github, f"> {marked('check', 'old')}")
    assert _put(github)
    assert quoted.edits == 0


def test_duplicates_are_brought_back_to_one(github: GitHub) -> None:
    """Of several of ours the oldest stays, with the new body."""
    oldest = _add(github, marked("check", "a"))
    _add(github, marked("check", "b"))
    _add(github, marked("check", "c"))
    assert _put(github, "new")
    assert list(github.repository.comments) == [oldest.id]
    assert _bodies(github) == [marked("check", "new")]


@pytest.mark.parametrize("status", [403, 404])
def test_a_duplicate_that_cannot_be_deleted_is_no_error(github: GitHub, status: int) -> None:
    """The comment that counts is written all the same."""
    _add(github, marked("check", "a"))
    _add(github, marked("check", "b"))
    github.plan(faults.status(status).on("DELETE"))
    assert _put(github, "new")
    assert _bodies(github)[0] == marked("check", "new")


def test_a_comment_deleted_meanwhile_is_made_again(github: GitHub) -> None:
    """Between look and change a person deleted it: a new one if wanted, else none."""

    def hook(method: str, _path: str, send: Send) -> Answer:
        if method == "PATCH":
            github.repository.comments.clear()
        return send()

    _add(github, marked("check", "old"))
    assert not _put(github, "new", hook=hook, create=False)
    _add(github, marked("check", "old"))
    assert _put(github, "new", hook=hook)
    assert _bodies(github) == [marked("check", "new")]


FAULTS = {
    "lost": faults.lost,
    "truncated": faults.truncated,
    "502": lambda: faults.status(502),
    "502 after": lambda: faults.status(502, after=True),
    "HTML": faults.html,
    "HTML after": lambda: faults.html(after=True),
    "empty after": lambda: faults.empty(after=True, code=201),
    "reset": faults.reset,
    "secondary": faults.secondary_limit,
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_a_fault_at_any_request_changes_nothing(github: GitHub, name: str, method: str) -> None:
    """One comment with the new body, whatever happens to one of the requests."""
    if method in {"PATCH", "DELETE"}:
        _add(github, marked("check", "a"))
        _add(github, marked("check", "b"))
    github.plan(FAULTS[name]().on(method))
    assert _put(github, "new")
    assert _bodies(github) == [marked("check", "new")]
    assert github.faults.left == 0


@pytest.mark.parametrize("listings", [1, 2])
def test_a_list_that_lags_does_not_double_it(github: GitHub, listings: int) -> None:
    """A lost answer, and a list that does not show the comment yet."""
    github.plan(faults.fine(), faults.unlisted(listings))
    assert _put(github, "new", hook=losing(0))
    assert _bodies(github) == [marked("check", "new")]


def test_a_locked_conversation_is_told(github: GitHub) -> None:
    """The refusal passes to the caller, with GitHub's reason."""
    github.repository.pulls[7].is_locked = True
    with pytest.raises(DeniedError, match="locked"):
        _put(github)


def test_a_token_that_may_not_is_told_what_it_needs(github: GitHub) -> None:
    """The permission by name."""
    github.restrict(pull_requests="read")
    with pytest.raises(DeniedError) as caught:
        _put(github)
    assert caught.value.needs == "pull-requests: write"


def test_a_long_body_is_taken(github: GitHub) -> None:
    """GitHub accepts the longest body we send, and the marker is in it."""
    assert _put(github, "a line of the report with `code`\n" * 5000)
    (body,) = _bodies(github)
    assert 65_000 < len(body) <= 65_536
    assert read_mark(body) is not None
    assert not github.violations


def _held_until_both_looked(barrier: threading.Barrier) -> Hook:
    """Nobody posts before everybody found nothing."""

    def hook(method: str, _path: str, send: Send) -> Answer:
        if method == "POST":
            barrier.wait(10)
        return send()

    return hook


@pytest.mark.parametrize("bodies", [("same", "same"), ("one", "other"), ("a", "b", "c")])
def test_runs_at_the_same_time_leave_one_comment(github: GitHub, bodies: tuple[str, ...]) -> None:
    """Each run finds none and makes one; one stays, with a body of one of them."""
    hook = _held_until_both_looked(threading.Barrier(len(bodies)))
    stands: list[bool] = []

    def run(body: str) -> None:
        stands.append(_put(github, body, hook=hook))

    threads = [threading.Thread(target=run, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert stands == [True] * len(bodies)
    assert len(_bodies(github)) == 1
    assert _bodies(github)[0] in {marked("check", body) for body in bodies}


@pytest.mark.parametrize("is_first", [True, False])
def test_of_two_at_the_same_time_the_newer_body_stays(github: GitHub, is_first: bool) -> None:
    """Whichever of the two tidies up first: the older comment remains, with the body of the newer."""

    def hook(method: str, _path: str, send: Send) -> Answer:
        if method != "POST":
            return send()
        if is_first:  # ours is the older: the other one follows before we look again
            answer = send()
            _add(github, marked("check", "other"))
            return answer
        _add(github, marked("check", "other"))
        return send()

    assert _put(github, "ours", hook=hook)
    assert _bodies(github) == [marked("check", "other" if is_first else "ours")]
    assert min(github.repository.comments) == next(iter(github.repository.comments))


@settings(max_examples=40, deadline=None)
@given(names=st.lists(st.sampled_from(sorted(faults.TRANSIENT)), max_size=6), standing=st.integers(0, 2))
def test_no_sequence_of_faults_leaves_two(names: list[str], standing: int) -> None:
    """For any six faults in a row: one comment with the new body, or an error in time and no more than there were."""
    patient = Patient()
    with GitHub() as github:
        github.open_pull_request(7)
        for number in range(standing):
            _add(github, marked("check", f"old {number}"))
        github.plan(*(faults.TRANSIENT[name]() for name in names))
        try:
            assert put_comment(client(github, patient=patient), 7, "check", "new", AUTHOR, create=True)
        except AwayError:
            assert len(_bodies(github)) <= max(1, standing)
        else:
            assert _bodies(github) == [marked("check", "new")]
        assert patient.waited <= 90


def test_a_comment_that_somebody_changed_is_put_right(github: GitHub) -> None:
    """Who may edit comments could leave the marker and turn a failure into a pass: every word is compared. A line end
    or a blank at the end of a line makes no difference."""
    assert _put(github, "fail\n\ntwo findings")
    [comment] = github.repository.comments.values()
    comment.body = comment.body.replace("fail", "pass")
    assert _put(github, "fail\n\ntwo findings")
    assert comment.body == marked("check", "fail\n\ntwo findings")
    comment.body = comment.body.replace("\n", " \r\n")
    edits = comment.edits
    assert _put(github, "fail\n\ntwo findings")
    assert comment.edits == edits
