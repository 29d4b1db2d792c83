"""The report in a workflow's log: annotations, then one folded group per module, then the rest as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from go_release_gate.adapters.github.runner import command, stopped
from go_release_gate.model.finding import Finding
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.report import CheckReport
from go_release_gate.report import phrases, text
from go_release_gate.report.neutral import guard, log_text
from go_release_gate.report.options import RenderOptions

MOST_PER_LEVEL = 10  # annotations of one level that the runner takes from one step; the rest vanish silently
MOST_REASONS = 3
PART_LIMIT = 700  # characters of one part of an annotation; the runner cuts the whole at 4096

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


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
    lines = [*map(str, annotate(report)), *_log_lines(report, options)]
    return "".join(line + "\n" for line in lines)


def annotate(report: CheckReport) -> list[Annotation]:
    """At most ten per level, errors first; the last place of a level says how many more the summary has."""
    wanted = dict.fromkeys([*_unjudged(report), *map(_annotation, report.findings)])
    return [item for level in _LEVELS.values() for item in _capped([a for a in wanted if a.level == level], level)]


def _capped(items: list[Annotation], level: str) -> list[Annotation]:
    if len(items) <= MOST_PER_LEVEL:
        return items
    shown = items[: MOST_PER_LEVEL - 1]
    more = phrases.plural(len(items) - len(shown), f"more {level}")
    return [*shown, Annotation(level, "go-release-gate", f"{more} in the summary")]


def _annotation(finding: Finding) -> Annotation:
    place = finding.location
    return Annotation(
        level=_LEVELS[finding.severity.value],
        title=log_text(finding.rule + (f" in {finding.module}" if finding.module not in {None, "."} else "")),
        message="\n".join(log_text(part, PART_LIMIT) for part in _parts(finding)),
        file=log_text(place.path),
        line=place.line,
        end_line=place.end_line if place.line and (place.end_line or 0) >= place.line else None,
    )


def _parts(finding: Finding) -> Iterator[str]:
    yield finding.message
    yield from (f"why: {phrases.reason(related)}" for related in finding.related[:MOST_REASONS])
    if finding.command:
        yield f"run: {finding.command}"
    if finding.help_url:
        yield f"see: {finding.help_url}"


def _unjudged(report: CheckReport) -> Iterator[Annotation]:
    level = "error" if report.verdict is Verdict.UNAVAILABLE else "warning"
    for entry in phrases.unjudged(report):
        first = entry.dirs[0]
        others = f" ({phrases.plural(len(entry.dirs), 'module')})" if len(entry.dirs) > 1 else ""
        parts = [f"{first}: not judged{others}: {entry.error.message}", entry.error.hint]
        file = entry.error.path or ("go.mod" if first == "." else f"{first}/go.mod")
        message = "\n".join(log_text(part, PART_LIMIT) for part in parts if part)
        yield Annotation(level, f"not judged: {entry.error.kind.value}", message, log_text(file), entry.error.line)


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
