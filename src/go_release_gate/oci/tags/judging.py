"""What becomes of each name that an entry makes: the peer takes all of them, a policy may not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from go_release_gate.oci.tags.entries import Entry
from go_release_gate.oci.tags.surroundings import Surroundings

_ILLEGAL = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name to be.

    Attributes:
        text: with prefix and suffix, not yet sanitised; never empty. core: without them.
        entry: what made it; None: the flavor, as `latest`.
    """

    text: str
    core: str
    entry: Entry | None
    around: Surroundings


Judge = Callable[[Candidate], str]
"""A candidate to the image tag that it becomes; empty: it is left out."""


def as_peer(candidate: Candidate) -> str:
    """What the peer makes of it."""
    return sanitized(candidate.text)


def sanitized(text: str) -> str:
    """A tag: every run of characters that none may have becomes one `-`. Nothing is cut or trimmed."""
    return _ILLEGAL.sub("-", text)
