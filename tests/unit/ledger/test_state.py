"""What a chain comes to: what runs, since when, what is open, held, judged, barred."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from go_release_gate.ledger.state import continued, state_of
from support.ledgering import ANN, API, NOW, Entry, Story, digest, every_kind, release, verdict

HOLD = Entry(0, "", "hold", *API, NOW, ANN, expires=NOW + timedelta(hours=1))


def test_only_finished_moves_count() -> None:
    """Open, failed and abandoned ones change nothing that runs; an open one is told."""
    story = Story().through(1).move(2, phase="failed").move(3, phase="abandoned")
    before = state_of(story.entries).at(*API)
    after = state_of(story.move(4, phase="").entries).at(*API)

    assert (before.current, before.intent) == (digest(1), None)
    assert (after.current, after.intent and after.intent.after) == (digest(1), digest(4))
    assert list(after.promotions) == [digest(1)]


def test_a_rollback_is_no_promotion() -> None:
    """It changes what runs, and not the order in which releases were promoted."""
    place = state_of(Story().through(1, 2).move(1, "rollback").entries).at(*API)

    assert place.current == digest(1)
    assert place.since is not None
    assert place.since.kind == "rollback"
    assert place.promotions == {digest(1): 3, digest(2): 7}


def test_holds_run_out_and_are_lifted() -> None:
    """A hold counts until its end, or until it is lifted."""
    held = state_of(Story().add(HOLD).entries).at(*API)
    lifted = state_of(Story().add(HOLD, Entry(0, "", "unhold", *API, NOW, ANN)).entries).at(*API)

    assert [held.is_held(NOW), held.is_held(NOW + timedelta(hours=1)), lifted.is_held(NOW)] == [True, False, False]
    assert state_of(Story().add(replace(HOLD, expires=None)).entries).at(*API).is_held(NOW + timedelta(days=999))


@pytest.mark.parametrize(
    ("hours", "end"), [((3, 1), 3), ((None, 1), None), ((1, 3), 3), ((1, None), None), ((3, 1, 2), 3), ((2, 2), 2)]
)
def test_a_hold_that_ends_sooner_lifts_none(hours: tuple[int | None, ...], end: int | None) -> None:
    """Whoever wrote it past the refusal of the writing side: the hold that ends last stands, until it is lifted."""
    ends = [NOW + timedelta(hours=one) if one else None for one in hours]
    story = Story().add(*(replace(HOLD, expires=one) for one in ends))
    hold = state_of(story.entries).at(*API).hold

    assert hold is not None
    assert hold.expires == (NOW + timedelta(hours=end) if end else None)
    short = replace(HOLD, expires=NOW + timedelta(minutes=1))
    after = state_of(story.add(Entry(0, "", "unhold", *API, NOW, ANN), short).entries).at(*API).hold
    assert after is not None
    assert after.expires == short.expires


def test_an_inconclusive_look_is_no_verdict() -> None:
    """It is among the looks, and what was known before still holds."""
    place = state_of(Story().through(1).add(verdict(1, "inconclusive")).entries).at(*API)

    assert place.verdicts[digest(1)].health == "pass"
    assert [one.health for one in place.looks] == ["pass", "inconclusive"]


def test_the_first_recording_counts() -> None:
    """Recording a digest again changes nothing about it, and services are apart."""
    state = state_of(Story().add(release(1), release(1, "9.9.9"), release(1, "2.0.0", "web")).entries)

    assert [state.releases[name][digest(1)].name for name in ("api", "web")] == ["1.1.0", "2.0.0"]


@pytest.mark.parametrize("word", ["1.7.0", "v1.7.0", digest(7), "0" * 63 + "7"])
def test_words_for_a_release(word: str) -> None:
    """Version with and without `v`, whole digest with and without its algorithm."""
    state = state_of(Story().add(release(6), release(7), release(7, service="web")).entries)
    assert [one.image.digest for one in state.find("api", word)] == [digest(7)]


@pytest.mark.parametrize("word", ["", "v", "1.7", "latest", "0" * 11])
def test_words_for_nothing(word: str) -> None:
    """No prefix of a version, no short prefix of a digest, no empty word names anything."""
    assert state_of(Story().add(release(7), replace(release(8), source=None)).entries).find("api", word) == []


def test_replaced_at() -> None:
    """The last time that something else took a digest's place; the current one was not replaced."""
    story = Story().through(1, 2, 1, 3)
    place = state_of(story.entries).at(*API)
    assert place.replaced_at(digest(1)) == NOW + timedelta(minutes=3)
    assert [place.replaced_at(digest(number)) for number in (3, 9)] == [None, None]


@pytest.mark.parametrize("at", range(len(every_kind()) + 1))
def test_a_state_that_is_continued_is_the_whole_one(at: int) -> None:
    """Going on is the same as beginning anew, and leaves the state before as it was."""
    entries = every_kind()
    before = state_of(entries[:at], "head")

    assert continued(before, entries[at:], "tip") == state_of(entries, "tip")
    assert before == state_of(entries[:at], "head")
