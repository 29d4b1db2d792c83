"""Which release a rollback goes to: every reason against one is told, and going back twice walks back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from go_release_gate.ledger.candidates import Choice, Conditions, Wish, choose, earlier
from go_release_gate.ledger.state import state_of
from support.ledgering import ANN, API, NOW, Entry, Story, digest, release, verdict

QUARANTINE = Entry(0, "", "quarantine", "api", "", NOW, ANN, digest=digest(2), reason="CVE-2026-1")
PRUNE = Entry(0, "", "prune", "api", "", NOW, ANN, digests=(digest(2),))


def chosen(story: Story, to: str = "last-good", **conditions: object) -> Choice:
    """What is chosen in production."""
    return choose(state_of(story.entries), Wish(*API, to), replace(Conditions(NOW), **conditions))  # type: ignore[arg-type]


def number_of(choice: Choice) -> int:
    """The number of the release that was chosen."""
    assert choice.release is not None, choice.problem
    return int(choice.release.image.digest[7:], 16)


def reason_against(story: Story, **conditions: object) -> str:
    """Why release 2 was passed over; release 1 is chosen in its place, and naming 2 gives the same reason."""
    choice = chosen(story, **conditions)
    named = chosen(story, digest(2), **conditions)
    assert number_of(choice) == 1
    assert [one.digest for one in choice.rejected] == [digest(2)]
    assert named.release is None
    assert named.rejected == choice.rejected
    return choice.rejected[0].reason


def test_the_newest_good_one_before_the_current() -> None:
    """Of three, the one in the middle."""
    assert number_of(chosen(Story().through(1, 2, 3))) == 2


def test_no_verdict() -> None:
    """What nobody looked at is not good; what was looked at without result neither."""
    story = Story().through(1).add(release(2)).move(2).add(verdict(2, "inconclusive")).through(3)
    assert reason_against(story) == "it has no verdict in production"


def test_a_verdict_elsewhere_does_not_count() -> None:
    """Staging's verdict says nothing about production."""
    story = Story().through(1).add(release(2)).move(2).add(verdict(2, "pass", ("api", "staging"))).through(3)
    assert reason_against(story) == "it has no verdict in production"


def test_a_failed_verdict() -> None:
    """The last one counts, either way."""
    story = Story().through(1, 2).add(verdict(2, "fail")).through(3)
    assert reason_against(story) == "its last verdict in production is fail (entry 9)"
    assert number_of(chosen(story.add(verdict(2)))) == 2


def test_quarantined_and_pruned() -> None:
    """What is barred, and what is gone."""
    story = Story().through(1, 2, 3)
    assert reason_against(story.add(QUARANTINE)) == "it is quarantined: CVE-2026-1 (entry 13)"
    assert reason_against(Story().through(1, 2, 3).add(PRUNE)) == "its content was pruned"
    assert number_of(chosen(Story().through(1, 2, 3).add(replace(QUARANTINE, service="web")))) == 2


def test_floor_and_prereleases() -> None:
    """Below the floor, of a version that is not known, a prerelease where none is taken."""
    older = Story().add(release(1, "1.9.0"), release(2, "1.2.0"), release(3)).move(1).move(2).move(3)
    older.add(verdict(1), verdict(2))
    assert reason_against(older, floor="1.5.0") == "1.2.0 is below the declared floor 1.5.0"

    unknown = Story().through(1).add(replace(release(2), source=None)).move(2).add(verdict(2)).through(3)
    assert reason_against(unknown, floor="v1.0.0") == "its version is not known, and a floor is declared"
    assert number_of(chosen(unknown)) == 2

    early = Story().through(1).add(release(2, "1.2.0-rc.1")).move(2).add(verdict(2)).through(3)
    assert reason_against(early) == "1.2.0-rc.1 is a prerelease, which this environment does not take"
    assert number_of(chosen(early, prereleases=True)) == 2


def test_an_expired_rollback_point() -> None:
    """What was replaced too long ago is not gone back to; its age counts from its end, not from its beginning."""
    story = Story().through(1, 2, 3)
    long_ago = {"now": NOW + timedelta(hours=3), "rollback_point": timedelta(hours=2)}
    assert "replaced more than 2 h ago" in chosen(story, digest(2), **long_ago).problem
    assert chosen(story, **long_ago).release is None
    assert number_of(chosen(story, now=NOW + timedelta(hours=2), rollback_point=timedelta(hours=2))) == 2


