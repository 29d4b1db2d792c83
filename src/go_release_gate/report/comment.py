"""The one comment on a pull request: what is wrong, where, and what mends it; the rest is folded. Pure, and the same
text for equal facts, so that an update changes only what changed.

GitHub takes 65,536 characters; a marker goes before ours:
https://docs.github.com/rest/issues/comments#create-an-issue-comment
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from go_release_gate.model.outcome import Verdict
from go_release_gate.model.report import CheckReport
from go_release_gate.model.shipped import ShippedChanges
from go_release_gate.report import blocks, phrases
from go_release_gate.report.findings_list import WHOLE, findings_section, reasons
from go_release_gate.report.ladder import Form, is_hopeless, richest
from go_release_gate.report.markdown_diff import changed_lines, diff_block, folded
from go_release_gate.report.neutral import markdown_text
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.shipped_forms import markdown as changed_programs

BUDGET = 60_000  # characters
MOST_ROWS = 100
TRIMMED_ROWS = 30
MOST_FINDINGS = 20
MOST_COMMANDS = 10
MOST_REASONS = 30  # of one module
DIFF_LINES = 200


def is_worth_a_word(report: CheckReport) -> bool:
    """Whether there is something to say to somebody who has not been told anything yet."""
    if report.verdict is not Verdict.PASS or not report.complete:
        return True
    return bool(report.comparison.new if report.comparison else report.findings)


def render(report: CheckReport, options: RenderOptions, budget: int = BUDGET) -> str:
    """The body without its marker: the richest of the forms that fits `budget` characters."""
    report = replace(report, timings={})
    if not report.findings and report.complete:
        return "\n\n".join(_well(report, options)) + "\n"
    ladder: tuple[Form, ...] = (
        lambda: _page(report, options, rows=MOST_ROWS, details=True),
        lambda: _page(report, options, rows=TRIMMED_ROWS, details=False),
        lambda: _counts(report, options),
    )
    forms = ladder[1:] if is_hopeless(report, budget * 10) else ladder
    return richest(forms, lambda text: len(text) <= budget)


def render_changes(changes: ShippedChanges, budget: int = BUDGET) -> str:
    """The body of the comment of `build`, without its marker: which programs the pull request changes."""
    ladder: tuple[Form, ...] = tuple(
        partial(lambda rows: "\n\n".join(changed_programs(changes, rows)) + "\n", rows)
        for rows in (MOST_ROWS, TRIMMED_ROWS, 0)
    )
    return richest(ladder, lambda text: len(text) <= budget)


def _well(report: CheckReport, options: RenderOptions) -> Iterator[str]:
    """Nothing found: short and green, also where there was something before."""
    yield blocks.heading(report, options)
    yield from blocks.comparison(report)
    yield "Nothing is left to mend."
    yield from blocks.remarks(report)
    yield blocks.judged(report)


def _page(report: CheckReport, options: RenderOptions, *, rows: int, details: bool) -> str:
    parts = [
        blocks.heading(report, options),
        *blocks.strangers_note(options),
        *blocks.comparison(report),
        *blocks.modules_table(report, rows),
        *findings_section(report, options, MOST_FINDINGS, most_reasons=0),
        *blocks.commands(report, options, MOST_COMMANDS),
        *(_details(report) if details else []),
        *blocks.unjudged(report, MOST_COMMANDS),
        *blocks.owners(report),
        *blocks.remarks(report, MOST_COMMANDS),
        blocks.judged(report),
    ]
    return "\n\n".join(parts) + "\n"


def _counts(report: CheckReport, options: RenderOptions) -> str:
    return "\n\n".join([blocks.heading(report, options), *blocks.counts(report), blocks.judged(report)]) + "\n"


def _details(report: CheckReport) -> list[str]:
    """A heading, and per module why, and what tidy would change."""
    found = list(_folded(report))
    return ["### Why, and what would change", *found] if found else []


def _folded(report: CheckReport) -> Iterator[str]:
    answers = {answer.dir: answer for answer in report.modules}
    told = {
        group.module: [why for finding in group.findings for why in reasons(finding)]
        for group in phrases.groups(report)
    }
    for module in dict.fromkeys([*told, *(answer.dir for answer in report.modules if answer.tidy.diff)]):
        answer = answers.get(module or "")
        why = told.get(module, [])
        counts = [phrases.plural(len(why), "reason")] if why else []
        inside = [_reasons(why)] if why else []
        if answer and answer.tidy.diff:
            counts.append(phrases.plural(changed_lines(answer), "changed line"))
            inside.append(diff_block(answer, DIFF_LINES))
        if inside:
            yield folded(WHOLE if module is None else module, counts, "\n\n".join(inside))


def _reasons(why: list[str]) -> str:
    lines = [f"- why: {markdown_text(reason)}" for reason in why[:MOST_REASONS]]
    if len(why) > MOST_REASONS:
        lines.append(f"- and {phrases.plural(len(why) - MOST_REASONS, 'more reason')}")
    return "\n".join(lines)
