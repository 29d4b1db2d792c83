"""The fact what registries say of image names: is there an image at a reference, and which.

It takes the network and changes with time, so it is asked only where a rule that needs it runs. Absence is an answer
of a registry; no answer is `unavailable`, and never counts as absence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """What is known of a reference."""

    PRESENT = "present"
    ABSENT = "absent"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Published:
    """What a registry says of one reference.

    Attributes:
        state: `present`, `absent` or `unavailable`.
        digest: of the manifest, or of the index of an image for several platforms; None unless present.
        media_type: of the same; empty where the registry gives none that we know.
        why: for `unavailable`, what happened and what to do, one line; foreign words may be part of it.
    """

    state: State
    digest: str | None = None
    media_type: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Publications:
    """What was asked, and what came of it.

    Attributes:
        of: full reference, as it was asked (`ghcr.io/acme/shop:1.4.2`) → the answer.
        notices: what the user should know about how it was asked, one line each.
    """

    of: Mapping[str, Published] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The references that no registry has answered."""
        return tuple(name for name, each in self.of.items() if each.state is State.UNAVAILABLE)
