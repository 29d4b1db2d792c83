"""What a probe is asked about, and what it says: values of every kind of probe."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from go_release_gate.errors import UsageError
from go_release_gate.ledger.entry import Health

PATIENCE = 10.0  # seconds of one question
_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+:@/-]{0,254}")  # no quote, no white space, no option


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured: a digest that runs in an environment, as the ledger says.

    Attributes:
        version, commit: of its release, empty: not known.
        moved: when the move to it began; metrics are compared with what they were before. None: not known.
        ended: when that move was done; warming up counts from there.
    """

    service: str
    environment: str
    digest: str
    version: str = ""
    commit: str = ""
    moved: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one probe saw in one look.

    Attributes:
        name: what evidence calls the probe.
        health: pass, fail, or inconclusive.
        words: what was seen. Foreign text may be in it: whoever shows it makes it harmless.
        is_other: whether something else than the subject answered, so that the whole look tells nothing.
    """

    name: str
    health: Health
    words: str = ""
    is_other: bool = False


class Probe(Protocol):
    """Something that can be asked about the health of a subject."""

    @property
    def name(self) -> str:
        """What evidence calls it."""
        ...

    def look(self, subject: Subject) -> Reading:
        """Ask once, in bounded time. Raises UsageError where the configuration makes no sense; nothing else."""
        ...


def words_of(command: str | Sequence[str]) -> tuple[str, ...]:
    """A command as its words; no shell is involved."""
    return tuple(shlex.split(command)) if isinstance(command, str) else tuple(command)


def filled(text: str, values: dict[str, str]) -> str:
    """`text` with `{name}` replaced by the value.

    Raises:
        UsageError: a value that is asked for holds characters that could mean something to a program.
    """

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in values:
            return match[0]
        if not _HARMLESS.fullmatch(values[name]):
            raise UsageError(f"{{{name}}} cannot be filled in: its value is empty, or holds unexpected characters")
        return values[name]

    return re.sub(r"\{([a-z_]+)\}", value, text)


def values_of(subject: Subject) -> dict[str, str]:
    """What `filled` puts in for a subject."""
    return {
        "service": subject.service,
        "environment": subject.environment,
        "digest": subject.digest,
        "version": subject.version,
    }
