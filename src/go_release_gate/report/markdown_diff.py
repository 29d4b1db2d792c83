"""Diffs in the job summary, folded, each under a name that says what and how much is inside."""

from __future__ import annotations

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
    lines = answer.tidy.diff.removesuffix("\n").split("\n")
    changed = sum(line.startswith(("+", "-")) and not line.startswith(("+++", "---")) for line in lines)
    shown = [line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + " ..." for line in lines[:most_lines]]
    if len(shown) < len(lines):
        shown.append(f"... {phrases.plural(len(lines) - len(shown), 'more line')}")
    name = f"<code>{html_text(answer.dir, 200)}</code>: {phrases.plural(changed, 'changed line')}"
    block = code_block("\n".join(shown), "diff")
    return f"<details><summary>{name}</summary>\n\n{block}\n\n</details>"
