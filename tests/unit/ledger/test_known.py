"""Entries that were believed before: their links are followed over the bytes, and each is made when it is asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from go_release_gate.errors import RefusedError
from go_release_gate.ledger.canonical import digest_of
from go_release_gate.ledger.chain import continued, known_chain, read_chain
from go_release_gate.ledger.entry import Actor, Entry
from go_release_gate.ledger.known import followed
from go_release_gate.ledger.state import continued as after
from go_release_gate.ledger.state import state_of
from support.ledgering import ANN, API, NOW, Story, chained, every_kind, recorded, release

WEB = 'wéb"s \'own\' \\ "service":"api"'
ENTRIES = chained(
    [
        *every_kind(),
        release(30, service=WEB),
        Entry(0, "", "prune", WEB, "", NOW, ANN, digests=("sha256:1",)),
        Entry(0, "", "hold", WEB, "production", NOW, ANN, reason='","schema":1,"seq":3,"service":"api"', nonce="n-9"),
        Entry(0, "", "hold", *API, NOW, ANN, reason='a \\ and a "', fields={"prev": "sha256:2", "schema": "1"}),
    ]
)
RECORDS = recorded(ENTRIES)


@pytest.mark.parametrize("at", range(len(RECORDS) + 1))
def test_what_is_followed_is_what_is_read(at: int) -> None:
    """Whatever was known: the chain and what it comes to are those of reading everything."""
    known, whole = known_chain(RECORDS[:at]), read_chain(RECORDS)
    assert known is not None

    found = continued(known, RECORDS[at:])
    assert found == whole
    assert list(found.entries) == ENTRIES
    assert state_of(found.entries, found.head) == state_of(ENTRIES, whole.head)
    assert after(state_of(known.entries, known.head), ENTRIES[at:], whole.head) == state_of(ENTRIES, whole.head)


def test_a_service_is_asked_for_alone() -> None:
    """What one asks about a service is the same whether others were looked at or not, and others are not made."""
    known = followed(RECORDS)
    assert known is not None
    state, whole = state_of(known_chain(RECORDS).entries), state_of(ENTRIES)  # type: ignore[union-attr]

    assert known.of(WEB) == [one for one in ENTRIES if one.service == WEB]
    assert len(known._made) == len(known.of(WEB)) == 3
    assert state.at(WEB, "production") == whole.at(WEB, "production")
    assert state.releases_of(WEB) == whole.releases[WEB]
    assert (state.pruned, state.nonces, state.length) == (whole.pruned, whole.nonces, len(ENTRIES))
    assert state.environments_of("api").keys() == {name for one, name in whole.environments if one == "api"}
    assert known.of("nobody") == []


def test_open_intents_of_known_entries_count() -> None:
    """A known intent bars another one and is closed by its own end; a known nonce is used up."""
    story = Story().through(1).move(2, phase="")
    story.add(replace(release(5), nonce="once"))
    records = recorded(story.entries)
    known = known_chain(records)
    assert known is not None

    for draft in (*Story().move(3, phase="").entries, replace(release(6), nonce="once")):
        assert known.grammar.copy().refusal(draft) == read_chain(records).grammar.refusal(draft) != ""


def test_another_history_is_not_followed() -> None:
    """A changed, missing, doubled, moved entry is noticed by the next; text that looks like a link is none."""
    changed = replace(ENTRIES[3], actor=Actor("mallory"))
    lying = replace(ENTRIES[-2], prev="sha256:" + "0" * 64, fields={"prev": digest_of(ENTRIES[-3])})
    for records in (
        [*RECORDS[:3], *recorded([changed]), *RECORDS[4:]],
        [*RECORDS[:3], *RECORDS[4:]],
        [*RECORDS[:3], RECORDS[2], *RECORDS[3:]],
        RECORDS[1:],
        [*RECORDS[:-2], *recorded([lying])],
        [*RECORDS[:-2], *recorded([replace(ENTRIES[-2], seq=3)])],
        [*RECORDS[:-1], RECORDS[-1].replace(b'"seq"', b'"sea"')],
        [b"{}\n", *RECORDS[1:]],
        [b"\xff"],
    ):
        assert followed(records) is None


def test_an_entry_that_is_none_is_refused() -> None:
    """What is bound rightly and yet no entry was never believed: nothing is decided on it."""
    (first, second) = recorded(chained([release(1), release(2)]))
    known = followed([first, second.replace(b'"image":', b'"imago":')])
    assert known is not None
    with pytest.raises(RefusedError, match="entry 2 of the ledger must not be believed"):
        known.of("api")
