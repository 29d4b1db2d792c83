"""Diffs in Markdown, folded, each under a name that says what and how much is inside."""

from __future__ import annotations

from collections.abc import Iterable

from go_release_gate.model.report import CheckReport, ModuleAnswer
from go_release_gate.report import phrases
from go_release_gate.report.neutral import code_block, html_text

LONGEST_LINE = 2_000  # characters


def diff_blocks(report: CheckReport, most_lines: int, most: int) -> list[str]:
    """A heading and one folded diff per module that has one; at most `most` diffs of `most_lines` lines."""
    with_diff = [answer for answer in report.modules if answer.tidy.diff]
    if not with_diff:
        return []
    more = len(with_diff) - most
    tail = [f"{phrases.plural(more, 'more diff')} left out: `go-release-gate check --diff` prints them."]
    blocks = [_folded(answer, most_lines) for answer in with_diff[:most]]
    return ["### What tidy would change", *blocks, *(tail if more > 0 else [])]


def _folded(answer: ModuleAnswer, most_lines: int) -> str:
    return folded(answer.dir, [phrases.plural(changed_lines(answer), "changed line")], diff_block(answer, most_lines))


def folded(name: str, counts: Iterable[str], inside: str) -> str:
    """`inside` behind a name and what is inside; only these two show until a reader opens it."""
    summary = f"<code>{html_text(name, 200)}</code>: {', '.join(counts)}"
    return f"<details><summary>{summary}</summary>\n\n{inside}\n\n</details>"


def changed_lines(answer: ModuleAnswer) -> int:
    """How many lines the module's diff takes away or adds."""
    lines = answer.tidy.diff.split("\n")
    return sum(line.startswith(("+", "-")) and not line.startswith(("+++", "---")) for line in lines)


def diff_block(answer: ModuleAnswer, most_lines: int) -> str:
    """The module's diff, at most `most_lines` lines of it."""
    lines = answer.tidy.diff.removesuffix("\n").split("\n")
    shown = [line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + " ..." for line in lines[:most_lines]]
    if len(shown) < len(lines):
        shown.append(f"... {phrases.plural(len(lines) - len(shown), 'more line')}")
    return code_block("\n".join(shown), "diff")