def test_distrust_and_absence_are_asked_last() -> None:
    """What the signer and the registry say counts, and is asked only of what is good otherwise."""
    asked: list[str] = []

    def absence(found: object) -> str:
        asked.append(found.name)  # type: ignore[attr-defined]
        return "arm64 is missing" if found.name == "1.2.0" else ""  # type: ignore[attr-defined]

    story = Story().through(1, 2).through(4, health="fail").through(3)
    choice = chosen(story, absence=absence)
    assert (number_of(choice), asked) == (1, ["1.2.0", "1.1.0"])
    assert [one.reason for one in choice.rejected] == [
        "its last verdict in production is fail (entry 12)",
        "arm64 is missing",
    ]
    distrust = lambda one: "not signed" if one.name == "1.2.0" else ""  # noqa: E731 - a line says it
    assert reason_against(Story().through(1, 2, 3), distrust=distrust) == "not signed"


def test_never_recorded() -> None:
    """What ran without having been recorded is told, and not gone to."""
    choice = chosen(Story().through(1).move(2).add(verdict(2)).through(3))
    assert number_of(choice) == 1
    assert [(one.name, one.reason) for one in choice.rejected] == [
        (digest(2)[:19], "it was never recorded as a release")
    ]


@pytest.mark.parametrize(("to", "number"), [("-1", 4), ("-2", 2), ("-3", 1)])
def test_steps_count_distinct_good_digests(to: str, number: int) -> None:
    """A digest that ran twice counts once, at its last promotion; bad ones are no steps."""
    story = Story().through(1, 2, 4, 2).through(3, health="fail").through(4, 5)
    assert earlier(state_of(story.entries).at(*API)) == [digest(4), digest(3), digest(2), digest(1)]
    assert number_of(chosen(story, to)) == number


def test_more_steps_than_there_are() -> None:
    """It says how many there were."""
    problem = "only 2 good releases before the current one, 3 were asked for"
    assert chosen(Story().through(1, 2, 3), "-3").problem == problem
    assert "only 1 good release before" in chosen(Story().through(1, 2), "-2").problem


def test_rolling_back_twice_walks_back() -> None:
    """Never to and fro: the second rollback goes further back, and at the end there is nothing."""
    story = Story().through(1, 2, 3, 4)
    walked = []
    while (choice := chosen(story)).release:
        walked.append(number_of(choice))
        story.move(walked[-1], "rollback")
    assert walked == [3, 2, 1]
    assert choice.problem == "no good release to go back to in production"


def test_a_promotion_behind_a_rollback_begins_anew() -> None:
    """What was promoted again stands at its new place."""
    story = Story().through(1, 2, 3).move(1, "rollback").move(2)
    assert [number_of(chosen(story)), number_of(chosen(story, "-2"))] == [3, 1]


def test_what_is_promoted_where_it_runs_keeps_its_place() -> None:
    """Behind a rollback to 1, putting 1 back (drift) does not make the later 2 an earlier release; nor does it of 2."""
    story = Story().through(1, 2).move(1, "rollback").move(1)
    assert chosen(story).problem == "no good release to go back to in production"
    assert number_of(chosen(Story().through(1, 2).move(2).through(3))) == 2
    assert state_of(Story().through(1).move(1).entries).at(*API).promotions == {digest(1): 3}


def test_what_runs_is_named_to_put_it_back() -> None:
    """A target lost it: by name alone, without a verdict, too; not where its verdict is fail, or it is quarantined."""
    story = Story().through(1).add(release(2)).move(2)
    assert number_of(chosen(story, "1.2.0", puts_back=True)) == 2
    assert number_of(chosen(story, puts_back=True)) == 1
    assert "quarantined" in chosen(Story().through(1, 2).add(QUARANTINE), "1.2.0", puts_back=True).problem
    assert "is fail" in chosen(story.add(verdict(2, "fail")), "1.2.0", puts_back=True).problem


@pytest.mark.parametrize(
    ("to", "problem"),
    [
        ("1.9.0", "1.9.0 names no release of api"),
        ("1.3.0", "1.3.0: it is what runs now"),
        ("-0", "-0 names no release of api"),
        ("-12345", "-12345 names no release of api"),
    ],
)
def test_named_wrongly(to: str, problem: str) -> None:
    """What no release is called, and what runs already."""
    assert chosen(Story().through(1, 2, 3), to).problem == problem


def test_two_of_one_name() -> None:
    """A version that two digests have names neither."""
    story = Story().through(1, 3).add(release(2, "1.1.0"))
    problem = chosen(story, "1.1.0").problem
    assert problem.startswith("1.1.0 names 2 releases of api: say which digest: sha256:")
    assert problem.count("(entry ") == 2


def test_nothing_runs() -> None:
    """Before the first promotion there is nothing to roll back."""
    assert "nothing of api runs in production" in chosen(Story().add(release(1))).problem
