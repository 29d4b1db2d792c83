"""From the document of a saved report, which fits its schema, to the report: what may be taken over of it.

Left behind are fixes and commands (nobody shall be led to apply a stranger's), owners (no mentions), addresses (pages
come from our own list of rules) and findings of rules that we do not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from go_release_gate.model.finding import Finding, Location, Related, Target
from go_release_gate.model.outcome import ErrorClass, ModuleError, Outcome, Verdict
from go_release_gate.model.report import (
    CheckReport,
    Comparison,
    ModuleAnswer,
    Subject,
    Suppressed,
    TidyAnswer,
    VerifyAnswer,
)
from go_release_gate.model.severity import Confidence, Event, Severity
from go_release_gate.report.phrases import plural
from go_release_gate.report.reading_schema import is_repository_path
from go_release_gate.rules.registry import RULES

NOTICES_LIMIT = 50

Document = Mapping[str, Any]


def report_of(document: Document) -> CheckReport:
    """The report that `document` holds. It must fit `reading_schema.reader_schema`."""
    known = [item for item in document["findings"] if item["rule"] in _pages()]
    suppressed = [item for item in document["suppressed"] if item["finding"]["rule"] in _pages()]
    unknown = len(document["findings"]) - len(known) + len(document["suppressed"]) - len(suppressed)
    return CheckReport(
        version=document["tool"]["version"],
        go=document["tool"]["go"],
        subject=_subject(document["subject"]),
        verdict=Verdict(document["verdict"]),
        complete=document["complete"],
        modules=tuple(map(_module, document["modules"])),
        skipped=tuple((item["dir"], item["reason"]) for item in document["skipped"]),
        findings=tuple(map(_finding, known)),
        suppressed=tuple(Suppressed(_finding(item["finding"]), item["by"], item["reason"]) for item in suppressed),
        comparison=_comparison(document.get("comparison")),
        notices=_notices(document.get("notices", ()), unknown),
        timings={**document["timings"]["phases"], "total": document["timings"]["total_s"]},
    )


@cache
def _pages() -> dict[str, str]:
    """Rule → address of its page."""
    return {rule.id: rule.help_url for rule in RULES}


def _subject(item: Document) -> Subject:
    return Subject(
        repository=item["repository"],
        commit=item["commit"],
        ref=item["ref"],
        event=Event(item["event"]),
        base=item["base"],
        config=item["config"],
    )


def _module(item: Document) -> ModuleAnswer:
    tidy, verify, error = item["tidy"], item["verify"], item["error"]
    modules, verified, absent, size = (int(verify[name]) for name in ("modules", "verified", "absent", "bytes"))
    return ModuleAnswer(
        dir=item["dir"],
        path=item["path"],
        tidy=TidyAnswer(Outcome(tidy["outcome"]), tidy["kind"], tidy["diff"]),
        verify=VerifyAnswer(Outcome(verify["outcome"]), modules, verified, absent, size, tuple(verify["healed"])),
        vendor=Outcome(item["vendor"]["outcome"]),
        error=error and ModuleError(ErrorClass(error["class"]), error["message"], error["hint"]),
    )


def _finding(item: Document) -> Finding:
    return Finding(
        rule=item["rule"],
        severity=Severity(item["severity"]),
        confidence=Confidence(item["confidence"]),
        message=item["message"],
        target=Target(item["target"]["kind"], item["target"]["name"]),
        location=_location(item["location"]),
        module=item["module"],
        help_url=_pages()[item["rule"]],
        related=tuple(map(_related, item["related"])),
        state=item["state"],
        identity=item["fingerprint"],
    )


def _location(item: Document) -> Location:
    """A place; an end before its beginning, which GitHub would refuse with all that stands beside it, is left out."""
    line, end, column = (_number(item[name]) for name in ("line", "end_line", "column"))
    if line is None or (end is not None and end < line):
        end = None
    return Location(item["path"], line, end, column if line else None)


def _related(item: Document) -> Related:
    place = item["location"]
    return Related(item["message"], _location(place) if place and is_repository_path(place["path"]) else None)


def _comparison(item: Document | None) -> Comparison | None:
    if item is None:
        return None
    return Comparison(item["base"], int(item["new"]), int(item["existing"]), int(item["fixed"]))


def _number(value: float | None) -> int | None:
    return None if value is None else int(value)


def _notices(said: Any, unknown: int) -> tuple[str, ...]:
    notices = few(tuple(said))
    if not unknown:
        return notices
    return (f"left out: {plural(unknown, 'finding')} of rules that this version does not know", *notices)


def few(notices: tuple[str, ...]) -> tuple[str, ...]:
    """At most NOTICES_LIMIT of them, and how many more there are."""
    more = len(notices) - NOTICES_LIMIT
    return notices if more <= 0 else (*notices[:NOTICES_LIMIT], f"and {plural(more, 'more remark')}")
