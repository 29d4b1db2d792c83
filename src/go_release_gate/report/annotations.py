"""Annotations: what stands at a line of a file, in a workflow's log and in a check run alike. Plain text, no Markdown.

https://docs.github.com/rest/checks/runs#create-a-check-run
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from go_release_gate.adapters.github.checks import CheckAnnotation
from go_release_gate.model.finding import Finding
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.report import CheckReport
from go_release_gate.model.severity import Severity
from go_release_gate.report import phrases
from go_release_gate.report.findings_list import reasons
from go_release_gate.report.neutral import log_block, log_text
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.placing import Placed, as_judged

MOST_REASONS = 3
TITLE_LIMIT = 200  # characters of rule and module; a check run takes 255 in all
PART_LIMIT = 700  # characters of one part of a message; the runner cuts the whole at 4096

_LEVELS = {Severity.ERROR: "failure", Severity.WARNING: "warning", Severity.NOTE: "notice"}


@dataclass(frozen=True, slots=True)
class Remark:
    """What an annotation says, whoever shows it; every text is neutralised.

    Attributes:
        line, end_line: from 1; `line` is None where it is about the file as a whole.
        details: the part of the diff that mends the file, empty where there is none.
    """

    severity: Severity
    title: str
    message: str
    path: str
    line: int | None = None
    end_line: int | None = None
    details: str = field(default="", compare=False)


def annotations(
    report: CheckReport, placed: Iterable[Placed] | None = None, options: RenderOptions | None = None
) -> tuple[CheckAnnotation, ...]:
    """The annotations of a check run, gravest first.

    Args:
        placed: the findings to show, with their lines in the head commit; None: all of them where they were judged.
            One without a line stands at line 1; one in a file whose name had to be spelled out (`\\x0a`) is left out,
            as GitHub refuses all annotations for such a name.
    """
    shown = remarks(report, placed, options)
    return tuple(_check_annotation(remark) for remark in shown if "\\" not in remark.path)


def remarks(
    report: CheckReport, placed: Iterable[Placed] | None = None, options: RenderOptions | None = None
) -> list[Remark]:
    """What could not be judged and what was found, gravest first, the same only once."""
    items = as_judged(report.findings) if placed is None else placed
    diffs = _Diffs(report)
    found = [*_unjudged(report), *(_remark(item, diffs, options or RenderOptions()) for item in items)]
    return sorted(dict.fromkeys(found), key=lambda remark: remark.severity.rank)


def _check_annotation(remark: Remark) -> CheckAnnotation:
    start = remark.line or 1
    return CheckAnnotation(
        path=remark.path,
        start_line=start,
        end_line=remark.end_line or start,
        level=_LEVELS[remark.severity],
        title=remark.title,
        message=remark.message,
        raw_details=remark.details,
    )


class _Diffs:
    """The diff of each file that tidy would change; given once, to the first finding that its fix would mend."""

    def __init__(self, report: CheckReport) -> None:
        self._left = {path: part for answer in report.modules for path, part in _by_file(answer.tidy.diff)}

    def take(self, finding: Finding) -> str:
        """The diff of the finding's file, neutralised."""
        path = finding.location.path
        if finding.fix is None or path not in {edit.path for edit in finding.fix.edits}:
            return ""
        return "\n".join(log_block(self._left.pop(path, "")))


def _remark(item: Placed, diffs: _Diffs, options: RenderOptions) -> Remark:
    finding, line, end = item.finding, item.line, item.end_line
    module = f" in {finding.module}" if finding.module not in {None, "."} else ""
    return Remark(
        severity=finding.severity,
        title=log_text(finding.rule + module, TITLE_LIMIT),
        message="\n".join(log_text(part, PART_LIMIT) for part in _parts(finding, options)),
        path=log_text(finding.location.path) or ".",
        line=line,
        end_line=end if line and (end or 0) >= line else None,
        details=diffs.take(finding),
    )


def _parts(finding: Finding, options: RenderOptions) -> Iterator[str]:
    yield finding.message
    yield from (f"why: {reason}" for reason in reasons(finding)[:MOST_REASONS])
    if options.reported_by:
        yield f"reported by {options.reported_by}, not verified"
        return
    if finding.command:
        yield f"run: {finding.command}"
    if finding.help_url:
        yield f"see: {finding.help_url}"


def _unjudged(report: CheckReport) -> Iterator[Remark]:
    severity = Severity.ERROR if report.verdict is Verdict.UNAVAILABLE else Severity.WARNING
    for entry in phrases.unjudged(report):
        first = entry.dirs[0]
        others = f" ({phrases.plural(len(entry.dirs), 'module')})" if len(entry.dirs) > 1 else ""
        parts = [f"{first}: not judged{others}: {entry.error.message}", entry.error.hint]
        file = entry.error.path or ("go.mod" if first == "." else f"{first}/go.mod")
        message = "\n".join(log_text(part, PART_LIMIT) for part in parts if part)
        yield Remark(severity, f"not judged: {entry.error.kind.value}", message, log_text(file), entry.error.line)


def _by_file(diff: str) -> Iterator[tuple[str, str]]:
    """The parts of a diff with the path each names; one without a path is left out."""
    lines = diff.split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith("diff ")]
    for start, end in pairwise([*starts, len(lines)]):
        part = lines[start:end]
        names = [line[4:].partition("/")[2] for line in part[:6] if line.startswith(("--- ", "+++ "))]
        path = next((name for name in reversed(names) if name not in {"", "dev/null"}), "")
        if path:
            yield path, "\n".join(part)
