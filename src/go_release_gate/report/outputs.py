"""The step outputs of a check: CONTRACT "Step inputs and outputs"."""

from __future__ import annotations

from typing import Any

from go_release_gate.model.report import CheckReport, ModuleAnswer
from go_release_gate.report import phrases
from go_release_gate.report.jsontext import dumps


def check_outputs(
    report: CheckReport, *, report_path: str = "", sarif_path: str = "", patch_path: str = "", matrix: str = ""
) -> dict[str, str]:
    """Name → value of every output that a check fills; paths are empty where no such file was written.

    `modules` is a JSON list of `{dir, path, tidy, verify, vendor, error}`: outcomes in one word and the error's
    class or null. `matrix` is what `plan` would say; without one, every module is a job of its own.
    """
    return {
        "verdict": report.verdict.value,
        "complete": "true" if report.complete else "false",
        "findings": str(len(report.findings)),
        "modules": dumps([_module(answer) for answer in report.modules], indent=None),
        "report": report_path,
        "sarif": sarif_path,
        "patch": patch_path,
        "matrix": matrix or dumps(_matrix(report), indent=None),
    }


def _module(answer: ModuleAnswer) -> dict[str, Any]:
    tidy, verify, vendor = phrases.outcomes(answer)
    return {
        "dir": answer.dir,
        "path": answer.path,
        "tidy": tidy.value,
        "verify": verify.value,
        "vendor": vendor.value,
        "error": answer.error and answer.error.kind.value,
    }


def _matrix(report: CheckReport) -> dict[str, Any]:
    return {"include": [{"dir": answer.dir, "path": answer.path} for answer in report.modules]}
