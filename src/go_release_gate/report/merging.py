"""Several reports of one run made one: the shards of a matrix, each with modules of its own. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from go_release_gate.errors import ReportError
from go_release_gate.model.finding import Finding
from go_release_gate.model.outcome import Outcome, Verdict
from go_release_gate.model.report import CheckReport, Comparison, ModuleAnswer, Subject, Suppressed
from go_release_gate.model.severity import Severity
from go_release_gate.report import phrases
from go_release_gate.report.neutral import log_text
from go_release_gate.report.reading_schema import FINDINGS_LIMIT, MODULES_LIMIT
from go_release_gate.report.reading_values import few

T = TypeVar("T")
_GRAVEST_FIRST = (Verdict.FAIL, Verdict.UNAVAILABLE, Verdict.PASS)


def merged(reports: Sequence[CheckReport]) -> CheckReport:
    """One report of all: what several say of a finding or a module counts once, the graver word wins.

    The time of a phase is that of the slowest shard, as they run side by side.

    Raises ReportError: none, about different commits, repositories or events, or too much for one report.
    """
    if not reports:
        raise ReportError("no report", "name the files that `check --report json=FILE` wrote")
    first = reports[0]
    for report in reports[1:]:
        _demand_same(first.subject, report.subject)
    modules = _modules(reports)
    findings = _findings(reports)
    if len(findings) > FINDINGS_LIMIT or len(modules) > MODULES_LIMIT:
        raise ReportError(
            f"the reports hold {len(findings)} findings in {len(modules)} modules; "
            f"expected at most {FINDINGS_LIMIT} in {MODULES_LIMIT}"
        )
    return replace(
        first,
        version=_words(report.version for report in reports),
        go=_words(report.go for report in reports),
        verdict=next(verdict for verdict in _GRAVEST_FIRST if any(report.verdict is verdict for report in reports)),
        complete=all(report.complete for report in reports),
        modules=modules,
        skipped=tuple(dict.fromkeys(item for report in reports for item in report.skipped)),
        findings=findings,
        suppressed=_suppressed(reports, findings),
        comparison=_comparison(reports, findings),
        notices=few(tuple(dict.fromkeys(item for report in reports for item in report.notices))),
        timings=_timings(reports),
    )


def with_sound_verdict(report: CheckReport) -> CheckReport:
    """A stranger's report whose verdict is at least as grave as what it lists; an honest gate's own needs none.

    A gate may be told to let errors pass, so this can say more than that gate did. The better way round: a forged
    `pass` beside errors would be read as one.
    """
    gravest = _gravest(report)
    is_graver = _GRAVEST_FIRST.index(gravest) < _GRAVEST_FIRST.index(report.verdict)
    if not is_graver:
        return replace(report, complete=report.complete and not any(map(_is_unjudged, report.modules)))
    said = f"the report says {report.verdict.value} beside what it lists; it is shown as {gravest.value}"
    return replace(report, verdict=gravest, complete=not _has_gaps(report), notices=(said, *report.notices))


def _gravest(report: CheckReport) -> Verdict:
    counted = (item for item in report.findings if report.comparison is None or item.state != "existing")
    if any(item.severity is Severity.ERROR for item in counted):
        return Verdict.FAIL
    return Verdict.UNAVAILABLE if _has_gaps(report) else Verdict.PASS


def _has_gaps(report: CheckReport) -> bool:
    return not report.complete or any(map(_is_unjudged, report.modules))


def _is_unjudged(answer: ModuleAnswer) -> bool:
    return answer.error is not None or Outcome.UNAVAILABLE in phrases.outcomes(answer)


def _demand_same(one: Subject, other: Subject) -> None:
    for what, left, right in (
        ("commits", one.commit, other.commit),
        ("repositories", one.repository, other.repository),
        ("events", one.event.value, other.event.value),
    ):
        if left != right:
            pair = " and ".join(log_text(text, 100) or "none" for text in (left, right))
            raise ReportError(f"the reports are about different {what}: {pair}", "publish those of one run alone")


def _modules(reports: Iterable[CheckReport]) -> tuple[ModuleAnswer, ...]:
    answers = [answer for report in reports for answer in report.modules]
    return _once(answers, lambda answer: answer.dir, is_better=lambda answer: not phrases.is_well(answer))


def _findings(reports: Iterable[CheckReport]) -> tuple[Finding, ...]:
    """Gravest first, else in the order of the reports."""
    found = sorted((item for report in reports for item in report.findings), key=lambda item: item.severity.rank)
    return _once(found, lambda item: item.fingerprint)


def _suppressed(reports: Iterable[CheckReport], findings: Iterable[Finding]) -> tuple[Suppressed, ...]:
    counted = {item.fingerprint for item in findings}
    items = [item for report in reports for item in report.suppressed if item.finding.fingerprint not in counted]
    return _once(items, lambda item: item.finding.fingerprint)


def _comparison(reports: Sequence[CheckReport], findings: Iterable[Finding]) -> Comparison | None:
    """Only where every shard compared, and with the same commit: else `existing` means nothing for the whole."""
    compared = [report.comparison for report in reports if report.comparison]
    if len(compared) < len(reports) or len({item.base for item in compared}) != 1:
        return None
    states = [item.state for item in findings]
    fixed = sum(item.fixed for item in compared)
    return Comparison(compared[0].base, states.count("new"), states.count("existing"), fixed)


def _timings(reports: Iterable[CheckReport]) -> dict[str, float]:
    slowest: dict[str, float] = {}
    for report in reports:
        for name, seconds in report.timings.items():
            slowest[name] = max(seconds, slowest.get(name, 0.0))
    return slowest


def _words(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(word for word in words if word))


def _once(
    items: Iterable[T], identity: Callable[[T], Hashable], is_better: Callable[[T], bool] = lambda _: False
) -> tuple[T, ...]:
    """The first of each identity; a better one takes the place of one that is not."""
    found: dict[Hashable, T] = {}
    for item in items:
        name = identity(item)
        if name not in found or (is_better(item) and not is_better(found[name])):
            found[name] = item
    return tuple(found.values())
