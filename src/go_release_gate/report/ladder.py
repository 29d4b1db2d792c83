"""A page that has to fit: several forms of it, the richest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from go_release_gate.model.report import CheckReport

SHORTEST_ITEM = 80  # characters that one finding takes at the very least

Form = Callable[[], str]


def richest(forms: Sequence[Form], fits: Callable[[str], bool]) -> str:
    """The first form that fits; the last one is bounded by itself and taken as it is."""
    for form in forms[:-1]:
        text = form()
        if fits(text):
            return text
    return forms[-1]()


def is_hopeless(report: CheckReport, budget: int) -> bool:
    """Whether everything together is beyond `budget` for certain, so that the full page need not be tried."""
    least = sum(len(answer.tidy.diff) for answer in report.modules) + SHORTEST_ITEM * len(report.findings)
    return least > budget
