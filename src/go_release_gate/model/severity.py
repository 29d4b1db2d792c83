"""How grave a finding is, and how sure the rule is of it."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """Severity of a finding; compare with `reaches`."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Order for sorting: 0 is the gravest."""
        return ("error", "warning", "note").index(self.value)

    def reaches(self, threshold: Severity) -> bool:
        """Whether this severity is at or above `threshold`."""
        return self.rank <= threshold.rank


class Confidence(StrEnum):
    """How sure a rule is that its finding is true."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Event(StrEnum):
    """What is being judged: severities may differ between a branch, a pull request and a release tag."""

    BRANCH = "branch"
    PULL_REQUEST = "pull-request"
    TAG = "tag"
