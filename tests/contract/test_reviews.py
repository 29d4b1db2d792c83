"""The review on GitHub: each finding said once, whatever happens, and taken back when it is mended unanswered."""

from __future__ import annotations

from collections import Counter

import pytest

from fakes.github import BOT, GitHub, blob_sha, faults, plugin
from fakes.github.state import Pull
from go_release_gate.adapters.github.answers import Answer
from go_release_gate.adapters.github.api import DeniedError, GitHubError
from go_release_gate.adapters.github.comments import BODY_LIMIT
from go_release_gate.adapters.github.pulls import PullFile, pull_files
from go_release_gate.adapters.github.review_marks import Owner
from go_release_gate.adapters.github.reviews import MOST_DELETED
from support.patient import Send, client
from support.reviewing import AUTHOR, FILES, LINES, PATH, put, remark, reviews, said, speak, standing

github = plugin.github


@pytest.fixture
def pull(github: GitHub) -> Pull:
    """A pull request that adds a file of sixty lines."""
    return github.open_pull_request(7, "first", files=FILES)


def test_files_come_over_all_pages(github: GitHub) -> None:
    """Every file with its blob and patch, those without a patch too."""
    many = {f"m{number:03}/go.mod": ("a\n", f"{number}\n") for number in range(230)}
    gone = {"old.mod": ("x\n", None), "picture": (b"\0", b"\0\0")}
    github.open_pull_request(7, "first", files={**many, **gone})

    files = pull_files(client(github), 7)

    assert len(files) == 232
    assert files["m229/go.mod"] == PullFile("m229/go.mod", blob_sha(b"229\n"), "@@ -1 +1 @@\n-a\n+229", "modified")
    assert (files["old.mod"].status, files["picture"].patch) == ("removed", None)
    assert len(github.requests) == 3


def test_one_review_says_everything(github: GitHub, pull: Pull) -> None:
    """All comments come in one review of the head commit, one line or several, after a look at both."""
    made = put(github, remark(3), remark(9, start_line=5), remark(1, path="a/go.mod", mark="other"))

    assert made == {"mark-3", "mark-9", "other"}
    places = [(comment.path, comment.start_line, comment.line) for comment in standing(github)]
    assert places == [(PATH, None, 3), (PATH, 5, 9), ("a/go.mod", None, 1)]
    (review,) = github.repository.reviews.values()
    assert (review.state, review.commit_id) == ("COMMENTED", pull.head_sha)
    assert [asked.method for asked in github.requests][:3] == ["GET", "GET", "POST"]
    assert github.writes[0].body["commit_id"] == pull.head_sha


def test_the_second_run_says_nothing(github: GitHub, pull: Pull) -> None:
    """The same findings again: the same comments stand, one request, no write."""
    first = put(github, remark(3), remark(9), overflow="- more")
    before = len(github.requests)

    assert put(github, remark(3), remark(9), overflow="- more") == first
    assert len(standing(github)) == 2
    assert len(reviews(github)) == 1
    assert [asked.method for asked in github.requests[before:]] == ["GET", "GET"]


def test_nothing_to_say_is_no_review(github: GitHub, pull: Pull) -> None:
    """Without findings there is one look for what may have to go."""
    assert put(github) == frozenset()
    assert reviews(github) == []
    assert len(github.requests) == 1


def test_a_mended_finding_is_taken_back_unless_answered(github: GitHub, pull: Pull) -> None:
    """After the next push: unanswered comments go, answered ones stay, what still holds is left alone."""
    put(github, remark(3), remark(9), remark(20))
    mended, answered, kept = standing(github)
    reply = speak(github, "why?", in_reply_to=answered.id)
    github.push(7, "second", {PATH: (None, "".join(LINES[:30]))})

    made = put(github, remark(20))

    assert made == {"mark-20"}
    assert standing(github) == [answered, kept, reply]
    assert mended not in standing(github)


def test_what_was_not_judged_is_not_mended(github: GitHub, pull: Pull) -> None:
    """A run that could not judge everything takes nothing back but what it says anew."""
    put(github, remark(3), remark(20))
    github.push(7, "second", {PATH: (None, "".join(["new\n", "x\n", *LINES[3:]]))})

    assert put(github, remark(1, "mark-3"), take_back=False) == {"mark-3"}
    assert said(github) == Counter(["says 1", "says 20"])
    assert len(standing(github)) == 2


