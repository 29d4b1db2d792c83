"""Somebody who takes a name for something it is not: a branch, an account, an answer of another type."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.github import BOT, GitHub
from go_release_gate.adapters.github.authors import is_by
from go_release_gate.adapters.github.comments import marked, put_comment
from go_release_gate.adapters.github.review_marks import Owner
from hostile.conftest import Fork
from story.test_only_new import commit, states, tidy, untidy
from support.patient import client


@pytest.mark.parametrize("name", ["feature/merge", "pull/7/merge", "topic"])
def test_a_branch_that_is_called_like_a_merge_excuses_nothing(fork: Fork, name: str) -> None:
    """A new branch has no base, so all of it is new: its own first commit is not what it is compared with."""
    tidy(fork, "a")
    commit(fork)
    untidy(fork, "a")
    commit(fork)
    fork.write({"a/doc.go": "package m\n"})
    head = commit(fork)
    push = {
        **fork.event,
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_REF": f"refs/heads/{name}",
        "GITHUB_SHA": head,
        "GITHUB_REF_TYPE": "branch",
    }

    ran = fork.check("--only-new", **push)

    assert (ran.code, states(ran)) == (1, {"a": "new"}), ran.err


@pytest.mark.parametrize("login", ["github-actions", "GitHub-Actions", "stranger"])
def test_an_account_named_like_the_app_is_not_the_app(github: GitHub, login: str) -> None:
    """Its comment with our marker, which it could edit any time, is neither taken for ours nor touched."""
    github.open_pull_request(7, "head", files={"go.mod": ("a\n", "b\n")}, fork="stranger/shop")
    theirs = github.say(7, marked("k", "all is well"), login)
    api = client(github)

    assert put_comment(api, 7, "k", "fail", api.viewer(), create=True)

    comments = github.repository.comments
    assert comments[theirs].body == marked("k", "all is well")
    assert [item.author for item in comments.values() if item.id != theirs] == [BOT]


@pytest.mark.parametrize(
    ("login", "author", "is_same"),
    [
        (BOT, BOT, True),
        (BOT.upper(), BOT, True),
        (BOT, "github-actions", True),  # a GitHub whose GraphQL leaves it out
        ("ann", "Ann", True),
        ("github-actions", BOT, False),
        ("dependabot[bot]", BOT, False),
    ],
)
def test_who_somebody_is(login: Any, author: str, is_same: bool) -> None:
    """The end of an app's login counts."""
    assert is_by({"login": login, "type": "User"}, author) is is_same


@pytest.mark.parametrize("above", [[], {}, "9", None, 2.5, [9], True])
def test_a_reply_to_something_odd_answers_nothing(above: Any) -> None:
    """An answer of another type than GitHub's keeps nobody from finding our comments."""
    owner = Owner(BOT, "k")
    ours = {"id": 9, "body": owner.marked("finding", "m", "text"), "user": {"login": BOT}, "line": 3}

    [found] = owner.standing([ours, {"id": 10, "body": "", "in_reply_to_id": above}])

    assert (found.number, found.is_answered) == (9, False)
