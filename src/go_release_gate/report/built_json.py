"""The report of `build` as one JSON object: kind `build`."""

from __future__ import annotations

from typing import Any

from go_release_gate.facts.built import BuildFailure, BuiltProgram, CheckedVariant, Order
from go_release_gate.model.outcome import ModuleError
from go_release_gate.model.severity import Severity
from go_release_gate.report.binary_json import binary
from go_release_gate.report.built import BuildReport, outcome
from go_release_gate.report.built_images import document as images
from go_release_gate.report.json_report import envelope, finding
from go_release_gate.report.jsontext import dumps
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.shipped_forms import document as changes


def render(report: BuildReport, options: RenderOptions) -> str:  # noqa: ARG001 - every form takes the same two
    """The whole object and a final newline."""
    return dumps(document(report)) + "\n"


def document(report: BuildReport) -> dict[str, Any]:
    """The object; the order of its keys is part of the form."""
    check = report.check
    return {
        **envelope(check, "build"),
        "summary": {severity.value: check.count(severity) for severity in Severity},
        "binaries": [_program(one) for one in report.built.programs],
        "variants": [_variant(one) for one in report.built.variants],
        "changes": report.changes and changes(report.changes),
        "images": report.images and images(report.images),
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


def _program(one: BuiltProgram) -> dict[str, Any]:
    told = binary(one.binary) if one.binary else {"path": "", "size": 0, "digest": "", "elf": None, "build": None}
    return {
        "service": one.order.service,
        "package": one.order.package,
        "module": one.order.module,
        "platform": one.order.platform,
        "outcome": outcome(one),
        **{key: told[key] for key in ("path", "size", "digest", "elf", "build")},
        "unreadable": one.binary.unreadable if one.binary else "",
        "asked": _asked(one.order),
        "failure": one.failure and _failure(one.failure),
        "error": one.error and _error(one.error),
        "reproducible": one.is_reproduced,
        "difference": one.difference
        and {"what": one.difference.what, "section": one.difference.section, "offset": one.difference.offset},
        "smoke": one.smoke
        and {"command": list(one.smoke.command), "problem": one.smoke.problem, "said": one.smoke.said},
        "seconds": round(one.seconds, 3),
    }


def _asked(order: Order) -> dict[str, Any]:
    return {
        "tags": list(order.tags),
        "cgo": order.cgo,
        "ldflags": order.ldflags,
        "environment": dict(order.environment),
        "path": order.path,
        "line": order.line if order.path else None,
        "stage": order.stage,
        "unknown": list(order.unknown),
    }


def _variant(one: CheckedVariant) -> dict[str, Any]:
    return {
        "service": one.order.service,
        "platform": one.order.platform,
        "tags": list(one.order.tags),
        "failure": one.failure and _failure(one.failure),
        "error": one.error and _error(one.error),
    }


def _failure(one: BuildFailure) -> dict[str, Any]:
    return {"message": one.message, "path": one.path, "line": one.line, "column": one.column}


def _error(one: ModuleError) -> dict[str, Any]:
    return {"class": one.kind.value, "message": one.message, "hint": one.hint}
