"""The job summary of `inspect`: the table first, then the findings, then the sizes as a picture of text."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.image_content import ImageContent, PlatformImage
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.sizes import size_text
from go_release_gate.report import inspected, phrases
from go_release_gate.report.blocks import versions
from go_release_gate.report.findings_list import findings_section
from go_release_gate.report.inspected import InspectReport
from go_release_gate.report.ladder import Form, richest
from go_release_gate.report.neutral import code_block, code_span, log_text, markdown_text, table_cell
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.size_picture import picture

BUDGET = 900 * 1024  # bytes; the runner drops a summary over 1 MiB whole
MOST_ROWS = 50
MOST_PROGRAMS = 20  # of one platform
CELL = 160  # characters of one foreign text in the table

_SYMBOLS = {Verdict.PASS: "✅", Verdict.FAIL: "❌", Verdict.UNAVAILABLE: "❓"}


def render(report: InspectReport, options: RenderOptions, budget: int = BUDGET) -> str:
    """The richest of three forms that fits: everything, fewer findings without the picture, table and counts."""
    ladder: tuple[Form, ...] = (
        lambda: _page(report, options, most=100_000, with_picture=True),
        lambda: _page(report, options, most=200, with_picture=False),
        lambda: _page(report, options, most=0, with_picture=False),
    )
    return richest(ladder, lambda text: len(text.encode("utf-8", "backslashreplace")) <= budget)


def _page(report: InspectReport, options: RenderOptions, *, most: int, with_picture: bool) -> str:
    verdict, _, words = inspected.headline(report).partition(": ")
    parts = [f"## {_SYMBOLS[report.check.verdict]} {markdown_text(log_text(f'{verdict.title()}: {words}'))}"]
    if report.image is not None:
        against = markdown_text(inspected.held_against(report.expected), CELL)
        digest = code_span(report.image.digest) if report.image.digest else f"without a digest ({inspected.NO_DIGEST})"
        parts.append(f"Image {code_span(report.image.name, CELL)}, {digest}, against {against}.")
        parts += _tables(report.image)
    parts += findings_section(report.check, options, most)
    if report.image is not None and with_picture and report.image.platforms:
        parts += ["### Size", code_block("\n".join(picture(report.image)))]
    parts += _remarks(report)
    return "\n\n".join([*parts, versions(report.check)]) + "\n"


def _tables(image: ImageContent) -> Iterator[str]:
    rows = ["| Platform | Size | User | Starts | Go | Programs |", "| --- | ---: | --- | --- | --- | --- |"]
    rows += [_row(platform) for platform in image.platforms[:MOST_ROWS]]
    yield "\n".join(rows)
    if len(image.platforms) > MOST_ROWS:
        yield f"And {phrases.plural(len(image.platforms) - MOST_ROWS, 'more platform')}."


def _row(platform: PlatformImage) -> str:
    programs = [
        f"{code_span(one.path, CELL)} {size_text(one.size)}, {markdown_text(inspected.linking_of(one), CELL)}"
        for one in platform.binaries[:MOST_PROGRAMS]
    ]
    more = len(platform.binaries) - len(programs)
    cells = [
        code_span(platform.platform, CELL),
        size_text(inspected.pulled(platform)),
        code_span(inspected.user_of(platform), CELL),
        code_span(inspected.started_of(platform), CELL),
        code_span(inspected.go_of(platform), CELL),
        "<br>".join([*programs, *([f"and {more} more"] if more else [])]) or "none",
    ]
    return "| " + " | ".join(map(table_cell, cells)) + " |"


def _remarks(report: InspectReport) -> Iterator[str]:
    lines = [f"- not told: {markdown_text(sentence)}" for sentence in report.unreadable[:100]]
    lines += [f"- {markdown_text(notice)}" for notice in report.check.notices[:100]]
    lines += [
        f"- suppressed: {markdown_text(item.finding.message)}: {markdown_text(item.reason or item.by)}"
        for item in report.check.suppressed[:100]
    ]
    if lines:
        yield "\n".join(["### Remarks", "", *lines])
