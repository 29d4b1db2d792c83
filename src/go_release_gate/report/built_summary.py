"""The job summary of `build`: the table first, then the findings, then the sizes as a picture of text."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.built import BuiltProgram
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.sizes import size_text
from go_release_gate.report import built, built_images, phrases
from go_release_gate.report.blocks import versions
from go_release_gate.report.built import BuildReport
from go_release_gate.report.findings_list import findings_section
from go_release_gate.report.ladder import Form, richest
from go_release_gate.report.neutral import code_block, code_span, log_text, markdown_text, table_cell
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.shipped_forms import markdown
from go_release_gate.report.size_picture import bars

BUDGET = 900 * 1024  # bytes; the runner drops a summary over 1 MiB whole
MOST_ROWS = 200
MOST_SECTIONS = 6  # of one program, the largest
MOST_PICTURES = 10
CELL = 160  # characters of one foreign text in the table

_SYMBOLS = {Verdict.PASS: "✅", Verdict.FAIL: "❌", Verdict.UNAVAILABLE: "❓"}
_OUTCOMES = {"built": "✅ built", "failed": "❌ failed", "not judged": "❓ not judged"}


def render(report: BuildReport, options: RenderOptions, budget: int = BUDGET) -> str:
    """The richest of three forms that fits: everything, fewer findings without the picture, table and counts."""
    ladder: tuple[Form, ...] = (
        lambda: _page(report, options, most=100_000, with_picture=True),
        lambda: _page(report, options, most=200, with_picture=False),
        lambda: _page(report, options, most=0, with_picture=False),
    )
    return richest(ladder, lambda text: len(text.encode("utf-8", "backslashreplace")) <= budget)


def _page(report: BuildReport, options: RenderOptions, *, most: int, with_picture: bool) -> str:
    verdict, _, words = built.headline(report).partition(": ")
    parts = [f"## {_SYMBOLS[report.check.verdict]} {markdown_text(log_text(f'{verdict.title()}: {words}'))}"]
    parts += markdown(report.changes)
    parts += _table(report)
    parts += built_images.markdown(report.images)
    parts += findings_section(report.check, options, most)
    parts += _unjudged(report)
    lines = list(_picture(report)) if with_picture else []
    if lines:
        parts += ["### Size", code_block("\n".join(lines))]
    if report.check.notices:
        parts.append("\n".join(["### Remarks", "", *(f"- {markdown_text(one)}" for one in report.check.notices[:100])]))
    return "\n\n".join([*parts, versions(report.check)]) + "\n"


def _table(report: BuildReport) -> Iterator[str]:
    programs = report.built.programs
    if not programs:
        return
    rows = ["| Service | Platform | Built | Size | Facts |", "| --- | --- | --- | ---: | --- |"]
    yield "\n".join([*rows, *(_row(one) for one in programs[:MOST_ROWS])])
    if len(programs) > MOST_ROWS:
        yield f"And {phrases.plural(len(programs) - MOST_ROWS, 'more program')}."


def _row(one: BuiltProgram) -> str:
    cells = [
        code_span(one.order.service, CELL),
        code_span(one.order.platform, CELL),
        _OUTCOMES[built.outcome(one)],
        size_text(one.binary.size) if one.binary else "",
        markdown_text(", ".join(built.facts_of(one)), CELL),
    ]
    return "| " + " | ".join(map(table_cell, cells)) + " |"


def _unjudged(report: BuildReport) -> Iterator[str]:
    lines = [
        f"- ❓ **{error.kind.value}**: {markdown_text(error.message)}"
        + (f" ({markdown_text(error.hint)})" if error.hint else "")
        for error in built.errors(report)
    ]
    if lines:
        yield "\n".join(["### Not judged", "", *lines[:100]])


def _picture(report: BuildReport) -> Iterator[str]:
    shown = [one for one in report.built.programs if one.binary and one.binary.elf and one.binary.elf.sections]
    for one in sorted(shown, key=lambda one: -(one.binary.size if one.binary else 0))[:MOST_PICTURES]:
        if one.binary is None or one.binary.elf is None:
            continue
        yield log_text(one.order.name, CELL)
        rows = [(section.size, section.name) for section in one.binary.elf.sections[:MOST_SECTIONS]]
        rest = one.binary.size - sum(size for size, _ in rows)
        yield from bars([*rows, (rest, "the rest")] if rest > 0 else rows, one.binary.size)
