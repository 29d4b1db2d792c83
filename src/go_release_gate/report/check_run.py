"""The page of a check run: title, summary and text, each within what GitHub takes; and its conclusion.

https://docs.github.com/rest/checks/runs#create-a-check-run
"""

from __future__ import annotations

from dataclasses import replace

from go_release_gate.model.outcome import Verdict
from go_release_gate.model.report import CheckReport
from go_release_gate.report import blocks
from go_release_gate.report.findings_list import findings_section
from go_release_gate.report.ladder import Form, is_hopeless, richest
from go_release_gate.report.markdown_diff import diff_blocks
from go_release_gate.report.options import RenderOptions

BUDGET = 65_535  # characters, of summary and of text each
TRIMMED_LINES = 20  # of one diff, on the second step of the ladder
TRIMMED = 60  # modules and findings there
MANY = 100_000
NOTHING = "There is nothing to mend."
NOTHING_KNOWN = "Nothing was found in what could be judged."


def conclusion(report: CheckReport, options: RenderOptions) -> str:
    """`success`, `failure` or `neutral`. What was not judged, or not by us, is never a success."""
    if report.verdict is not Verdict.PASS:
        return "failure"
    return "success" if report.complete and not options.reported_by else "neutral"


def title(report: CheckReport, options: RenderOptions) -> str:
    """`Fail: 2 errors, 1 warning in 3 of 7 modules`; plain text."""
    return blocks.title(report, options)


def summary(report: CheckReport, options: RenderOptions, budget: int = BUDGET) -> str:
    """The modules and what could not be judged: Markdown of at most `budget` characters, the same for equal facts."""
    report = replace(report, timings={})
    ladder: tuple[Form, ...] = (
        lambda: _summary(report, options, MANY),
        lambda: _summary(report, options, TRIMMED),
        lambda: _counts(report, options),
    )
    return richest(ladder, lambda text: len(text) <= budget)


def text(report: CheckReport, options: RenderOptions, budget: int = BUDGET) -> str:
    """The findings, what mends them and what would change: Markdown of at most `budget` characters."""
    report = replace(report, timings={})
    ladder: tuple[Form, ...] = (
        lambda: _text(report, options, diff_lines=MANY, most=MANY),
        lambda: _text(report, options, diff_lines=TRIMMED_LINES, most=TRIMMED),
        lambda: _text(report, options, diff_lines=0, most=TRIMMED),
        lambda: "\n\n".join(blocks.counts(report)),
    )
    forms = ladder[1:] if is_hopeless(report, budget) else ladder
    return richest(forms, lambda page: len(page) <= budget)


def _summary(report: CheckReport, options: RenderOptions, most: int) -> str:
    parts = [
        *blocks.strangers_note(options),
        *blocks.comparison(report),
        *blocks.modules_table(report, most),
        *blocks.owners(report),
        *blocks.unjudged(report, most),
        *blocks.remarks(report, most),
        blocks.judged(report),
    ]
    return "\n\n".join(parts)


def _counts(report: CheckReport, options: RenderOptions) -> str:
    return "\n\n".join([*blocks.strangers_note(options), *blocks.counts(report), blocks.judged(report)])


def _text(report: CheckReport, options: RenderOptions, *, diff_lines: int, most: int) -> str:
    parts = [
        *findings_section(report, options, most),
        *blocks.commands(report, options),
        *(diff_blocks(report, diff_lines, most) if diff_lines else []),
    ]
    return "\n\n".join(parts) or (NOTHING if report.complete else NOTHING_KNOWN)
