"""What `build` says to people: findings, what could not be judged, a table with a bar for each size, the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.built import BuiltProgram
from go_release_gate.model.sizes import size_text
from go_release_gate.report import built, built_images, phrases
from go_release_gate.report.built import BuildReport
from go_release_gate.report.colour import paint
from go_release_gate.report.neutral import guard, log_text
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.shipped_forms import text_lines
from go_release_gate.report.text import group_lines

BAR = 12  # characters of the longest bar
MOST_ROWS = 100  # with -v all
LINE = 300  # characters of one foreign text


def render(report: BuildReport, options: RenderOptions) -> str:
    """The whole text, each line harmless in a log."""
    lines: list[str] = []
    for group in phrases.groups(report.check):
        lines += [*group_lines(group, options), ""]
    lines += rest_lines(report, options)
    return "".join(guard(line) + "\n" for line in lines)


def rest_lines(report: BuildReport, options: RenderOptions) -> list[str]:
    """Everything but the findings."""
    lines: list[str] = []
    for error in built.errors(report):
        lines.append(
            f"{paint('not judged', 'unavailable', on=options.colour)} ({error.kind.value}): {log_text(error.message)}"
        )
        lines += [f"  hint: {log_text(error.hint)}"] if error.hint else []
    if not options.quiet:
        lines += [*table(report, options), ""] if report.built.programs else []
        lines += [*text_lines(report.changes, options), ""] if report.changes else []
        lines += [*built_images.text_lines(report.images), ""] if report.images else []
        lines += [f"notice: {log_text(notice)}" for notice in report.check.notices]
        lines += _suppressed(report)
        if options.timings:
            lines += [f"time: {log_text(name)} {seconds:.3f} s" for name, seconds in report.check.timings.items()]
    verdict, _, words = built.headline(report).partition(":")
    return [*lines, f"{paint(verdict, verdict, on=options.colour)}:{words}"]


def table(report: BuildReport, options: RenderOptions) -> list[str]:
    """A row for each service and platform."""
    programs = report.built.programs if options.verbose else report.built.programs[:MOST_ROWS]
    largest = max((one.binary.size for one in programs if one.binary), default=0)
    rows = [[log_text(cell, LINE) for cell in _row(one, largest)] for one in programs]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    more = len(report.built.programs) - len(programs)
    return [*lines, *([f"and {more} more (-v shows them)"] if more else [])]


def _row(one: BuiltProgram, largest: int) -> list[str]:
    size = one.binary.size if one.binary else 0
    bar = "#" * max(1, round(BAR * size / largest)) if size and largest else ""
    told = ", ".join(built.facts_of(one)) if one.binary else built.outcome(one)
    return [one.order.service, one.order.platform, size_text(size) if size else "", bar, told]


def _suppressed(report: BuildReport) -> Iterator[str]:
    suppressed = report.check.suppressed
    if suppressed:
        ways = phrases.tally(item.by for item in suppressed)
        yield f"{phrases.plural(len(suppressed), 'finding')} suppressed ({ways})"
