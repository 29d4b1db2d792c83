"""The report as one JSON object: CONTRACT "Reports", kind `check`."""

from __future__ import annotations

from typing import Any

from go_release_gate.model.finding import Edit, Finding, Location
from go_release_gate.model.report import CheckReport, Comparison, ModuleAnswer, Suppressed
from go_release_gate.model.severity import Severity
from go_release_gate.report.jsontext import SCHEMA, dumps
from go_release_gate.report.options import RenderOptions


def render(report: CheckReport, options: RenderOptions) -> str:  # noqa: ARG001 - every form takes the same two
    """The whole object and a final newline."""
    return dumps(document(report)) + "\n"


def document(report: CheckReport) -> dict[str, Any]:
    """CONTRACT's object; the order of its keys is part of the form."""
    return {
        **envelope(report, "check"),
        "summary": {severity.value: report.count(severity) for severity in Severity},
        "modules": [module(answer) for answer in report.modules],
        "skipped": [{"dir": directory, "reason": reason} for directory, reason in report.skipped],
        "findings": [finding(item) for item in report.findings],
        "suppressed": [_suppressed(item) for item in report.suppressed],
        "timings": _timings(report),
        "notices": list(report.notices),
        "comparison": _comparison(report.comparison),
    }


def envelope(report: CheckReport, kind: str) -> dict[str, Any]:
    """What the object of every verb begins with."""
    subject = report.subject
    return {
        "schema": SCHEMA,
        "kind": kind,
        "tool": {"name": "go-release-gate", "version": report.version, "go": report.go},
        "subject": {
            "repository": subject.repository,
            "commit": subject.commit,
            "ref": subject.ref,
            "event": subject.event.value,
            "base": subject.base,
            "config": subject.config,
            "run": subject.run,
        },
        "verdict": report.verdict.value,
        "complete": report.complete,
    }


def module(answer: ModuleAnswer) -> dict[str, Any]:
    """One entry of `modules`."""
    tidy, verify, error = answer.tidy, answer.verify, answer.error
    return {
        "dir": answer.dir,
        "path": answer.path,
        "tidy": {"outcome": tidy.outcome.value, "kind": tidy.kind, "diff": tidy.diff},
        "verify": {
            "outcome": verify.outcome.value,
            "modules": verify.modules,
            "verified": verify.verified,
            "absent": verify.absent,
            "bytes": verify.bytes,
            "healed": list(verify.healed),
        },
        "vendor": {"outcome": answer.vendor.value},
        "error": error and {"class": error.kind.value, "message": error.message, "hint": error.hint},
    }


def finding(item: Finding) -> dict[str, Any]:
    """One entry of `findings`."""
    return {
        "rule": item.rule,
        "severity": item.severity.value,
        "confidence": item.confidence.value,
        "message": item.message,
        "module": item.module,
        "target": {"kind": item.target.kind, "name": item.target.name},
        "state": item.state,
        "location": _location(item.location),
        "related": [
            {"message": related.message, "location": related.location and _location(related.location)}
            for related in item.related
        ],
        "fingerprint": item.fingerprint,
        "help_url": item.help_url,
        "owners": list(item.owners),
        "fix": item.fix and {"safe": item.fix.safe, "edits": [_edit(edit) for edit in item.fix.edits]},
    }


def _location(place: Location) -> dict[str, Any]:
    return {"path": place.path, "line": place.line, "end_line": place.end_line, "column": place.column}


def _edit(edit: Edit) -> dict[str, Any]:
    return {"path": edit.path, "start_line": edit.start_line, "end_line": edit.end_line, "text": edit.text}


def _suppressed(item: Suppressed) -> dict[str, Any]:
    return {"by": item.by, "reason": item.reason, "finding": finding(item.finding)}


def _comparison(found: Comparison | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"base": found.base, "new": found.new, "existing": found.existing, "fixed": found.fixed}


def _timings(report: CheckReport) -> dict[str, Any]:
    phases = {name: round(seconds, 3) for name, seconds in report.timings.items() if name != "total"}
    return {"total_s": round(report.timings.get("total", 0.0), 3), "phases": phases}