def test_a_slow_run_leaves_a_newer_one_alone(github: GitHub, pull: Pull) -> None:
    """A run that ends after the next push writes nothing, and takes back nothing of what that push's run said."""
    first = pull.head_sha
    put(github, remark(3), remark(5))
    github.push(7, "second", {PATH: (None, "".join(LINES[:30]))})
    put(github, remark(3), remark(20))
    before = len(github.writes)

    assert put(github, remark(3), remark(5), overflow="- more", head=first) == {"mark-3"}
    assert len(github.writes) == before


def test_an_outdated_comment_is_said_anew(github: GitHub, pull: Pull) -> None:
    """When its line is no more, GitHub folds a comment away: the finding is said again where it is now."""
    put(github, remark(3), remark(5))
    one, other = standing(github)
    speak(github, "hm", in_reply_to=other.id)
    github.push(7, "second", {PATH: (None, "".join(["new\n", "x\n", *LINES[6:]]))})
    assert one.line is None

    assert put(github, remark(1, "mark-3"), remark(2, "mark-5")) == {"mark-3", "mark-5"}

    assert one not in standing(github)
    assert other in standing(github)
    assert said(github) == Counter(["says 1", "says 2"])


def test_a_moved_comment_stays(github: GitHub, pull: Pull) -> None:
    """Lines added above move a comment along; it is not said again."""
    put(github, remark(3))
    github.push(7, "second", {PATH: (None, "".join(["new\n", *LINES]))})

    assert put(github, remark(4, "mark-3")) == {"mark-3"}
    assert [comment.line for comment in standing(github)] == [4]


def test_others_comments_are_not_ours(github: GitHub, pull: Pull) -> None:
    """Not by a copied marker, by another step's key, by our author without a marker, nor quoted further down."""
    put(github, remark(3))
    (mine,) = standing(github)
    put(github, remark(3), key="another step")
    foreign = [
        speak(github, mine.body, "mallory"),
        speak(github, f"look: {mine.body}", BOT),
        speak(github, "a word of another step", BOT),
        speak(github, mine.body, BOT, in_reply_to=mine.id),
    ]

    assert put(github, remark(3)) == {"mark-3"}
    assert put(github) == frozenset()

    assert len(standing(github)) == 2 + len(foreign)
    assert all(comment in standing(github) for comment in foreign)


def test_a_copied_marker_silences_nothing(github: GitHub, pull: Pull) -> None:
    """Somebody who writes our marker beforehand does not keep us from speaking."""
    marker = Owner(AUTHOR, "gate").marked("finding", "mark-3", "all is well")
    speak(github, marker, "mallory")

    assert put(github, remark(3)) == {"mark-3"}
    assert said(github)["says 3"] == 1


def test_without_a_name_any_bot_is_taken_for_us(github: GitHub, pull: Pull) -> None:
    """A token that may not be asked who it is still finds what it wrote; people's comments are left alone."""
    put(github, remark(3))
    person = speak(github, standing(github)[0].body, "mallory")

    assert put(github, remark(3), author="") == {"mark-3"}
    assert put(github, author="") == frozenset()
    assert standing(github) == [person]


def test_two_runs_at_once_leave_one_of_each(github: GitHub, pull: Pull) -> None:
    """What both said is taken back by the next look: the oldest stays, or the one that was answered."""
    put(github, remark(3), remark(5))
    three, five = standing(github)
    late_three, late_five = (speak(github, comment.body, BOT, line=comment.line) for comment in (three, five))
    reply = speak(github, "ok", in_reply_to=late_five.id)

    assert put(github, remark(3), remark(5)) == {"mark-3", "mark-5"}

    assert standing(github) == [three, late_five, reply]
    assert late_three not in standing(github)


def test_a_run_that_speaks_meanwhile_leaves_one_of_each_in_the_end(github: GitHub, pull: Pull) -> None:
    """Another run says the same between our look and our review: after one more look each stands once."""

    def hook(method: str, _path: str, send: Send) -> Answer:
        nonlocal is_first
        if method == "POST" and is_first:
            is_first = False
            put(github, remark(3), remark(5))
        return send()

    is_first = True
    put(github, remark(3), remark(5), hook=hook)

    assert put(github, remark(3), remark(5)) == {"mark-3", "mark-5"}
    assert said(github) == Counter(["says 3", "says 5"])


