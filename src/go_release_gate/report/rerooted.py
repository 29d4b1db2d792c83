"""A report on a folder of a repository, told as a report on the repository: GitHub knows paths from its root alone."""

from __future__ import annotations

import posixpath
import shlex
from dataclasses import replace

from go_release_gate.model.finding import Finding, Location, Related
from go_release_gate.model.report import CheckReport, ModuleAnswer


def rerooted(report: CheckReport, folder: str) -> CheckReport:
    """The report with every path seen from the directory that `folder` lies in.

    Args:
        folder: where the judged folder lies in the repository, with `/`; `.`: it is the repository, nothing changes.
    """
    if folder in ("", "."):
        return report
    return replace(
        report,
        findings=tuple(_finding(finding, folder) for finding in report.findings),
        suppressed=tuple(replace(item, finding=_finding(item.finding, folder)) for item in report.suppressed),
        modules=tuple(_module(answer, folder) for answer in report.modules),
        patch=_diff(report.patch, folder),
        skipped=tuple((_join(folder, directory), reason) for directory, reason in report.skipped),
    )


def _finding(finding: Finding, folder: str) -> Finding:
    fix = finding.fix
    moved = fix and replace(fix, edits=tuple(replace(edit, path=_join(folder, edit.path)) for edit in fix.edits))
    return replace(
        finding,
        module=finding.module and _join(folder, finding.module),
        location=_location(finding.location, folder),
        related=tuple(_related(related, folder) for related in finding.related),
        command=_command(finding.command, folder),
        fix=moved,
    )


def _command(command: str, folder: str) -> str:
    """The command for the root of the repository; several of them can be pasted as one block."""
    words = shlex.split(command)
    if words[:2] == ["go", "-C"]:
        return shlex.join(["go", "-C", _join(folder, words[2]), *words[3:]])
    if words[:1] == ["go"]:
        return shlex.join(["go", "-C", folder, *words[1:]])
    return f"(cd {shlex.quote(folder)} && {command})" if command else ""


def _diff(diff: str, folder: str) -> str:
    """The diff with the paths of its headers, as facts/patch.py writes them, seen from the root."""
    lines, is_header = diff.split("\n"), False
    for number, line in enumerate(lines):
        is_header = line.startswith("diff --git ") or (is_header and not line.startswith("@@"))
        if is_header:
            lines[number] = _header(line, folder)
    return "\n".join(lines)


def _header(line: str, folder: str) -> str:
    word, space, path = line.partition(" ")
    if word in {"---", "+++"} and path.startswith(("a/", "b/")):
        return f"{word}{space}{path[:2]}{folder}/{path[2:]}"
    if word == "diff":
        path = path.removeprefix("--git a/")
        path = path[: (len(path) - len(" b/")) // 2]  # `P b/P`
        return f"diff --git a/{folder}/{path} b/{folder}/{path}"
    return line


def _related(related: Related, folder: str) -> Related:
    return replace(related, location=related.location and _location(related.location, folder))


def _module(answer: ModuleAnswer, folder: str) -> ModuleAnswer:
    error = answer.error
    moved = error and replace(error, path=error.path and _join(folder, error.path))
    tidy = replace(answer.tidy, diff=_diff(answer.tidy.diff, folder))
    return replace(answer, dir=_join(folder, answer.dir), tidy=tidy, error=moved)


def _location(place: Location, folder: str) -> Location:
    return replace(place, path=_join(folder, place.path))


def _join(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))
