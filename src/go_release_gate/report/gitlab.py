"""The report as a GitLab code quality report (docs.gitlab.com, "Code Quality report format"): a JSON list.

GitLab keeps one entry for each fingerprint and compares them with those of the target branch. A module that could
not be judged is an entry of its own: an empty list would say that everything has been mended.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from go_release_gate.model.finding import Finding, Location
from go_release_gate.model.report import CheckReport, ModuleAnswer
from go_release_gate.model.severity import Severity
from go_release_gate.report.jsontext import dumps
from go_release_gate.report.neutral import log_text
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.sarif_places import WHOLE, relative_path
from go_release_gate.report.sarif_rules import rule_id

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}
UNJUDGED = "could-not-judge"  # `check_name` of what was left unjudged; a rule's id everywhere else


def render(report: CheckReport, options: RenderOptions) -> str:  # noqa: ARG001 - every form takes the same two
    """The list and a final newline, in ASCII. The same report gives the same bytes."""
    return dumps(_unique([*_gaps(report), *(_entry(finding) for finding in report.findings)])) + "\n"


def _entry(finding: Finding) -> dict[str, Any]:
    return _issue(
        rule_id(finding.rule),
        finding.message,
        SEVERITIES[finding.severity],
        finding.fingerprint,
        finding.location,
    )


def _gaps(report: CheckReport) -> Iterator[dict[str, Any]]:
    """One entry for each module that its surroundings kept from being judged, or one if none is to blame."""
    answers = [answer for answer in report.modules if answer.error and not answer.error.kind.is_repository_fault]
    yield from (_gap(answer) for answer in answers)
    if not answers and not report.complete:
        said = "; ".join(("not everything could be judged", *report.notices))
        yield _issue(UNJUDGED, said, "blocker", _digest(UNJUDGED, "."), Location(WHOLE))


def _gap(answer: ModuleAnswer) -> dict[str, Any]:
    error = answer.error
    why = f"{error.message}; {error.hint}".removesuffix("; ") if error else ""
    name = error.kind.value if error else ""
    place = Location(f"{answer.dir}/go.mod")
    return _issue(UNJUDGED, f"could not be judged: {why}", "blocker", _digest(UNJUDGED, answer.dir, name), place)


def _issue(check: str, text: str, severity: str, fingerprint: str, place: Location) -> dict[str, Any]:
    return {
        "description": log_text(text).strip() or check,
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": _path(place.path), "lines": {"begin": max(place.line or 1, 1)}},
    }


def _path(path: str) -> str:
    """The path as GitLab compares it: relative, as it is, bytes that are no UTF-8 replaced."""
    return relative_path(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _unique(issues: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same entries, none with the fingerprint of an earlier one."""
    seen: Counter[str] = Counter()
    for issue in issues:
        mark = issue["fingerprint"]
        seen[mark] += 1
        if seen[mark] > 1:
            issue["fingerprint"] = _digest(mark, str(seen[mark]))
    return issues


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]
