"""The review on GitHub under faults: whatever happens to which request, each finding is said once."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.github import GitHub, faults, plugin
from fakes.github.state import Pull
from go_release_gate.adapters.github.api import GitHubError
from support.patient import losing
from support.reviewing import FILES, PATH, put, remark, reviews, said, standing

github = plugin.github


@pytest.fixture
def pull(github: GitHub) -> Pull:
    """A pull request that adds a file of sixty lines."""
    return github.open_pull_request(7, "first", files=FILES)


FAULTS = {
    "lost": faults.lost,
    "truncated": faults.truncated,
    "502": lambda: faults.status(502),
    "502 after": lambda: faults.status(502, after=True),
    "HTML after": lambda: faults.html(after=True),
    "empty after": lambda: faults.empty(after=True),
    "reset": faults.reset,
    "429": lambda: faults.too_many(1),
    "secondary": faults.secondary_limit,
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("count", [0, 3], ids=["list alone", "comments"])
def test_a_fault_at_the_review_changes_nothing(github: GitHub, pull: Pull, name: str, count: int) -> None:
    """Whatever happens to the one write, there is one review with each comment once."""
    github.plan(FAULTS[name]().on("POST"))

    made = put(github, *(remark(line + 1) for line in range(count)), overflow="- more")

    assert len(made) == count
    assert said(github) == Counter(f"says {line + 1}" for line in range(count))
    assert reviews(github) == ["- more"]
    assert github.faults.left == 0


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_at_a_deletion_changes_nothing(github: GitHub, pull: Pull, name: str) -> None:
    """Deleting twice is deleting once."""
    put(github, remark(3), remark(5))
    github.plan(FAULTS[name]().on("DELETE"))

    assert put(github, remark(5)) == {"mark-5"}
    assert said(github) == Counter(["says 5"])


@pytest.mark.parametrize("listings", [1, 2])
def test_a_list_that_lags_does_not_double_it(github: GitHub, pull: Pull, listings: int) -> None:
    """A lost answer, and lists that do not show the comments yet: they are looked for again."""
    github.plan(faults.unlisted(listings))

    assert put(github, remark(3), remark(5), hook=losing(0)) == {"mark-3", "mark-5"}
    assert said(github) == Counter(["says 3", "says 5"])


def test_an_outdated_comment_is_not_taken_for_the_new_one(github: GitHub, pull: Pull) -> None:
    """A write that surely failed is made again, although an old comment on the same finding is there."""
    put(github, remark(3))
    github.push(7, "second", {PATH: (None, "all new\n")})
    github.plan(faults.reset().on("POST"))

    assert put(github, remark(1, "mark-3")) == {"mark-3"}
    assert said(github) == Counter(["says 1"])


def test_a_push_meanwhile_does_not_double_it(github: GitHub, pull: Pull) -> None:
    """The answer is lost and the lines are gone at once: what is there is ours all the same."""
    push = losing(0, then=lambda: github.push(7, "second", {PATH: (None, "all new\n")}))

    assert put(github, remark(3), hook=push) == {"mark-3"}
    assert len(standing(github)) == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(sorted(faults.TRANSIENT)), max_size=6), count=st.integers(1, 3))
def test_no_sequence_of_faults_doubles_a_comment(names: list[str], count: int) -> None:
    """Whatever happens to whichever requests: every comment at most once, and exactly once when no error came."""
    with GitHub() as github:
        github.open_pull_request(7, "first", files=FILES)
        github.plan(*(faults.TRANSIENT[name]() for name in names))
        wanted = [remark(line + 1) for line in range(count)]

        try:
            made = put(github, *wanted, overflow="- more")
        except GitHubError:
            made = None

        assert max(said(github).values(), default=1) == 1
        assert len(reviews(github)) <= 1
        assert made is None or (made == {item.mark for item in wanted} and len(standing(github)) == count)
