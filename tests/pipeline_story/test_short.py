"""The story in short: a pull request with a fault, mended; a release; a bad release, which is taken back by itself."""

from __future__ import annotations

import pytest

from pipeline_story.machine import service
from pipeline_story.machine.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


def test_a_fault_is_shown_on_the_pull_request(world: World) -> None:
    """A checksum too many: verify is red, the job that branches require is not green, and the line is commented on.

    On GitHub that job runs and fails; act ends a run at the first called workflow that fails.
    """
    ran = world.pull_request(service.UNTIDY)

    assert ran.code != 0
    assert ran.ended("failure") == ["verify"], ran.log
    assert set(ran.ended("success")) <= {"test"}
    repository = world.github.repository
    assert [run.conclusion for run in repository.check_runs.values()] == ["failure"]
    assert [(one.path, one.line) for one in repository.review_comments.values()] == [("go.sum", 1)]
    [comment] = repository.comments.values()
    assert "❌ Fail" in comment.body


def test_mended_it_is_green(world: World) -> None:
    """The next push mends it: every job succeeds, and the comment says so."""
    ran = world.pull_request({"go.sum": None})

    assert ran.code == 0, ran.log
    assert ran.ended("failure") == []
    assert [run.conclusion for run in world.github.repository.check_runs.values()] == ["failure", "success"]
    [comment] = world.github.repository.comments.values()
    assert "✅" in comment.body


def test_a_tag_reaches_production(world: World) -> None:
    """From the tag to production: one digest, with its attestations, in the registry, in the ledger and running."""
    world.merge()
    ran = world.release("1.0.0")

    assert ran.code == 0, ran.log
    assert {"1.0.0", "staging", "production"} <= set(world.tags())
    places = [world.place(name) for name in ("staging", "production")]
    assert [(one["version"], one["verdict"]) for one in places] == [("1.0.0", "pass")] * 2
    assert len({one["digest"] for one in places}) == 1
    assert world.cluster.runs("production") == (0, "shop 1.0.0 in production")


def test_a_bad_release_is_taken_back_by_itself(world: World) -> None:
    """What no test found fails in production: the verdict is red, the release before runs again, and it is held."""
    ran = world.release("1.1.0", {"main.go": service.main(broken="production")})

    assert ran.ended("failure") == ["production health"], ran.log
    assert world.cluster.runs("staging") == (0, "shop 1.1.0 in staging")
    assert world.cluster.runs("production") == (0, "shop 1.0.0 in production")
    place = world.place("production")
    assert place["version"] == "1.0.0"
    assert place["held"]
