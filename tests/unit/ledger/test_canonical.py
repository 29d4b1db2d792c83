"""Each entry has one form in bytes, and what is in any other form is no entry."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from go_release_gate.ledger.canonical import decoded, decoded_again, digest_of, encoded, signed_bytes
from go_release_gate.ledger.codec import InvalidEntryError
from go_release_gate.ledger.entry import Actor, Entry
from support.anyentry import ENTRY
from support.ledgering import every_kind


@given(ENTRY)
def test_round_trip(entry: Entry) -> None:
    """What is encoded is decoded to the same bytes again, in both ways of reading, and is one line."""
    data = encoded(entry)

    assert decoded_again(data) == decoded(data)
    assert encoded(decoded(data)) == data
    assert data.find(b"\n") == len(data) - 1


@pytest.mark.parametrize("entry", every_kind(), ids=lambda one: f"{one.kind}-{one.phase or one.health}-{one.seq}")
def test_every_kind_comes_back(entry: Entry) -> None:
    """Nothing of an entry is lost."""
    assert decoded(encoded(entry)) == entry


def test_the_signature_is_not_signed_and_is_linked() -> None:
    """Signed bytes leave the signature out; the digest that the next entry names covers it."""
    entry = every_kind()[-1]
    assert entry.signature is not None
    assert b"signature" not in signed_bytes(entry)
    assert digest_of(entry) != digest_of(replace(entry, signature=None))
    assert signed_bytes(entry) == encoded(replace(entry, signature=None))


PLAIN = encoded(every_kind()[0])


def changed(**values: Any) -> bytes:
    """The bytes of a sound entry with other values, in canonical form but for them; None takes a key away."""
    document = {**json.loads(PLAIN), **values}
    document = {key: value for key, value in document.items() if value is not None}
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


ODD = {
    "no newline": PLAIN[:-1],
    "two newlines": PLAIN + b"\n",
    "a byte order mark": b"\xef\xbb\xbf" + PLAIN,
    "a space": PLAIN.replace(b'"kind":', b'"kind": '),
    "carriage return": PLAIN[:-1] + b"\r\n",
    "keys in another order": json.dumps(dict(reversed(json.loads(PLAIN).items())), separators=(",", ":")).encode()
    + b"\n",
    "a key twice": PLAIN.replace(b'"kind":"release"', b'"kind":"release","kind":"release"'),
    "an escape where none is due": PLAIN.replace(b'"release"', b'"\\u0072elease"', 1),
    "an escaped slash": PLAIN.replace(b"/", b"\\/", 1),
    "half a surrogate pair": changed(reason="x").replace(b'"x"', b'"\\ud800"'),
    "no UTF-8": PLAIN.replace(b"ann", b"an\xff", 1),
    "a float": changed(seq=1.0),
    "an exponent": PLAIN.replace(b'"seq":1', b'"seq":1e0'),
    "not a number": PLAIN.replace(b'"seq":1', b'"seq":NaN'),
    "true for one": changed(seq=True),
    "true as schema": changed(schema=True),
    "another schema": changed(schema=2),
    "no schema": changed(schema=None),
    "an empty part": changed(reason=""),
    "an empty list": changed(digests=[]),
    "zero": changed(intent=0),
    "false": changed(intent=False),
    "null": PLAIN.replace(b'"kind"', b'"image":null,"kind"'),
    "an unknown key": changed(wisdom="x"),
    "an unknown key inside": changed(actor={"name": "ann", "wisdom": "x"}),
    "an unknown kind": changed(kind="wish"),
    "an unknown phase": changed(phase="begun"),
    "a number as text": changed(seq="1"),
    "text as a list": changed(targets="west"),
    "a list as an object": changed(actor=["ann"]),
    "no time": changed(time=None),
    "no number": changed(seq=None),
    "no actor": changed(actor=None),
    "time with a zone": changed(time="2026-11-21T10:00:00+00:00"),
    "time without seconds": changed(time="2026-11-21T10:00Z"),
    "time with a blank": changed(time="2026-11-21 10:00:00Z"),
    "a week": changed(time="2026-W47-6T10:00:00Z"),
    "the hour 24": changed(time="2026-11-21T24:00:00Z"),
    "a day that is none": changed(time="2026-02-30T10:00:00Z"),
    "evidence that is no text": changed(evidence={"p99": 212}),
    "no object": b"[]\n",
    "nothing": b"",
    "depth": b"[" * 100_000,
    "digits": PLAIN.replace(b'"seq":1', b'"seq":' + b"1" * 5000),
    "more than is read": changed(reason="x" * (256 << 10)),
}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD.keys())
def test_another_form_is_refused(data: bytes) -> None:
    """No two forms of one entry: nobody can change bytes without changing what they say."""
    assert data != PLAIN
    with pytest.raises(InvalidEntryError):
        decoded(data)


def test_text_that_is_no_unicode_is_not_written() -> None:
    """Half a surrogate pair, as broken file names give it, is refused before it is in the ledger."""
    with pytest.raises(InvalidEntryError, match="no Unicode"):
        encoded(Entry(1, "", "hold", "api", "production", datetime(2026, 1, 1, tzinfo=UTC), Actor("\udcff")))
