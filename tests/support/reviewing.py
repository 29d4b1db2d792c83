"""One pull request, what is said on it, and by whom: for the tests of reviews."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fakes.github import BOT, GitHub
from fakes.github.state import ReviewComment
from go_release_gate.adapters.github.client import Client
from go_release_gate.adapters.github.connection import Connection
from go_release_gate.adapters.github.reviews import LineComment, put_review
from go_release_gate.adapters.github.wire import Wire
from support.patient import Hook, Patient, client

AUTHOR = "github-actions"
PATH = "go.mod"
LINES = [f"line {number}\n" for number in range(1, 61)]
FILES = {PATH: (None, "".join(LINES)), "a/go.mod": ("a\n", "b\n")}


def remark(line: int, mark: str = "", **values: Any) -> LineComment:
    """A comment at a line."""
    given = {"path": PATH, "start_line": None, "body": f"says {line}", **values}
    return LineComment(line=line, mark=mark or f"mark-{line}", **given)


def put(
    github: GitHub, *comments: LineComment, overflow: str = "", hook: Hook | None = None, **more: Any
) -> frozenset[str]:
    """Publish on the newest head."""
    asked = {"author": AUTHOR, "head": github.repository.pulls[7].head_sha, "key": "gate", **more}
    head, author = asked.pop("head"), asked.pop("author")
    return put_review(client(github, hook), 7, head, comments, overflow, author, **asked)


def standing(github: GitHub) -> list[ReviewComment]:
    """Every comment on lines, the oldest first."""
    return list(github.repository.review_comments.values())


def said(github: GitHub) -> Counter[str]:
    """What the comments that are not outdated say, without markers."""
    return Counter(comment.body.partition("\n")[2] for comment in standing(github) if comment.line is not None)


def speak(github: GitHub, body: str, login: str = "mona", **place: Any) -> ReviewComment:
    """Somebody comments, or answers (`in_reply_to`)."""
    token = github.add_token(f"token of {login}", login)
    wire = Wire(Connection(github.api_url, "acme/shop", token))
    commit = github.repository.pulls[7].head_sha
    given = {"path": PATH, "line": 1, "side": "RIGHT", "commit_id": commit, "body": body, **place}
    Client(wire, "acme/shop", Patient().timing()).write("POST", "/repos/acme/shop/pulls/7/comments", given, needs="")
    return standing(github)[-1]


def reviews(github: GitHub) -> list[str]:
    """The bodies of our reviews, without markers."""
    found = github.repository.reviews.values()
    return [review.body.partition("\n")[2] for review in found if review.author == BOT]
