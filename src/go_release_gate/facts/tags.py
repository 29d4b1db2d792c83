"""The fact what is known of the repository's tags and branches, here and at GitHub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LIGHT, ANNOTATED, SIGNED = "light", "annotated", "signed"


@dataclass(frozen=True, slots=True)
class Tag:
    """A git tag.

    Attributes:
        commit: what it stands for, also for an annotated tag.
        kind: `light`, `annotated` or `signed` (it carries a signature, whoever made it); empty: not known.
        time: seconds, of the tagger or of the commit; 0: not known.
    """

    name: str
    commit: str
    kind: str = ""
    time: int = 0


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags and branches as far as they can be known.

    Attributes:
        pushed: the tag that is judged, also one that is yet to be made (then `kind` is empty); None: none is.
        known: every tag, by name.
        remote: what GitHub says of the pushed tag now; None: it was not asked, or has none.
        head: the commit that is checked out.
        branches: branch → the commit at its end, of this checkout and its origin.
        holding: release branches that hold the pushed tag's commit; None: cannot be known.
        problems: what could not be found out, each with what to do about it; while there are some, nothing that the
            judged tag depends on is a pass.
    """

    pushed: Tag | None = None
    known: Mapping[str, Tag] = field(default_factory=dict)
    remote: Tag | None = None
    head: str = ""
    branches: Mapping[str, str] = field(default_factory=dict)
    holding: tuple[str, ...] | None = None
    problems: tuple[str, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Whether everything that the judged tag depends on is known."""
        return not self.problems
