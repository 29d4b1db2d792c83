"""The report of `test` as one JSON object: kind `test`."""

from __future__ import annotations

from typing import Any

from go_release_gate.facts.tested import RanCommand, RanModule, RanPackage, RanTest, Threshold
from go_release_gate.gotest.profile import Covered
from go_release_gate.gotest.troubles import Trouble
from go_release_gate.model.outcome import ModuleError
from go_release_gate.model.severity import Severity
from go_release_gate.report import tested
from go_release_gate.report.json_report import envelope, finding
from go_release_gate.report.jsontext import dumps
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.tested import TestingReport


def render(report: TestingReport, options: RenderOptions) -> str:  # noqa: ARG001 - every form takes the same two
    """The whole object and a final newline."""
    return dumps(document(report)) + "\n"


def document(report: TestingReport) -> dict[str, Any]:
    """The object; the order of its keys is part of the form."""
    check, counts = report.check, tested.tally(report)
    return {
        **envelope(check, "test"),
        "summary": {severity.value: check.count(severity) for severity in Severity},
        "tests": {name: counts[name] for name in tested.OUTCOMES},
        "coverage": _covered(report.tests.coverage),
        "changed_coverage": _covered(report.tests.changed),
        "base": report.tests.base,
        "thresholds": [_threshold(one) for one in report.tests.thresholds],
        "modules": [_module(one) for one in report.tests.modules],
        "commands": [_command(one) for one in report.tests.commands],
        "skipped": [{"dir": directory, "reason": reason} for directory, reason in check.skipped],
        "findings": [finding(item) for item in check.findings],
        "suppressed": [
            {"by": item.by, "reason": item.reason, "finding": finding(item.finding)} for item in check.suppressed
        ],
        "notices": list(check.notices),
        "timings": {
            "total_s": round(check.timings.get("total", 0.0), 3),
            "phases": {name: round(seconds, 3) for name, seconds in check.timings.items() if name != "total"},
        },
    }


def _covered(part: Covered | None) -> dict[str, Any] | None:
    if part is None:
        return None
    return {"covered": part.covered, "total": part.total, "percent": round(part.percent, 2) if part.total else None}


def _threshold(one: Threshold) -> dict[str, Any]:
    return {
        "module": one.name or None,
        "coverage": _covered(one.coverage),
        "wanted": one.wanted,
        "changed_coverage": _covered(one.changed),
        "wanted_changed": one.wanted_changed,
    }


def _module(one: RanModule) -> dict[str, Any]:
    return {
        "dir": one.dir,
        "path": one.path,
        "outcome": tested.outcome(one),
        "race": one.is_raced,
        "coverage": _covered(one.coverage),
        "changed_coverage": _covered(one.changed),
        "uncovered": [{"path": part.path, "lines": [list(pair) for pair in part.runs]} for part in one.uncovered],
        "packages": [_package(part) for part in one.packages],
        "error": one.error and _error(one.error),
        "seconds": round(one.seconds, 3),
    }


def _package(one: RanPackage) -> dict[str, Any]:
    return {
        "path": one.path,
        "dir": one.dir,
        "outcome": one.outcome,
        "cached": one.is_cached,
        "seed": one.seed,
        "troubles": [_trouble(part) for part in one.troubles],
        "tests": [_test(part) for part in one.tests],
        "seconds": round(one.seconds, 3),
    }


def _test(one: RanTest) -> dict[str, Any]:
    return {
        "name": one.name,
        "outcome": one.outcome,
        "troubles": [_trouble(part) for part in one.troubles],
        "seconds": round(one.seconds, 3),
    }


def _trouble(one: Trouble) -> dict[str, Any]:
    return {"kind": one.kind, "message": one.message, "path": one.path, "line": one.line, "column": one.column}


def _command(one: RanCommand) -> dict[str, Any]:
    return {
        "name": one.name,
        "command": list(one.command),
        "problem": one.problem,
        "error": one.error and _error(one.error),
        "seconds": round(one.seconds, 3),
    }


def _error(one: ModuleError) -> dict[str, Any]:
    return {"class": one.kind.value, "message": one.message, "hint": one.hint}
