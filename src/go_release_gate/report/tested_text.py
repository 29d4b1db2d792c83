"""What `test` says to people: findings, what could not be tested, a row for each module, the verdict."""

from __future__ import annotations

from go_release_gate.facts.tested import RanCommand, RanModule
from go_release_gate.report import phrases, tested
from go_release_gate.report.colour import paint
from go_release_gate.report.neutral import guard, log_text
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.tested import TestingReport
from go_release_gate.report.text import group_lines

MOST_ROWS = 100  # with -v all
MOST_SEEDS = 20  # of packages that failed
LINE = 300  # characters of one foreign text


def render(report: TestingReport, options: RenderOptions) -> str:
    """The whole text, each line harmless in a log."""
    lines: list[str] = []
    for group in phrases.groups(report.check):
        lines += [*group_lines(group, options), ""]
    lines += rest_lines(report, options)
    return "".join(guard(line) + "\n" for line in lines)


def rest_lines(report: TestingReport, options: RenderOptions) -> list[str]:
    """Everything but the findings."""
    lines: list[str] = []
    for error in tested.errors(report):
        lines.append(
            f"{paint('not tested', 'unavailable', on=options.colour)} ({error.kind.value}): {log_text(error.message)}"
        )
        lines += [f"  hint: {log_text(error.hint)}"] if error.hint else []
    if not options.quiet:
        lines += [*table(report, options), ""] if report.tests.modules else []
        lines += [*map(_command, report.tests.commands), ""] if report.tests.commands else []
        lines += _bare(report) if options.verbose else []
        lines += [f"notice: {log_text(notice)}" for notice in report.check.notices]
        if report.check.suppressed:
            ways = phrases.tally(item.by for item in report.check.suppressed)
            lines.append(f"{phrases.plural(len(report.check.suppressed), 'finding')} suppressed ({ways})")
        if options.timings:
            lines += [f"time: {log_text(name)} {seconds:.3f} s" for name, seconds in report.check.timings.items()]
    verdict, _, words = tested.headline(report).partition(":")
    return [*lines, f"{paint(verdict, verdict, on=options.colour)}:{words}"]


def table(report: TestingReport, options: RenderOptions) -> list[str]:
    """A row for each module."""
    modules = report.tests.modules if options.verbose else report.tests.modules[:MOST_ROWS]
    rows = [[log_text(cell, LINE) for cell in _row(one)] for one in modules]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    more = len(report.tests.modules) - len(modules)
    return [*lines, *([f"and {more} more (-v shows them)"] if more else [])]


def _row(one: RanModule) -> list[str]:
    changed = f"changed lines {tested.percent(one.changed)}" if one.changed and one.changed.total else ""
    coverage = f"coverage {tested.percent(one.coverage)}" if one.coverage is not None else ""
    return [one.dir, tested.outcome(one), coverage, changed, ", ".join(tested.facts_of(one)), f"{one.seconds:.1f} s"]


def _command(one: RanCommand) -> str:
    word = one.problem or ("not run" if one.error else "passed")
    return f"{log_text(one.name, LINE)}: {log_text(word, LINE)} ({one.seconds:.1f} s)"


def _bare(report: TestingReport) -> list[str]:
    """Packages without tests, and the seeds of the others."""
    packages = [one for module in report.tests.modules for one in module.packages]
    lines = [f"no tests: {log_text(one.path, LINE)}" for one in packages if one.outcome == "no tests"]
    return lines + [f"shuffle {one.seed}: {log_text(one.path, LINE)}" for one in packages if one.seed]
