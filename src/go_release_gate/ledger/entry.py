"""One entry of the ledger: what was decided or done, about which service, where, by whom and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

SCHEMA = 1
RELEASE, PROMOTE, ROLLBACK, VERDICT = "release", "promote", "rollback", "verdict"
HOLD, UNHOLD, QUARANTINE, PRUNE = "hold", "unhold", "quarantine", "prune"
KINDS = (RELEASE, PROMOTE, ROLLBACK, VERDICT, HOLD, UNHOLD, QUARANTINE, PRUNE)
MOVES = (PROMOTE, ROLLBACK)  # what changes an environment; these alone have phases

Phase = Literal["", "intent", "done", "failed", "abandoned"]
Health = Literal["pass", "fail", "inconclusive"]


@dataclass(frozen=True, slots=True)
class Child:
    """A platform's manifest in an index: `linux/arm64`, its digest and the bytes of the manifest."""

    platform: str
    digest: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Image:
    """A released image: `digest` is that of its manifest (of the index, where it has several platforms).

    `locations`: repositories that hold these bytes (`ghcr.io/acme/shop`), the first is where it was pushed to.
    """

    digest: str
    media_type: str
    size: int = 0
    children: tuple[Child, ...] = ()
    locations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What a release was made from. Hashes are `sha256:…` of the files; `build_list`: of the list of all modules."""

    tag: str = ""
    version: str = ""
    commit: str = ""
    module: str = ""
    go_mod: str = ""
    go_sum: str = ""
    build_list: str = ""
    snapshot: str = ""  # reference of a configuration or data snapshot that belongs to the release


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a login or a mail address; `run`: address of the workflow run, `attempt` of it."""

    name: str
    run: str = ""
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Signature:
    """Of the canonical bytes of the entry without this part. `key`: fingerprint or key id; `value`: armoured text.

    Nothing of this part is signed: who signed is what a verification finds, never what `identity` says alone.
    """

    method: Literal["ssh", "gpg", "hmac", "cosign"]
    key: str
    value: str
    identity: str = ""  # who the key or certificate belongs to, as the signer says


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Attributes:
        seq: counts from 1 over the whole ledger. prev: `sha256:…` of the previous entry's canonical bytes, signature
            among them; empty for the first.
        kind: one of KINDS. service: never empty. environment: empty for a release alone.
        time: UTC, whole seconds.
        image, source: of the digest that the entry is about (release, promote, rollback).
        before, after: digests of a move; `before` empty: nothing ran there.
        phase: of a move: `intent` before its first effect, then exactly one of done, failed, abandoned.
        intent: seq of the intent that a closing entry belongs to, 0: none.
        digest: what a verdict, a quarantine or a hold is about; empty: the environment as a whole.
        health: of a verdict.
        targets: names of the targets that a move has reached (in waves) when the entry was written.
        expires: of a rollback point (release, done move), or of a hold; None: never.
        nonce: of a signed request that was carried out; no two entries have the same.
        evidence: `name → sha256:…` or a short text: what a verdict or a check rests on.
        fields: what the configuration asks every entry for (a change ticket).
        digests: what a prune took away.
    """

    seq: int
    prev: str
    kind: str
    service: str
    environment: str
    time: datetime
    actor: Actor
    reason: str = ""
    image: Image | None = None
    source: Source | None = None
    before: str = ""
    after: str = ""
    phase: Phase = ""
    intent: int = 0
    digest: str = ""
    health: Health | Literal[""] = ""
    targets: tuple[str, ...] = ()
    expires: datetime | None = None
    nonce: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    digests: tuple[str, ...] = ()
    signature: Signature | None = None
