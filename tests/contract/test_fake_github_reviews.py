"""The fake GitHub's reviews: a comment stands on a line of the diff or refuses the whole review; lines go stale."""

from __future__ import annotations

from typing import Any

import pytest

from fakes.github import GitHub, patch, sha_of
from fakes.github.diffs import hunks
from fakes.github.state import Pull
from support.plainhttp import Plain

OLD = "".join(f"line {number}\n" for number in range(1, 41))
NEW = OLD.replace("line 5\n", "line five\nline five and a half\n").replace("line 30\n", "")


@pytest.fixture
def plain(github: GitHub) -> Plain:
    """Requests with the token that may do everything."""
    return Plain(github)


@pytest.fixture
def pull(github: GitHub) -> Pull:
    """Number 7, which changes the lines 5 and 30 of one file, and adds one without a patch."""
    return github.open_pull_request(7, files={"a.txt": (OLD, NEW), "pic.png": (None, b"\0\1")})


def _on(line: int | None = 5, **values: Any) -> dict[str, Any]:
    place = {} if line is None else {"line": line}
    return {"path": "a.txt", "side": "RIGHT", "body": "words", **place, **values}


def _review(*comments: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {"event": "COMMENT", "body": "all", "comments": list(comments), **values}


@pytest.mark.parametrize(
    "comment",
    [
        _on(5),
        _on(6),
        _on(2),
        _on(9),
        _on(31, side="RIGHT"),
        _on(30, side="LEFT"),
        _on(5, side="LEFT"),
        _on(6, start_line=5),
        _on(6, start_line=5, start_side="LEFT"),
        _on(None, position=5),
    ],
)
def test_a_comment_inside_a_hunk_stands(github: GitHub, plain: Plain, pull: Pull, comment: dict[str, Any]) -> None:
    """Added, deleted and context lines, one or several, by line or by position."""
    made = plain("POST", "/pulls/7/reviews", _review(comment, commit_id=pull.head_sha))
    assert (made.status, made.body["state"]) == (200, "COMMENTED")
    (shown,) = plain("GET", "/pulls/7/comments").body
    assert (shown["body"], shown["side"], shown["user"]["login"]) == ("words", comment["side"], "github-actions[bot]")
    assert shown["line"] == comment.get("line", 5)
    assert shown["start_line"] == comment.get("start_line")
    assert shown["diff_hunk"].startswith("@@ ")


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        (_on(1), "Line could not be resolved"),
        (_on(20), "Line could not be resolved"),
        (_on(1000), "Line could not be resolved"),
        (_on(34, side="LEFT"), "Line could not be resolved"),
        (_on(None), "Line could not be resolved"),
        (_on(5, path="b.txt"), "Path could not be resolved"),
        (_on(1, path="pic.png"), "Line could not be resolved"),
        (_on(30, start_line=5), "same hunk"),
        (_on(5, start_line=5), "precede"),
        (_on(5, start_line=6), "precede"),
        (_on(5, body="x" * 65_537), "too long"),
        (_on(5, subject_type="line"), "subject_type is not a key"),
    ],
)
def test_one_bad_comment_refuses_the_review(
    github: GitHub, plain: Plain, pull: Pull, comment: dict[str, Any], words: str
) -> None:
    """A line outside every hunk, another file, two hunks: 422, and not even the good comment is made."""
    assert words in plain.refused("POST", "/pulls/7/reviews", _review(_on(5), comment))
    assert not github.repository.reviews
    assert not github.repository.review_comments


