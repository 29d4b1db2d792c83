"""The job summary of `test`: a table of the modules first, then the findings, then what could not be tested."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.tested import RanModule
from go_release_gate.model.outcome import Verdict
from go_release_gate.report import phrases, tested
from go_release_gate.report.blocks import versions
from go_release_gate.report.findings_list import findings_section
from go_release_gate.report.ladder import Form, richest
from go_release_gate.report.neutral import code_span, log_text, markdown_text, table_cell
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.tested import TestingReport

BUDGET = 900 * 1024  # bytes; the runner drops a summary over 1 MiB whole
MOST_ROWS = 200
CELL = 160  # characters of one foreign text in the table

_SYMBOLS = {Verdict.PASS: "✅", Verdict.FAIL: "❌", Verdict.UNAVAILABLE: "❓"}
_OUTCOMES = {
    "passed": "✅ passed",
    "flaky": "⚠️ flaky",
    "failed": "❌ failed",
    "not tested": "❓ not tested",
    "no tests": "no tests",
}


def render(report: TestingReport, options: RenderOptions, budget: int = BUDGET) -> str:
    """The richest of three forms that fits: everything, fewer findings, table and counts."""
    ladder: tuple[Form, ...] = (
        lambda: _page(report, options, most=100_000),
        lambda: _page(report, options, most=200),
        lambda: _page(report, options, most=0),
    )
    return richest(ladder, lambda text: len(text.encode("utf-8", "backslashreplace")) <= budget)


def _page(report: TestingReport, options: RenderOptions, *, most: int) -> str:
    verdict, _, words = tested.headline(report).partition(": ")
    parts = [f"## {_SYMBOLS[report.check.verdict]} {markdown_text(log_text(f'{verdict.title()}: {words}'))}"]
    parts += _table(report)
    parts += _commands(report)
    parts += findings_section(report.check, options, most)
    parts += _untested(report)
    if report.check.notices:
        parts.append("\n".join(["### Remarks", "", *(f"- {markdown_text(one)}" for one in report.check.notices[:100])]))
    return "\n\n".join([*parts, versions(report.check)]) + "\n"


def _table(report: TestingReport) -> Iterator[str]:
    modules = report.tests.modules
    if not modules:
        return
    rows = ["| Module | Tests | Coverage | Changed lines | | Time |", "| --- | --- | ---: | ---: | --- | ---: |"]
    rows += [_row(one) for one in modules[:MOST_ROWS]]
    if len(modules) > 1:
        whole = [tested.percent(report.tests.coverage), tested.percent(report.tests.changed)]
        rows.append(f"| **all** | | {whole[0]} | {whole[1]} | | |")
    yield "\n".join(rows)
    if len(modules) > MOST_ROWS:
        yield f"And {phrases.plural(len(modules) - MOST_ROWS, 'more module')}."


def _row(one: RanModule) -> str:
    cells = [
        code_span(one.dir, CELL),
        _OUTCOMES[tested.outcome(one)],
        tested.percent(one.coverage),
        tested.percent(one.changed),
        markdown_text(", ".join(tested.facts_of(one)), CELL),
        f"{one.seconds:.1f} s",
    ]
    return "| " + " | ".join(map(table_cell, cells)) + " |"


def _commands(report: TestingReport) -> Iterator[str]:
    if report.tests.commands:
        rows = ["| Command | | Time |", "| --- | --- | ---: |"]
        for one in report.tests.commands:
            word = (
                f"❌ {markdown_text(one.problem, CELL)}" if one.problem else "❓ not run" if one.error else "✅ passed"
            )
            rows.append(f"| {table_cell(code_span(one.name, CELL))} | {table_cell(word)} | {one.seconds:.1f} s |")
        yield "\n".join(rows)


def _untested(report: TestingReport) -> Iterator[str]:
    lines = [
        f"- ❓ **{error.kind.value}**: {markdown_text(error.message)}"
        + (f" ({markdown_text(error.hint)})" if error.hint else "")
        for error in tested.errors(report)
    ]
    if lines:
        yield "\n".join(["### Not tested", "", *lines[:100]])
