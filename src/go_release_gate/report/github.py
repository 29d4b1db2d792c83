"""The report in a workflow's log: annotations, then one folded group per module, then the rest as plain text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from go_release_gate.adapters.github.runner import command, stopped
from go_release_gate.model.report import CheckReport
from go_release_gate.model.severity import Severity
from go_release_gate.report import phrases, text
from go_release_gate.report.annotations import Remark, remarks
from go_release_gate.report.neutral import guard, log_text
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.placing import as_judged

MOST_PER_LEVEL = 10  # annotations of one level that the runner takes from one step; the rest vanish silently

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


@dataclass(frozen=True, slots=True)
class Annotation:
    """A box at a line of a file. `level` is the runner's word: error, warning, notice."""

    level: str
    title: str
    message: str
    file: str = ""
    line: int | None = None
    end_line: int | None = None

    def __str__(self) -> str:
        """The workflow command."""
        return command(
            self.level, self.message, file=self.file, line=self.line, end_line=self.end_line, title=self.title
        )


def render(report: CheckReport, options: RenderOptions) -> str:
    """Everything a step says, for one stream."""
    shown = annotate(report, options.shown) if options.annotations else []
    lines = [*map(str, shown), *_log_lines(report, options)]
    return "".join(line + "\n" for line in lines)


def annotate(report: CheckReport, shown: Collection[str] = ()) -> list[Annotation]:
    """At most ten per level, errors first; the last place of a level says how many more the summary has.

    Args:
        shown: fingerprints of findings that stand somewhere else.
    """
    left = as_judged(finding for finding in report.findings if finding.fingerprint not in shown)
    wanted = list(map(_annotation, remarks(report, left)))
    return [item for level in _LEVELS.values() for item in _capped([a for a in wanted if a.level == level], level)]


def _capped(items: list[Annotation], level: str) -> list[Annotation]:
    if len(items) <= MOST_PER_LEVEL:
        return items
    shown = items[: MOST_PER_LEVEL - 1]
    more = phrases.plural(len(items) - len(shown), f"more {level}")
    return [*shown, Annotation(level, "go-release-gate", f"{more} in the summary")]


def _annotation(remark: Remark) -> Annotation:
    level = _LEVELS[remark.severity]
    return Annotation(level, remark.title, remark.message, remark.path, remark.line, remark.end_line)


def _log_lines(report: CheckReport, options: RenderOptions) -> Iterator[str]:
    for number, group in enumerate(phrases.groups(report)):
        yield command("group", guard(f"{log_text(group.title)}: {phrases.count_words(group.findings)}"))
        yield from _shielded(text.finding_lines(group, options), options, f"{number}")
        yield command("endgroup")
    yield from _shielded(text.rest_lines(report, options), options, "rest")


def _shielded(lines: Iterable[str], options: RenderOptions, part: str) -> Iterable[str]:
    """Neutralised lines between stop-commands; each block has a token of its own."""
    safe = [guard(line) for line in lines]
    return stopped(safe, options.token + part) if options.token else safe
