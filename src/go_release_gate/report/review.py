"""The review of a pull request: comments at changed lines, with suggestions where all of a fix fits there. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from go_release_gate.adapters.github.hunks import Hunks, parse_patch
from go_release_gate.adapters.github.pulls import PullFile
from go_release_gate.adapters.github.reviews import BODY_LIMIT, LineComment
from go_release_gate.model.finding import Finding
from go_release_gate.report import phrases
from go_release_gate.report.findings_list import SYMBOLS, reasons, rule_link
from go_release_gate.report.neutral import code_block, code_span, log_text, markdown_text
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.placing import Placed
from go_release_gate.report.suggestion import Suggestion, suggest

MOST_COMMENTS = 30  # of one review: people stop reading long before GitHub stops taking them
MOST_REASONS = 3
PART_LIMIT = 1_000  # characters of the message and of the command
REASON_LIMIT = 300
_LINES = re.compile(r":\d+\b")


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """What a review is to hold.

    Attributes:
        comments: at most thirty, gravest first.
        overflow: Markdown that lists what did not find room; empty when all did.
        fingerprints: whose finding a comment's mark stands for.
    """

    comments: tuple[LineComment, ...] = ()
    overflow: str = ""
    fingerprints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Remark:
    """A finding at the lines where its comment goes."""

    placed: Placed
    start: int
    end: int
    suggestion: Suggestion | None = None


def plan_review(placed: Iterable[Placed], files: Mapping[str, PullFile], options: RenderOptions) -> ReviewPlan:
    """The comments for the findings that stand in lines the pull request shows; others are left to the check run.

    Args:
        placed: the findings with their lines in the head commit, once each.
        files: what the pull request changes.
        options: with `reported_by` no suggestion, command or link is taken over: the report may be forged.
    """
    grave = sorted(placed, key=lambda item: item.finding.severity.rank)
    shown = {item.finding.location.path for item in grave} & files.keys()
    hunks = {path: parse_patch(files[path].patch) for path in shown}
    remarks = list(_remarks(grave, hunks, options))
    fingerprints: dict[str, str] = {}
    comments: list[LineComment] = []
    for remark in remarks[:MOST_COMMENTS]:
        comment = _comment(remark, options)
        if comment.mark not in fingerprints:
            fingerprints[comment.mark] = remark.placed.finding.fingerprint
            comments.append(comment)
    return ReviewPlan(tuple(comments), _overflow(remarks[MOST_COMMENTS:], options), fingerprints)


def _remarks(placed: Sequence[Placed], hunks: Mapping[str, Hunks], options: RenderOptions) -> Iterator[_Remark]:
    suggestions = {} if options.reported_by else _suggestions(placed, hunks)
    for number, item in enumerate(placed):
        known = hunks.get(item.finding.location.path, Hunks())
        if suggestion := suggestions.get(number):
            yield _Remark(item, suggestion.start, suggestion.end, suggestion)
        elif item.line is not None and known.in_hunk(item.line):
            end = item.end_line or item.line
            yield _Remark(item, item.line, end if known.same_hunk(item.line, end) else item.line)


def _suggestions(placed: Sequence[Placed], hunks: Mapping[str, Hunks]) -> dict[int, Suggestion]:
    """By the finding's number: no two that meet. Findings of one file often share one fix; it goes to the one that
    stands where something would change."""
    found = {
        number: suggestion
        for number, item in enumerate(placed)
        if (suggestion := suggest(item, hunks.get(item.finding.location.path, Hunks()))) is not None
    }
    taken: dict[int, Suggestion] = {}
    for number in sorted(found, key=lambda number: not found[number].holds(placed[number].line)):
        if not any(found[number].meets(other) for other in taken.values()):
            taken[number] = found[number]
    return taken


def _comment(remark: _Remark, options: RenderOptions) -> LineComment:
    finding = remark.placed.finding
    return LineComment(
        path=finding.location.path,
        line=remark.end,
        start_line=remark.start if remark.start < remark.end else None,
        body="\n\n".join(_blocks(remark, options)),
        mark=_mark(finding, remark.suggestion),
    )


def _mark(finding: Finding, suggestion: Suggestion | None) -> str:
    """What makes it the same comment tomorrow: the finding, what is said (but for line numbers) and suggested."""
    what = (finding.fingerprint, finding.severity.value, _LINES.sub("", finding.message))
    text = "\0".join((*what, suggestion.block if suggestion else ""))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _blocks(remark: _Remark, options: RenderOptions) -> Iterator[str]:
    finding = remark.placed.finding
    told = [f"- why: {markdown_text(reason, REASON_LIMIT)}" for reason in reasons(finding)]
    if len(told) > MOST_REASONS:
        told[MOST_REASONS:] = [f"- and {phrases.plural(len(told) - MOST_REASONS, 'more reason')}"]
    yield f"{_title(finding, options)}: {markdown_text(finding.message, PART_LIMIT)}"
    if told:
        yield "\n".join(told)
    if remark.suggestion:
        yield remark.suggestion.block
    elif finding.command and not options.reported_by:
        yield f"Run at the root of the repository:\n\n{code_block(log_text(finding.command, PART_LIMIT), 'sh')}"
    if options.reported_by:
        yield _reported_by(options)


def _title(finding: Finding, options: RenderOptions) -> str:
    rule = markdown_text(finding.rule, 100) if options.reported_by else rule_link(finding)
    return f"{SYMBOLS[finding.severity]} **{finding.severity.value}** {rule}"


def _reported_by(options: RenderOptions) -> str:
    return f"Reported by {markdown_text(options.reported_by, 200)}, not verified."


def _overflow(remarks: Sequence[_Remark], options: RenderOptions) -> str:
    """The list of the remarks without a comment, cut between two lines where a body would grow too long."""
    if not remarks:
        return ""
    lines = [f"{phrases.plural(len(remarks), 'more finding')} in changed lines:", ""]
    if options.reported_by:
        lines[0:0] = [_reported_by(options), ""]
    room = BODY_LIMIT - len("\n".join(lines)) - 100  # 100: the words on what is left out
    for number, remark in enumerate(remarks):
        line = _line(remark, options)
        room -= len(line) + 1
        if room < 0:
            left = phrases.plural(len(remarks) - number, "more finding")
            return "\n".join([*lines, "", f"And {left}: the JSON report holds all of them."])
        lines.append(line)
    return "\n".join(lines)


def _line(remark: _Remark, options: RenderOptions) -> str:
    finding = remark.placed.finding
    place = code_span(f"{finding.location.path}:{remark.end}", 400)
    return f"- {place} {_title(finding, options)}: {markdown_text(finding.message, PART_LIMIT)}"
