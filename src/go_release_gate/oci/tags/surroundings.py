"""What an entry is evaluated in."""

from __future__ import annotations

from dataclasses import dataclass, field

from go_release_gate.oci.tags.context import Context
from go_release_gate.oci.tags.expressions import Expressions


@dataclass(frozen=True, slots=True)
class Made:
    """What an entry made: a text, and whether it is worth the tag `latest`."""

    text: str
    latest: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The run, how expressions are evaluated in it, and the warnings so far."""

    context: Context
    expressions: Expressions
    warnings: list[str] = field(default_factory=list)