def test_a_review_needs_words_and_a_known_commit(github: GitHub, plain: Plain, pull: Pull) -> None:
    """COMMENT with comments needs no body, without any it does; an older head is known, a strange one is not."""
    assert plain("POST", "/pulls/7/reviews", _review(_on(5), body="")).status == 200
    assert "body is required" in plain.refused("POST", "/pulls/7/reviews", {"event": "COMMENT"})
    assert "commit_id" in plain.refused("POST", "/pulls/7/reviews", _review(commit_id="c" * 40))
    assert "maximum is 65536" in plain.refused("POST", "/pulls/7/reviews", _review(body="x" * 65_537))
    first = pull.head_sha
    github.push(7, "second", {"a.txt": (OLD, "new first\n" + NEW)})
    made = plain("POST", "/pulls/7/reviews", _review(_on(5), commit_id=first))
    assert (made.status, made.body["commit_id"]) == (200, first)


def test_without_an_event_a_review_is_pending(github: GitHub, plain: Plain, pull: Pull) -> None:
    """Nobody else sees it or its comments, there can be only one, and it can be deleted; a submitted one cannot."""
    made = plain("POST", "/pulls/7/reviews", {"comments": [_on(5)]}).body
    assert made["state"] == "PENDING"
    assert plain("GET", "/pulls/7/comments").body == []
    assert len(plain("GET", "/pulls/7/reviews").body) == 1
    assert Plain(github, github.add_token("t2", "mona"))("GET", "/pulls/7/reviews").body == []
    assert plain("POST", "/pulls/7/reviews", _review()).status == 422
    assert plain("DELETE", f"/pulls/7/reviews/{made['id']}").status == 200
    assert not github.repository.review_comments
    sent = plain("POST", "/pulls/7/reviews", _review()).body
    plain.refused("DELETE", f"/pulls/7/reviews/{sent['id']}")


def test_single_comments_replies_and_files(github: GitHub, plain: Plain, pull: Pull) -> None:
    """A line, a file without a line, a reply; edited, deleted, and gone."""
    path, commit = "/pulls/7/comments", {"commit_id": pull.head_sha}
    made = plain("POST", path, {**_on(5), **commit})
    assert made.status == 201
    on_file = plain("POST", path, {"path": "pic.png", "body": "b", "subject_type": "file", **commit})
    assert (on_file.status, on_file.body["subject_type"]) == (201, "file")
    reply = plain("POST", path, {"path": "a.txt", "body": "r", "in_reply_to": made.body["id"], **commit}).body
    assert reply["in_reply_to_id"] == made.body["id"]
    plain.refused("POST", path, {**_on(20), **commit})
    plain.refused("POST", path, {"path": "none", "body": "b", "subject_type": "file", **commit})
    plain.refused("POST", path, {"path": "a.txt", "body": "r", "in_reply_to": 1, **commit})
    plain.refused("POST", path, {**_on(5), "commit_id": "c" * 40})
    plain.refused("POST", path, {**_on(5, body=" "), **commit})
    own = f"/pulls/comments/{made.body['id']}"
    plain.refused("PATCH", own, {"body": "x" * 65_537})
    newest = plain("GET", f"{path}?sort=created&direction=desc").body
    assert [comment["id"] for comment in newest] == [reply["id"], on_file.body["id"], made.body["id"]]
    assert plain("PATCH", own, {"body": "other"}).body["body"] == "other"
    assert plain("DELETE", own).status == 204
    assert plain("DELETE", own).status == 404
    assert len(plain("GET", path).body) == 2


def test_a_review_goes_with_its_last_comment_unless_it_has_words(github: GitHub, plain: Plain, pull: Pull) -> None:
    """An empty review stays while a comment stands; one with a text stays without any."""
    plain("POST", "/pulls/7/reviews", _review(_on(5), _on(6), body=""))
    plain("POST", "/pulls/7/reviews", _review(_on(5)))
    first, second, third = github.repository.review_comments
    left = []
    for comment in (first, second, third):
        plain("DELETE", f"/pulls/comments/{comment}")
        left.append([review.body for review in github.repository.reviews.values()])
    assert left == [["", "all"], ["all"], ["all"]]


