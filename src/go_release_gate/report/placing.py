"""Where a finding stands in the head commit of a pull request. The checkout may be the merge commit, whose lines
are other ones; whoever knows both maps the lines, and the forms for GitHub take what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from go_release_gate.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding and its lines in the head commit.

    Attributes:
        line, end_line: lines of the file in the head commit, from 1; None where the finding has no line there.
        is_exact: whether those lines say the very same as the ones that were judged. Where not, nothing may be
            suggested in their place.
    """

    finding: Finding
    line: int | None = None
    end_line: int | None = None
    is_exact: bool = False


def as_judged(findings: Iterable[Finding]) -> tuple[Placed, ...]:
    """Every finding at the lines where it was judged: right where the checkout is the head commit itself."""
    return tuple(
        Placed(finding, finding.location.line, finding.location.end_line, is_exact=True) for finding in findings
    )
