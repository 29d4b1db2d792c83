"""The job summary: Markdown that a person reads first when a job is red. At most 900 KiB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from go_release_gate.model.outcome import Outcome, Verdict
from go_release_gate.model.report import CheckReport, ModuleAnswer
from go_release_gate.report import phrases
from go_release_gate.report.findings_list import findings_section
from go_release_gate.report.markdown_diff import diff_blocks
from go_release_gate.report.neutral import code_block, code_span, log_text, markdown_text, table_cell
from go_release_gate.report.options import RenderOptions

BUDGET = 900 * 1024  # bytes; the runner drops a summary over 1 MiB whole
MOST_COMMANDS = 20
MOST_ROWS = 30  # modules in the table before those without trouble are only counted
TRIMMED_LINES = 40  # of one diff, on the second step of the ladder
MANY = 100_000
SHORTEST_ITEM = 80  # bytes that one finding takes at the very least

SYMBOLS = {
    Outcome.PASS: "✅",
    Outcome.FAIL: "❌",
    Outcome.UNAVAILABLE: "❓",
    Outcome.NOT_APPLICABLE: "⚪",
}


def render(report: CheckReport, options: RenderOptions, budget: int = BUDGET) -> str:  # noqa: ARG001 - as every form
    """The richest of the three forms that fits `budget` bytes: everything, trimmed diffs, counts only."""
    ladder: tuple[Callable[[], str], ...] = (
        lambda: _page(report, diff_lines=MANY, most=MANY),
        lambda: _page(report, diff_lines=TRIMMED_LINES, most=200),
        lambda: _counts(report),
    )
    least = sum(len(answer.tidy.diff) for answer in report.modules) + SHORTEST_ITEM * len(report.findings)
    hopeless = least > budget
    for form in ladder[1 if hopeless else 0 : -1]:
        text = form()
        if len(text.encode("utf-8", "backslashreplace")) <= budget:
            return text
    return ladder[-1]()


def _page(report: CheckReport, *, diff_lines: int, most: int) -> str:
    blocks = [
        _heading(report),
        _table(report, most),
        *findings_section(report, most),
        *_unjudged(report),
        *_commands(report),
        *diff_blocks(report, diff_lines, most),
        *_remarks(report),
        _versions(report),
    ]
    return "\n\n".join(blocks) + "\n"


def _counts(report: CheckReport) -> str:
    """The last step: bounded whatever the repository holds."""
    rules = Counter(finding.rule for finding in report.findings)
    rows = [f"| {code_span(rule, 80)} | {number} |" for rule, number in rules.most_common(50)]
    table = "\n".join(["| Rule | Findings |", "| --- | ---: |", *rows]) if rows else "No rule found anything."
    note = "There is too much to show here: the log and the JSON report hold every finding."
    return "\n\n".join([_heading(report), note, table, _versions(report)]) + "\n"


def _heading(report: CheckReport) -> str:
    symbol = {Verdict.PASS: "✅", Verdict.FAIL: "❌", Verdict.UNAVAILABLE: "❓"}[report.verdict]
    verdict, _, words = phrases.headline(report).partition(": ")
    return f"## {symbol} {verdict.title()}: {words}"


def _table(report: CheckReport, most: int) -> str:
    shown = list(report.modules)
    if len(shown) > MOST_ROWS:
        shown = [answer for answer in shown if not phrases.is_well(answer)]
    found = {group.module: phrases.count_words(group.findings) for group in phrases.groups(report)}
    rows = [_row(answer, found.get(answer.dir, "none")) for answer in shown[:most]]
    head = ["| Module | Tidy | Verify | Vendor | Findings |", "| --- | --- | --- | --- | --- |"]
    hidden = len(report.modules) - len(rows)
    passing = sum(phrases.is_well(answer) for answer in report.modules) if len(report.modules) > MOST_ROWS else 0
    tail = []
    if hidden:
        more = hidden - passing
        words = [f"{phrases.plural(passing, 'module')} pass"] if passing else []
        words += [f"{phrases.plural(more, 'module')} with trouble"] if more else []
        tail = [f"Not in the table: {', '.join(words)}."]
    return "\n\n".join(["\n".join([*head, *rows]), *tail] if rows else tail)


def _row(answer: ModuleAnswer, found: str) -> str:
    words = phrases.status_words(answer)
    verify = answer.verify
    if verify.outcome is Outcome.PASS and verify.modules:
        words = (words[0], f"{words[1]}, {phrases.plural(verify.verified, 'version')}", words[2])
    cells = [f"{SYMBOLS[outcome]} {word}" for outcome, word in zip(phrases.outcomes(answer), words, strict=True)]
    return "| " + " | ".join([table_cell(code_span(answer.dir, 200)), *cells, found]) + " |"


def _unjudged(report: CheckReport) -> Iterator[str]:
    entries = phrases.unjudged(report)
    if not entries:
        return
    lines = ["### Not judged", ""]
    for entry in entries:
        names = ", ".join(code_span(name, 200) for name in entry.dirs[:5])
        more = f" and {len(entry.dirs) - 5} more" if len(entry.dirs) > 5 else ""
        lines.append(f"- ❓ {names}{more}: **{entry.error.kind.value}**: {markdown_text(entry.error.message)}")
        if entry.error.hint:
            lines.append(f"  - hint: {markdown_text(entry.error.hint)}")
    yield "\n".join(lines)


def _commands(report: CheckReport) -> Iterator[str]:
    commands = list(dict.fromkeys(finding.command for finding in report.findings if finding.command))
    if not commands:
        return
    first = []
    if any(finding.fix is not None and finding.fix.safe for finding in report.findings):
        first = ["# all that can safely be mended:", "go-release-gate check --fix", "", "# or one by one:"]
    shown = [log_text(command) for command in commands[:MOST_COMMANDS]]
    if len(shown) < len(commands):
        shown.append(f"# and {len(commands) - len(shown)} more, beside their findings")
    yield "### Mend it\n\nAt the root of the repository:\n\n" + code_block("\n".join([*first, *shown]), "sh")


def _remarks(report: CheckReport) -> Iterator[str]:
    lines = [
        f"- healed: {code_span(name)} was damaged in the module cache; it was fetched and hashed again"
        for name in phrases.healed(report)
    ]
    lines += [f"- {markdown_text(notice)}" for notice in report.notices]
    unknown, of = phrases.unknown_reasons(report)
    if unknown:
        lines.append(f"- no reason known for {unknown} of {phrases.plural(of, 'changed line')}")
    if report.suppressed:
        ways = phrases.tally(item.by for item in report.suppressed)
        lines.append(f"- {phrases.plural(len(report.suppressed), 'finding')} suppressed ({ways})")
    if report.skipped:
        number = phrases.plural(len(report.skipped), "directory", "directories")
        lines.append(f"- {number} skipped: {phrases.tally(markdown_text(why) for _, why in report.skipped)}")
    if lines:
        yield "\n".join(["### Remarks", "", *lines])


def _versions(report: CheckReport) -> str:
    words = phrases.judged_by(report)
    return f"{words[0].upper()}{markdown_text(words[1:])}."
