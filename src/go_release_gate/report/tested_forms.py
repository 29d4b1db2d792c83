"""The forms of the report of `test` by name; those of findings alone are those of `check`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from go_release_gate.adapters.github.runner import command, stopped
from go_release_gate.report import phrases, tested_json, tested_junit, tested_text, text
from go_release_gate.report.formats import renderer
from go_release_gate.report.neutral import guard, log_text
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.tested import TestingReport


def form(name: str) -> Callable[[Any, RenderOptions], str]:
    """The renderer of a form. Raises UsageError with the known names."""
    own = {
        "text": tested_text.render,
        "json": tested_json.render,
        "junit": tested_junit.render,
        "github": _github,
        "sarif": _sarif,
    }
    if name in own:
        return own[name]
    of_check = renderer(name)
    return lambda report, options: of_check(report.check, options)


def _github(report: TestingReport, options: RenderOptions) -> str:
    """Annotations, then the findings in a folded group, then the table."""
    from go_release_gate.report import github

    lines = [str(one) for one in github.annotate(report.check, options.shown)] if options.annotations else []
    for number, group in enumerate(phrases.groups(report.check)):
        lines.append(command("group", guard(f"{log_text(group.title)}: {phrases.count_words(group.findings)}")))
        lines += _shielded(text.finding_lines(group, options), options, f"{number}")
        lines.append(command("endgroup"))
    lines += _shielded(tested_text.rest_lines(report, options), options, "rest")
    return "".join(line + "\n" for line in lines)


def _shielded(lines: list[str], options: RenderOptions, part: str) -> list[str]:
    safe = [guard(line) for line in lines]
    return list(stopped(safe, options.token + part)) if options.token else safe


def _sarif(report: TestingReport, options: RenderOptions) -> str:
    """One run in a category of its own: it must not close the alerts of `check`."""
    from go_release_gate.report import sarif
    from go_release_gate.report.sarif import CATEGORY, Part

    suppressed = report.check.suppressed if options.verbose and report.check.subject.run is None else ()
    part = Part(f"{CATEGORY}/test/", report.check.findings, suppressed, sarif.gaps(report.check))
    return sarif.log(report.check, [part])
