"""What comes of the inputs: names, version, labels, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProblemKind(StrEnum):
    """Why an answer is not good for a build."""

    NO_TAG = "no-tag"
    INVALID_REFERENCE = "invalid-reference"
    COLLISION = "image-tag-collision"
    NO_MODULE = "tag-without-module"
    UNKNOWN_RELEASES = "unknown-releases"
    UNKNOWN_TIME = "unknown-time"


UNKNOWN = (ProblemKind.UNKNOWN_RELEASES, ProblemKind.UNKNOWN_TIME)
"""What could not be checked: neither a pass nor a failure."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps the names from being used: what about, what is wrong, what to do."""

    kind: ProblemKind
    reference: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Names, version and labels.

    Attributes:
        version: what the first entry that fits made; empty: none fits.
        images: base names in lower case, the disabled ones left out.
        tags: full references, image by image. tag_names: the same without a base name, once.
        labels: `key=value`. annotations: `level:key=value`.
        warnings: what the peer warns of, in its words: entries that came to nothing.
        problems: why the exit code is not 0.
    """

    version: str
    images: tuple[str, ...]
    tags: tuple[str, ...]
    tag_names: tuple[str, ...]
    labels: tuple[str, ...]
    annotations: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether everything could be checked."""
        return not any(problem.kind in UNKNOWN for problem in self.problems)

    @property
    def verdict(self) -> str:
        """pass, fail or unavailable."""
        if any(problem.kind not in UNKNOWN for problem in self.problems):
            return "fail"
        return "unavailable" if self.problems else "pass"
