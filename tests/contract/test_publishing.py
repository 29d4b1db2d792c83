"""A report shown on a pull request: every part at its place, once, and what happens when GitHub will not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes.github import GitHub, faults
from go_release_gate.publish.publish import Published, Wishes
from support.pullrequest import World, faulty, mended, untidy

BUDGET = 15  # requests of a normal run


@pytest.fixture
def world(github: GitHub) -> World:
    """An open pull request."""
    return World(github)


def state(world: World) -> tuple[list[str], list[tuple[str, int | None]], list[str]]:
    """Conclusions of the check runs, path and line of the review comments, first lines of the comments."""
    repository = world.github.repository
    return (
        [str(run.conclusion) for run in repository.check_runs.values()],
        [(comment.path, comment.line) for comment in repository.review_comments.values()],
        [comment.body.splitlines()[1] for comment in repository.comments.values()],
    )


def test_findings_stand_at_their_lines(world: World) -> None:
    """The one in the diff is a comment with a suggestion, the others are annotations; one comment sums up."""
    report = faulty(4)
    published = world.publish(report)

    conclusions, comments, summaries = state(world)
    reviewed = frozenset({untidy().fingerprint})
    assert published == Published(("review", "check run", "comment"), (), is_annotated=True, reviewed=reviewed)
    assert conclusions == ["failure"]
    assert comments == [("go.mod", 7)]
    assert len(summaries) == 1
    [comment] = world.github.repository.review_comments.values()
    assert "```suggestion\n\texample.com/right v0.2.1\n```" in comment.body
    assert world.annotated() == world.expected(report, lambda item: item.fingerprint == untidy().fingerprint)
    assert len(world.github.requests) <= BUDGET


def test_the_same_again_changes_nothing_but_the_check_run(world: World) -> None:
    """A re-run has a check run of its own, as an attempt has on GitHub; comments stay as they are, unedited."""
    world.publish(faulty())
    before = state(world)
    world.github.requests.clear()
    world.publish(faulty(), attempt="2")

    after = state(world)
    assert after[1:] == before[1:]
    assert after[0] == ["failure", "failure"]
    assert [comment.edits for comment in world.github.repository.comments.values()] == [0]
    assert [(asked.method, asked.path.rpartition("/")[2]) for asked in world.github.writes] == [("POST", "check-runs")]


def test_a_mended_push_turns_everything_green(world: World) -> None:
    """The unanswered review comment is gone, the one comment says so, the check run passes."""
    world.publish(faulty())
    fixed = {
        "go.mod": (world.pull.files["go.mod"].old, (world.pull.files["go.mod"].new or b"").replace(b".0\n)", b".1\n)"))
    }
    world.github.push(7, "second", fixed)
    published = world.publish(mended())

    conclusions, comments, summaries = state(world)
    assert conclusions == ["failure", "success"]
    assert comments == []
    assert len(summaries) == 1
    assert "✅" in next(iter(world.github.repository.comments.values())).body
    assert "comment" in published.places


def test_a_clean_pull_request_hears_nothing(world: World) -> None:
    """A check run, no comment, no review; with `comment: always` the comment, too."""
    assert world.publish(mended()).places == ("check run",)
    assert state(world)[1:] == ([], [])
    assert "comment" in world.publish(mended(), "2", Wishes(comment="always")).places


def test_wishes_are_heeded(world: World) -> None:
    """What is switched off is neither written nor asked about; then every finding is an annotation."""
    report = faulty()
    world.publish(report, wishes=Wishes(review=False, comment="never"))

    assert state(world)[1:] == ([], [])
    assert world.annotated() == world.expected(report, lambda _: False)
    world.publish(report, "2", Wishes(check_run=False))
    assert len(world.check_runs) == 1


@pytest.mark.parametrize(
    ("granted", "places", "needs"),
    [
        ({"checks": "write"}, ("check run",), ["pull-requests: write"]),
        ({"pull_requests": "write"}, ("review", "comment"), ["checks: write"]),
        ({"contents": "read"}, (), ["checks: write", "pull-requests: write"]),
    ],
)
def test_each_missing_permission_is_said_once(
    world: World, granted: dict[str, str], places: tuple[str, ...], needs: list[str]
) -> None:
    """With the line of YAML that grants it; what may be written is."""
    world.github.restrict(metadata="read", **{"pull_requests": "read", "contents": "read", **granted})
    published = world.publish(faulty())

    assert published.places == places
    assert published.is_annotated is ("check run" in places)
    assert len(published.notices) == len(needs)
    for need in needs:
        assert sum(f"`{need}`" in notice for notice in published.notices) == 1


def test_a_read_only_token_tries_nothing(world: World) -> None:
    """A fork's pull request: no request at all, one notice that names the way out."""
    published = world.publish(faulty(), target=replace(world.target(), can_write=False))

    assert world.github.requests == []
    assert (published.places, published.is_annotated, len(published.notices)) == ((), False, 1)
    assert "second workflow" in published.notices[0]


def test_github_away_is_said_and_waited_for_in_bounds(world: World) -> None:
    """Nothing but 502: the waiting ends at the deadline, one notice names every part that was not written."""
    world.github.plan(*[faults.status(502)] * 200)
    published = world.publish(faulty())

    assert published.is_away
    assert not published.is_annotated
    assert sum(world.clock.slept) <= 90
    [notice] = published.notices
    assert all(part in notice for part in ("review", "check run", "comment"))


def test_an_invalid_token_is_said_once(world: World) -> None:
    """401 on everything: one line."""
    world.github.state.tokens.clear()
    published = world.publish(faulty())

    assert published.places == ()
    assert any("token is not valid" in notice for notice in published.notices)
    assert not any("grant" in notice for notice in published.notices if "not valid" in notice)
    world.github.forgive()


def test_code_scanning_switched_off_is_no_missing_permission(world: World) -> None:
    """What to switch on is said, and no line of `permissions:` is named."""
    world.github.repository.code_scanning = False
    target = replace(world.target(), ref="refs/pull/7/merge", sarif_commit=world.target().head)
    [notice] = world.publish(faulty(), target=target).notices

    assert "not enabled" in notice
    assert "Settings" in notice
    assert "permissions" not in notice
    world.github.forgive()


def test_lines_move_from_the_merge_to_the_head(world: World) -> None:
    """The base gained two lines above: findings stand where the head has the same text, without a suggestion."""
    from go_release_gate.publish.placement import Texts
    from go_release_gate.publish.publish import publish

    merged = (world.pull.files["go.mod"].new or b"").replace(b"go 1.24\n", b"go 1.24\n\ntoolchain go1.24.1\n")
    report = replace(faulty(1), findings=(untidy(9, path="go.mod"),))
    texts = Texts(judged={"go.mod": merged}.get, head=world.github.repository.commits[world.pull.head_sha].files.get)
    publish(report, world.target(), world.connect(), Wishes(), texts)

    [comment] = world.github.repository.review_comments.values()
    assert (comment.path, comment.line) == ("go.mod", 7)
    assert "suggestion" not in comment.body
