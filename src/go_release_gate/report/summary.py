"""The job summary: Markdown that a person reads first when a job is red. At most 900 KiB."""

from __future__ import annotations

from go_release_gate.model.report import CheckReport
from go_release_gate.report import blocks
from go_release_gate.report.findings_list import findings_section
from go_release_gate.report.ladder import Form, is_hopeless, richest
from go_release_gate.report.markdown_diff import diff_blocks
from go_release_gate.report.options import RenderOptions

BUDGET = 900 * 1024  # bytes; the runner drops a summary over 1 MiB whole
TRIMMED_LINES = 40  # of one diff, on the second step of the ladder
MANY = 100_000


def render(report: CheckReport, options: RenderOptions, budget: int = BUDGET) -> str:
    """The richest of the three forms that fits `budget` bytes: everything, trimmed diffs, counts only."""
    ladder: tuple[Form, ...] = (
        lambda: _page(report, options, diff_lines=MANY, most=MANY),
        lambda: _page(report, options, diff_lines=TRIMMED_LINES, most=200),
        lambda: _counts(report, options),
    )
    forms = ladder[1:] if is_hopeless(report, budget) else ladder
    return richest(forms, lambda text: len(text.encode("utf-8", "backslashreplace")) <= budget)


def _page(report: CheckReport, options: RenderOptions, *, diff_lines: int, most: int) -> str:
    parts = [
        blocks.heading(report, options),
        *blocks.comparison(report),
        *blocks.modules_table(report, most),
        *findings_section(report, options, most),
        *blocks.owners(report),
        *blocks.unjudged(report),
        *blocks.commands(report, options),
        *diff_blocks(report, diff_lines, most),
        *blocks.remarks(report),
        blocks.versions(report),
    ]
    return "\n\n".join(parts) + "\n"


def _counts(report: CheckReport, options: RenderOptions) -> str:
    """The last step: bounded whatever the repository holds."""
    parts = [blocks.heading(report, options), *blocks.counts(report), blocks.versions(report)]
    return "\n\n".join(parts) + "\n"