def test_comments_on_files_and_on_several_lines_when_a_push_comes(github: GitHub, plain: Plain, pull: Pull) -> None:
    """A comment on a file has no line to lose; one on several lines stands while all of it does, or not at all."""
    commit = {"commit_id": pull.head_sha}
    plain("POST", "/pulls/7/comments", {"path": "a.txt", "body": "b", "subject_type": "file", **commit})
    plain("POST", "/pulls/7/comments", {**_on(6, start_line=5), **commit})
    plain("POST", "/pulls/7/comments", {**_on(8, start_line=7), **commit})
    github.push(7, "second", {"a.txt": (OLD, "new first\n" + NEW.replace("line five\n", "changed\n"))})
    shown = [
        (item.get("start_line"), item["line"], item["subject_type"]) for item in plain("GET", "/pulls/7/comments").body
    ]
    assert shown == [(None, None, "file"), (None, None, "line"), (8, 9, "line")]
    github.push(7, "third", {"b.txt": (None, "b\n")})
    assert [item["line"] for item in plain("GET", "/pulls/7/comments").body] == [None, None, None]


def test_a_push_moves_comments_or_outdates_them(github: GitHub, plain: Plain, pull: Pull) -> None:
    """A line that is still in the diff is followed; a line that changed has `line` null, and keeps where it was."""
    plain("POST", "/pulls/7/reviews", _review(_on(5), _on(6), _on(30, side="LEFT")))
    newer = "new first\n" + NEW.replace("line five and a half\n", "changed\n")
    github.push(7, "second", {"a.txt": (OLD, newer)})
    shown = plain("GET", "/pulls/7/comments").body
    assert [comment["line"] for comment in shown] == [6, None, 30]
    assert [comment["original_line"] for comment in shown] == [5, 6, 30]
    assert [comment["commit_id"] == sha_of("second") for comment in shown] == [True, False, True]
    assert {comment["original_commit_id"] for comment in shown} == {sha_of("head")}


def test_what_others_say(github: GitHub, plain: Plain, pull: Pull) -> None:
    """Comments and replies of people, as a test puts them there."""
    github.say(7, "hello", "mona")
    plain("POST", "/pulls/7/reviews", _review(_on(5)))
    (own,) = github.repository.review_comments
    github.reply(own, "thanks", "mona")
    said = plain("GET", "/issues/7/comments").body + plain("GET", "/pulls/7/comments").body
    seen = [(comment["user"]["login"], comment["body"], comment.get("in_reply_to_id")) for comment in said]
    assert seen == [("mona", "hello", None), ("github-actions[bot]", "words", None), ("mona", "thanks", own)]


def test_the_files_of_a_pull_request(github: GitHub, plain: Plain, pull: Pull) -> None:
    """By name, with the patch from its first hunk on, git's name of the content, and no patch for binary files."""
    text, picture = plain("GET", "/pulls/7/files").body
    assert (text["filename"], text["status"], text["additions"], text["deletions"]) == ("a.txt", "modified", 2, 2)
    assert text["patch"].startswith("@@ -2,7 +2,8 @@ line 1\n line 2\n")
    assert picture["filename"] == "pic.png"
    assert "patch" not in picture
    assert plain("GET", f"/contents/a.txt?ref={pull.head_sha}").body["sha"] == text["sha"]


def test_patches_are_git_s() -> None:
    """Missing last newlines are told, ranges of nothing are 0,0, and a diff that is too large is none."""
    assert patch(b"", b"a\n") == "@@ -0,0 +1 @@\n+a"
    assert patch(b"a", b"b\n") == "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b"
    assert patch(b"a\n", b"a\n") is None
    assert patch(b"", b"x\n" * 19_999) is not None
    assert patch(b"", b"x\n" * 20_000) is None
    lines = hunks(patch(OLD.encode(), NEW.encode()) or "")
    assert [sorted(hunk.lines["RIGHT"]) for hunk in lines] == [[*range(2, 10)], [*range(28, 34)]]