def test_a_line_outside_of_the_diff_costs_only_itself(github: GitHub, pull: Pull) -> None:
    """GitHub refuses the whole review for one range that is not there: it is sent again without ranges."""
    made = put(github, remark(3), remark(500, start_line=2), remark(7, start_line=6), overflow="- more")

    assert github.forgive("Line could not be resolved")
    assert made == {"mark-3"}
    assert said(github) == Counter(["says 3"])
    assert reviews(github) == ["- more"]


def test_at_worst_no_comment_is_made(github: GitHub, pull: Pull) -> None:
    """Refused to the end: the list is told alone, what stood before stands, and no error comes of it."""
    put(github, remark(3))

    made = put(github, remark(3), remark(500), remark(5), overflow="- more")

    assert github.forgive("Line could not be resolved")
    assert made == {"mark-3"}
    assert reviews(github)[1:] == ["- more"]
    assert put(github, remark(3), remark(500), remark(5), overflow="- more") == {"mark-3"}
    assert github.forgive("Line could not be resolved")
    assert len(reviews(github)) == 2


def test_a_path_that_is_named_is_left_out(github: GitHub, pull: Pull) -> None:
    """Where the refusal names a file, the other files' comments stand, ranges too."""
    github.plan(faults.status(422, "a/go.mod: no such line").on("POST"))

    made = put(github, remark(1, "other", path="a/go.mod"), remark(9, start_line=5))

    assert made == {"mark-9"}


def test_a_changed_list_is_told_anew(github: GitHub, pull: Pull) -> None:
    """The list beside the comments is repeated only when it says something else."""
    for overflow in ("- one", "- one", "- two", "", "- two"):
        put(github, remark(3), overflow=overflow)

    assert reviews(github) == ["- one", "- two"]
    assert len(standing(github)) == 1


def test_forty_that_are_mended_go_in_two_runs(github: GitHub, pull: Pull) -> None:
    """Deleting takes a second each: one run deletes so many, those still in sight first."""
    put(github, *(remark(line) for line in range(1, 41)))
    github.push(7, "second", {PATH: (None, "".join([*(["x\n"] * 25), *LINES[25:]]))})

    put(github)

    assert len(standing(github)) == 40 - MOST_DELETED
    assert said(github) == Counter()
    put(github)
    assert standing(github) == []


def test_what_is_gone_already_is_no_trouble(github: GitHub, pull: Pull) -> None:
    """Another run may delete the same comment between our look and our deletion."""
    put(github, remark(3))

    def hook(method: str, _path: str, send: Send) -> Answer:
        if method == "DELETE":
            github.repository.review_comments.clear()
        return send()

    assert put(github, hook=hook) == frozenset()


def test_long_bodies_are_cut_behind_their_marker(github: GitHub, pull: Pull) -> None:
    """GitHub takes 65536 characters of a body; the marker is in front and is found again."""
    long = "word\n" * 30_000

    for _ in range(2):
        assert put(github, remark(3, body=long), overflow=long) == {"mark-3"}

    (comment,) = standing(github)
    assert BODY_LIMIT - 200 < len(comment.body) <= BODY_LIMIT
    assert len(reviews(github)) == 1


def test_a_token_that_may_not_is_told_what_it_needs(github: GitHub, pull: Pull) -> None:
    """The permission by name, and no further request."""
    github.restrict(pull_requests="read")

    with pytest.raises(DeniedError) as caught:
        put(github, remark(3))

    assert caught.value.needs == "pull-requests: write"
    assert len(github.writes) == 1


def test_a_refusal_of_another_kind_is_told(github: GitHub, pull: Pull) -> None:
    """Only what is wrong with lines is tried again with less."""
    github.plan(faults.status(410, "gone").on("POST"))

    with pytest.raises(GitHubError, match="gone"):
        put(github, remark(3))

    assert len(github.writes) == 1


def test_a_review_is_no_comment_on_lines() -> None:
    """The two kinds of markers are told apart, whatever their marks."""
    owner = Owner(AUTHOR, "gate")
    document = {"body": owner.marked("review", "mark-3", "x"), "user": {"login": BOT, "type": "Bot"}}

    assert owner.mark_of("review", document) == "mark-3"
    assert owner.mark_of("finding", document) is None


def test_a_mark_is_a_plain_word() -> None:
    """What would not be found again in a marker is refused at once."""
    with pytest.raises(ValueError, match="mark"):
        remark(1, "a -->")
