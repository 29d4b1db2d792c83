"""Entries of any content, as hypothesis makes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import strategies as st

from go_release_gate.ledger.entry import KINDS, Actor, Child, Entry, Health, Image, Phase, Signature, Source

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
NAMED = st.dictionaries(TEXT, TEXT, max_size=3)
COUNT = st.integers(0, 1 << 40)
TIME = st.integers(-62135510400, 253402214400).map(
    lambda one: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=one)
)
CHILDREN = st.lists(st.builds(Child, TEXT, TEXT, COUNT), max_size=2).map(tuple)
IMAGE = st.builds(Image, TEXT, TEXT, COUNT, CHILDREN, st.lists(TEXT, max_size=2).map(tuple))
SIGNATURE = st.builds(Signature, st.sampled_from(["ssh", "gpg", "hmac", "cosign"]), TEXT, TEXT, TEXT)
SOURCE = st.builds(Source, *[TEXT] * 8)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
ENTRY = st.builds(
    Entry,
    seq=st.integers(1, 1 << 40),
    prev=TEXT,
    kind=st.sampled_from(KINDS),
    service=TEXT,
    environment=TEXT,
    time=TIME,
    actor=st.builds(Actor, TEXT.filter(bool), TEXT, COUNT),
    reason=TEXT,
    image=st.none() | IMAGE,
    source=st.none() | SOURCE,
    before=TEXT,
    after=TEXT,
    phase=st.sampled_from(get_args(Phase)),
    intent=COUNT,
    digest=TEXT,
    health=st.sampled_from(["", *get_args(Health)]),
    targets=TEXTS,
    expires=st.none() | TIME,
    nonce=TEXT,
    evidence=NAMED,
    fields=NAMED,
    digests=TEXTS,
    signature=st.none() | SIGNATURE,
)
