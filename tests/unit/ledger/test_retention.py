"""What pruning must leave: what runs, what can be gone back to, what is young, held, open or named."""

from __future__ import annotations

from datetime import datetime, timedelta

from go_release_gate.config.releases import Environment
from go_release_gate.ledger.retention import protected
from go_release_gate.ledger.state import state_of
from support.ledgering import ANN, NOW, Entry, Story, digest, verdict

LATER = NOW + timedelta(days=30)
KEPT = {"production": Environment(keep=3, keep_hours=72)}


def kept(story: Story, now: datetime = LATER, named: tuple[str, ...] = (), **settings: Environment) -> set[int]:
    """The numbers of the releases that stay."""
    found = protected(state_of(story.entries), "api", {**KEPT, **settings}, now, named)
    assert all(one.digest == digest_ and one.reason for digest_, one in found.items())
    return {int(one[7:], 16) for one in found}


def test_the_current_and_the_last_good() -> None:
    """What runs, and as many good ones before it as are kept; older ones go."""
    assert kept(Story().through(1, 2, 3, 4, 5, 6)) == {3, 4, 5, 6}


def test_bad_ones_are_not_counted() -> None:
    """Failed, quarantined and pruned ones take no place of a good one."""
    story = Story().through(1, 2).through(3, health="fail").through(4, 5, 6, 7)
    story.add(Entry(0, "", "quarantine", "api", "", NOW, ANN, digest=digest(5)))
    story.add(Entry(0, "", "prune", "api", "", NOW, ANN, digests=(digest(4),)))
    assert kept(story) == {1, 2, 6, 7}


def test_what_is_young_stays() -> None:
    """Within the hours nothing goes: neither what was recorded nor what ran."""
    story = Story().through(1, 2, 3, 4, 5, 6)
    assert kept(story, NOW + timedelta(hours=71)) == {1, 2, 3, 4, 5, 6}
    assert kept(story, NOW + timedelta(hours=73), staging=Environment(keep_hours=74)) == {1, 2, 3, 4, 5, 6}


def test_open_moves_and_holds() -> None:
    """Both ends of an open move, and what a hold names, even one that has run out."""
    story = Story().through(1, 2, 3, 4, 5, 6).move(1, "rollback", phase="")
    story.add(Entry(0, "", "hold", "api", "staging", NOW, ANN, digest=digest(2), expires=NOW))
    assert kept(story) == {1, 2, 3, 4, 5, 6}


def test_behind_a_rollback() -> None:
    """What can be gone back to from there stays, and what was rolled away from may go once it is old."""
    story = Story().through(1, 2, 3, 4, 5, 6).move(4, "rollback")
    assert kept(story) == {1, 2, 3, 4}


def test_every_environment_counts() -> None:
    """One that is recorded and not configured has the defaults."""
    story = Story().through(1, 2, 3, 4, 5, 6).move(1, place=("api", "elsewhere")).move(2, place=("web", "production"))
    assert kept(story) == {1, 3, 4, 5, 6}


def test_what_manifests_name() -> None:
    """A digest that a branch's manifest names stays."""
    assert kept(Story().through(1, 2, 3, 4, 5, 6), named=(digest(2), digest(77))) == {2, 3, 4, 5, 6}


def test_no_verdict_no_place() -> None:
    """Without verdicts nothing before the current one is good."""
    story = Story().through(1, 2, 3)
    story.add(verdict(1, "fail"), verdict(2, "fail"))
    assert kept(story) == {3}
