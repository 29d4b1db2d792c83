"""The Markdown blocks that job summary, check run and comment are put together from, in the same words.

Each function gives finished blocks, none where there is nothing to say; foreign text in them is harmless.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from go_release_gate.model.outcome import Outcome, Verdict
from go_release_gate.model.report import CheckReport, ModuleAnswer
from go_release_gate.report import phrases
from go_release_gate.report.links import run_link
from go_release_gate.report.neutral import code_block, code_span, log_text, markdown_text, table_cell
from go_release_gate.report.options import RenderOptions

MOST_COMMANDS = 20
MOST_ROWS = 30  # modules in the table before those without trouble are only counted
MOST_OWNERS = 20
MOST_RULES = 30  # in the table of counts, the last step of every ladder
NAME_LIMIT = 200
TITLE_LIMIT = 250  # characters; a check run takes 255

SYMBOLS = {
    Outcome.PASS: "✅",
    Outcome.FAIL: "❌",
    Outcome.UNAVAILABLE: "❓",
    Outcome.NOT_APPLICABLE: "⚪",
}
_VERDICTS = {Verdict.PASS: "✅", Verdict.FAIL: "❌", Verdict.UNAVAILABLE: "❓"}


def title(report: CheckReport, options: RenderOptions) -> str:
    """The verdict in plain words, `Fail: 2 errors in 1 of 3 modules`; of a report by others that it is theirs."""
    verdict, _, words = phrases.headline(report).partition(": ")
    whose = f"Reported by {options.reported_by}, not verified: " if options.reported_by else ""
    return log_text(f"{whose}{verdict.title()}: {words}", TITLE_LIMIT)


def heading(report: CheckReport, options: RenderOptions) -> str:
    """The title as a heading; the symbol says nothing that the words do not. A pass that others report is not green."""
    is_claim = options.reported_by and report.verdict is Verdict.PASS
    symbol = SYMBOLS[Outcome.NOT_APPLICABLE] if is_claim else _VERDICTS[report.verdict]
    return f"## {symbol} {markdown_text(title(report, options))}"


def strangers_note(options: RenderOptions) -> Iterator[str]:
    """What a report that others made is worth."""
    if options.reported_by:
        yield "Nobody has checked what stands here against the code: require the job, not this."


def comparison(report: CheckReport) -> Iterator[str]:
    """The findings held against those of the base commit."""
    if held := report.comparison:
        counts = f"{held.new} new, {held.existing} existing, {held.fixed} fixed"
        base = f" {code_span(held.base[:12])}" if held.base else ""
        yield f"Compared with the base{base}: **{counts}**. Only what is new decides."


def modules_table(report: CheckReport, most: int) -> Iterator[str]:
    """One row per module, at most `most`; where there are many, only those with trouble."""
    shown = list(report.modules)
    if len(shown) > MOST_ROWS:
        shown = [answer for answer in shown if not phrases.is_well(answer)]
    found = {group.module: phrases.count_words(group.findings) for group in phrases.groups(report)}
    rows = [_row(answer, found.get(answer.dir, "none")) for answer in shown[:most]]
    if rows:
        yield "\n".join(["| Module | Tidy | Verify | Vendor | Findings |", "| --- | --- | --- | --- | --- |", *rows])
    if hidden := len(report.modules) - len(rows):
        passing = sum(phrases.is_well(answer) for answer in report.modules) if len(report.modules) > MOST_ROWS else 0
        more = hidden - passing
        words = [f"{phrases.plural(passing, 'module')} pass"] if passing else []
        words += [f"{phrases.plural(more, 'module')} with trouble"] if more else []
        yield f"Not in the table: {', '.join(words)}."


def _row(answer: ModuleAnswer, found: str) -> str:
    words = phrases.status_words(answer)
    verify = answer.verify
    if verify.outcome is Outcome.PASS and verify.modules:
        words = (words[0], f"{words[1]}, {phrases.plural(verify.verified, 'version')}", words[2])
    cells = [f"{SYMBOLS[outcome]} {word}" for outcome, word in zip(phrases.outcomes(answer), words, strict=True)]
    return "| " + " | ".join([table_cell(code_span(answer.dir, NAME_LIMIT)), *cells, found]) + " |"


def unjudged(report: CheckReport, most: int = 100) -> Iterator[str]:
    """What could not be judged, by reason."""
    entries = phrases.unjudged(report)
    if not entries:
        return
    lines = ["### Not judged", ""]
    for entry in entries[:most]:
        names = ", ".join(code_span(name, NAME_LIMIT) for name in entry.dirs[:5])
        more = f" and {len(entry.dirs) - 5} more" if len(entry.dirs) > 5 else ""
        lines.append(f"- ❓ {names}{more}: **{entry.error.kind.value}**: {markdown_text(entry.error.message)}")
        if entry.error.hint:
            lines.append(f"  - hint: {markdown_text(entry.error.hint)}")
    if len(entries) > most:
        lines.append(f"- and {phrases.plural(len(entries) - most, 'more reason')}")
    yield "\n".join(lines)


def commands(report: CheckReport, options: RenderOptions, most: int = MOST_COMMANDS) -> Iterator[str]:
    """One block of commands that mend; of a report that others made only the one that is always the same."""
    wanted = list(dict.fromkeys(finding.command for finding in report.findings if finding.command))
    if options.reported_by:
        if report.findings:
            yield "### Mend it\n\n" + code_block("go-release-gate check --fix", "sh")
        return
    if not wanted:
        return
    first = []
    if any(finding.fix is not None and finding.fix.safe for finding in report.findings):
        first = ["# all that can safely be mended:", "go-release-gate check --fix", "", "# or one by one:"]
    shown = [log_text(command) for command in wanted[:most]]
    if len(shown) < len(wanted):
        shown.append(f"# and {len(wanted) - len(shown)} more, beside their findings")
    yield "### Mend it\n\nAt the root of the repository:\n\n" + code_block("\n".join([*first, *shown]), "sh")


def owners(report: CheckReport) -> Iterator[str]:
    """Who owns what was found, each once; as code, so that nobody is called for every push."""
    counts = Counter(owner for finding in report.findings for owner in dict.fromkeys(finding.owners))
    if not counts:
        return
    named = [
        f"{code_span(owner, 100)} ({phrases.plural(n, 'finding')})" for owner, n in counts.most_common(MOST_OWNERS)
    ]
    more = f" and {len(counts) - MOST_OWNERS} more" if len(counts) > MOST_OWNERS else ""
    yield f"Owners: {', '.join(named)}{more}."


def remarks(report: CheckReport, most: int = 100) -> Iterator[str]:
    """What else is to be said: healed entries, notices, suppressed findings, skipped directories."""
    lines = [
        f"- healed: {code_span(name)} was damaged in the module cache; it was fetched and hashed again"
        for name in phrases.healed(report)[:most]
    ]
    lines += [f"- {markdown_text(notice)}" for notice in report.notices[:most]]
    unknown, of = phrases.unknown_reasons(report)
    if unknown:
        lines.append(f"- no reason known for {unknown} of {phrases.plural(of, 'changed line')}")
    if report.suppressed:
        ways = phrases.tally(item.by for item in report.suppressed)
        lines.append(f"- {phrases.plural(len(report.suppressed), 'finding')} suppressed ({markdown_text(ways, 300)})")
    if report.skipped:
        number = phrases.plural(len(report.skipped), "directory", "directories")
        lines.append(f"- {number} skipped: {phrases.tally(markdown_text(why, 300) for _, why in report.skipped)}")
    if lines:
        yield "\n".join(["### Remarks", "", *lines])


def counts(report: CheckReport) -> Iterator[str]:
    """Findings by rule alone: bounded whatever the repository holds."""
    rules = Counter(finding.rule for finding in report.findings)
    yield "There is too much to show here: the log and the JSON report hold every finding."
    if not rules:
        yield "No rule found anything."
        return
    rows = [f"| {table_cell(code_span(rule, 80))} | {number} |" for rule, number in rules.most_common(MOST_RULES)]
    yield "\n".join(["| Rule | Findings |", "| --- | ---: |", *rows])
    if len(rules) > MOST_RULES:
        yield f"And {phrases.plural(len(rules) - MOST_RULES, 'more rule')}."


def versions(report: CheckReport) -> str:
    """What judged, and how long it took where that is told."""
    words = phrases.judged_by(report)
    return f"{words[0].upper()}{markdown_text(words[1:], 400)}."


def judged(report: CheckReport) -> str:
    """The same, with the commit and the workflow run."""
    commit = f" Commit {code_span(report.subject.commit[:12])}." if report.subject.commit else ""
    run = f" Log and reports: {run_link(report)}." if run_link(report) else ""
    return versions(report) + commit + run
