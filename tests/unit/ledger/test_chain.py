"""What breaks the chain is named with the entry that breaks it, and nothing behind it is believed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from go_release_gate.ledger.canonical import digest_of, encoded
from go_release_gate.ledger.chain import Fault, continued, extended, known_chain, linked, moves, read_chain
from go_release_gate.ledger.entry import Entry
from support.ledgering import ANN, API, NOW, Story, chained, digest, every_kind, recorded, release, verdict

ENTRIES = every_kind()
RECORDS = recorded(ENTRIES)


def fault_of(records: list[bytes]) -> Fault:
    """The fault, which must be there; entries end in front of it."""
    chain = read_chain(records)
    assert chain.fault is not None
    assert len(chain.entries) == chain.fault.seq - 1
    return chain.fault


def test_a_sound_chain() -> None:
    """Every entry is believed, and the head is the digest of the last one's bytes."""
    chain = read_chain(RECORDS)

    assert (chain.entries, chain.head, chain.fault) == (ENTRIES, digest_of(ENTRIES[-1]), None)
    assert [one.after for one in moves(chain.entries)] == [digest(1), digest(2), digest(1)]


@pytest.mark.parametrize("at", range(1, len(RECORDS)))
def test_an_edited_entry(at: int) -> None:
    """An entry whose text was changed no longer is the one that the next names."""
    edited = replace(ENTRIES[at - 1], reason="another")
    assert fault_of([*RECORDS[: at - 1], encoded(edited), *RECORDS[at:]]) == Fault(
        at + 1, f"it names {ENTRIES[at].prev} as the entry before, which is {digest_of(edited)}"
    )


@pytest.mark.parametrize("at", range(len(RECORDS) - 1))
def test_reordered_dropped_and_copied_entries(at: int) -> None:
    """Two that changed places, one that is gone, one that stands twice: the first wrong place is named."""
    swapped = [*RECORDS[:at], RECORDS[at + 1], RECORDS[at], *RECORDS[at + 2 :]]
    dropped = [*RECORDS[:at], *RECORDS[at + 1 :]]
    copied = [*RECORDS[: at + 1], *RECORDS[at:]]

    assert (fault_of(swapped).seq, fault_of(dropped).seq, fault_of(copied).seq) == (at + 1, at + 1, at + 2)


def test_a_renumbered_copy_from_elsewhere() -> None:
    """An entry of another ledger with the right number names another one before."""
    other = chained([replace(draft, seq=0, reason="other") for draft in ENTRIES])
    assert "as the entry before" in fault_of([*RECORDS[:4], encoded(other[4])]).reason


@pytest.mark.parametrize("length", [0, 1, 40])
def test_a_truncated_entry(length: int) -> None:
    """Half an entry is none."""
    assert fault_of([*RECORDS[:3], RECORDS[3][:length], *RECORDS[4:]]).seq == 4


def test_a_truncated_ledger_has_another_head() -> None:
    """What is missing at the end is no fault of the chain: its length and head tell, which views name."""
    chain = read_chain(RECORDS[:-2])
    assert chain.fault is None
    assert chain.head != digest_of(ENTRIES[-1])


def test_the_judge_is_asked_about_unknown_entries_alone() -> None:
    """Entries that were believed before are followed and not judged; the first that is refused is named."""
    asked: list[int] = []

    def judge(entry: Entry) -> str:
        asked.append(entry.seq)
        return "it is not signed" if entry.seq == 5 else ""

    known = known_chain(RECORDS[:3])
    assert known is not None
    assert continued(known, RECORDS[3:], judge).fault == Fault(5, "it is not signed")
    assert asked == [4, 5]


@pytest.mark.parametrize("at", range(len(RECORDS)))
def test_a_chain_that_is_continued_is_the_whole_one(at: int) -> None:
    """Reading on is reading whole, and leaves the chain before as it was."""
    before = read_chain(RECORDS[:at])

    assert continued(before, RECORDS[at:]) == read_chain(RECORDS)
    assert extended(before, ENTRIES[at]).head == read_chain(RECORDS[: at + 1]).head
    assert before == read_chain(RECORDS[:at])


def test_nothing_comes_behind_a_fault() -> None:
    """A faulty chain is not continued."""
    broken = read_chain([b"{}\n"])
    assert continued(broken, RECORDS) is broken


HOLD = Entry(0, "", "hold", *API, NOW, ANN)
DONE = Entry(0, "", "promote", *API, NOW, ANN, before=digest(2), after=digest(3), phase="done", intent=7)
UNGRAMMATICAL = {
    "a second intent": (Story().through(1).move(2, phase="").move(3, phase="").drafts, "nobody has closed"),
    "an end without intent": ([*Story().through(1, 2).drafts, DONE], "which is no open intent"),
    "an end of another move": (
        [*Story().through(1).move(2, phase="").drafts, replace(DONE, before=digest(1), intent=5)],
        "another move than the intent was",
    ),
    "a nonce twice": ([replace(HOLD, nonce="f00d"), replace(HOLD, nonce="f00d")], "nonce was used before"),
    "a hold with a phase": ([replace(HOLD, phase="done")], "moves alone have"),
    "no service": ([replace(HOLD, service="")], "names no service"),
    "a hold of nowhere": ([replace(HOLD, environment="")], "without environment"),
    "a move without phase": ([replace(DONE, phase="")], "without phase"),
    "a release of nothing": ([replace(release(1), image=None)], "without image"),
    "a verdict of nothing": ([replace(verdict(1), digest="", health="")], "without digest and health"),
    "a quarantine of nothing": ([replace(HOLD, kind="quarantine")], "without digest"),
    "a prune of nothing": ([replace(HOLD, kind="prune")], "without digests"),
}


@pytest.mark.parametrize(("drafts", "words"), UNGRAMMATICAL.values(), ids=UNGRAMMATICAL.keys())
def test_what_cannot_follow(drafts: list[Entry], words: str) -> None:
    """Entries whose links are right and that make no sense are named as well."""
    fault = fault_of(recorded(chained(drafts)))
    assert fault.seq == len(drafts)
    assert words in fault.reason


def test_an_entry_of_elsewhere_is_linked_without_its_signature() -> None:
    """Linking gives place and digest anew, and takes away what was signed for another place."""
    made = linked(ENTRIES[-1], 3, "sha256:x")
    assert (made.seq, made.prev, made.signature) == (4, "sha256:x", None)
