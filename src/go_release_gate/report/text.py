"""The report for people, on a terminal or in a plain log."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.model.finding import Finding
from go_release_gate.model.report import CheckReport
from go_release_gate.report import phrases
from go_release_gate.report.colour import paint
from go_release_gate.report.neutral import guard, log_block, log_text
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.table import module_table

MOST_REASONS = 6  # per finding; with -v all
MOST_NAMES = 5  # modules named in one line


def render(report: CheckReport, options: RenderOptions) -> str:
    """Findings by module, what could not be judged, the patch if asked for, the modules, the verdict last."""
    lines: list[str] = []
    for group in phrases.groups(report):
        lines += [*group_lines(group, options), ""]
    lines += rest_lines(report, options)
    return "".join(guard(line) + "\n" for line in lines)


def rest_lines(report: CheckReport, options: RenderOptions) -> list[str]:
    """Everything but the findings."""
    blocks = [list(_unjudged_lines(report, options)), patch_lines(report, options) if options.diff else []]
    if not options.quiet:
        blocks += [module_table(report, options), list(_remarks(report, options))]
    elif not report.complete and not phrases.unjudged(report):
        blocks.append(_notices(report))  # nothing else says what was not judged, and an exit code would stand alone
    blocks.append(_verdict_lines(report, options))
    return [line for number, block in enumerate(filter(None, blocks)) for line in ([""] * bool(number) + block)]


def group_lines(group: phrases.Group, options: RenderOptions) -> list[str]:
    """The findings of one module: where, how grave, what, why, and the commands that mend them."""
    return [paint(log_text(group.title), "title", on=options.colour), *finding_lines(group, options)]


def finding_lines(group: phrases.Group, options: RenderOptions) -> list[str]:
    """The same without the title."""
    lines: list[str] = []
    for finding in group.findings:
        lines += _finding_lines(finding, options)
    return [*lines, *(f"  run: {log_text(command)}" for command in group.commands)]


def _finding_lines(finding: Finding, options: RenderOptions) -> Iterator[str]:
    word = paint(finding.severity.value, finding.severity.value, on=options.colour)
    rule = paint(f"[{log_text(finding.rule)}]", "faint", on=options.colour)
    known = f"{phrases.EXISTING} " if finding.state == phrases.EXISTING else ""
    where = log_text(phrases.place(finding.location, column=True))
    yield f"  {where}: {known}{word}: {log_text(finding.message)} {rule}"
    told = [related for related in finding.related if related.message not in finding.message]
    shown = told if options.verbose else told[:MOST_REASONS]
    yield from (f"      why: {log_text(phrases.reason(related))}" for related in shown)
    if len(shown) < len(told):
        yield f"      and {len(told) - len(shown)} more (-v shows them)"
    if finding.owners:
        yield f"      owners: {log_text(' '.join(finding.owners))}"
    if options.verbose and finding.help_url:
        yield f"      see: {log_text(finding.help_url)}"


def _unjudged_lines(report: CheckReport, options: RenderOptions) -> Iterator[str]:
    for entry in phrases.unjudged(report):
        word = paint("not judged", "unavailable", on=options.colour)
        yield f"{_names(entry.dirs, options)}: {word} ({entry.error.kind.value}): {log_text(entry.error.message)}"
        if entry.error.hint:
            yield f"  hint: {log_text(entry.error.hint)}"


def _names(dirs: tuple[str, ...], options: RenderOptions) -> str:
    shown = dirs if options.verbose else dirs[:MOST_NAMES]
    more = f" and {len(dirs) - len(shown)} more" if len(shown) < len(dirs) else ""
    return ", ".join(log_text(name) for name in shown) + more


def patch_lines(report: CheckReport, options: RenderOptions) -> list[str]:
    """The patch; plain, so that `git apply` takes it from the output, behind a gutter in a workflow's log."""
    text = phrases.patch(report)
    if not text:
        return []
    lines = log_block(text, gutter=bool(options.token), limit=len(text))
    return [_painted(line, options) for line in lines]


def _painted(line: str, options: RenderOptions) -> str:
    role = {"+": "added", "-": "removed", "@": "hunk"}.get(line.removeprefix("| ")[:1], "")
    return paint(line, role, on=options.colour)


def _is_mendable(finding: Finding) -> bool:
    """Whether `check --fix` writes its fix: it writes the files of modules alone; others are for suggestions."""
    if finding.fix is None or not finding.fix.safe:
        return False
    return all(edit.path.rpartition("/")[2] in ("go.mod", "go.sum") for edit in finding.fix.edits)


def _notices(report: CheckReport) -> list[str]:
    return [f"notice: {log_text(notice)}" for notice in report.notices]


def _remarks(report: CheckReport, options: RenderOptions) -> Iterator[str]:
    for name in phrases.healed(report):
        yield f"healed: {log_text(name)} was damaged in the module cache; it was fetched and hashed again"
    yield from _notices(report)
    unknown, of = phrases.unknown_reasons(report)
    if unknown:
        yield f"no reason known for {unknown} of {phrases.plural(of, 'changed line')}"
    if report.suppressed:
        ways = phrases.tally(item.by for item in report.suppressed)
        yield f"{phrases.plural(len(report.suppressed), 'finding')} suppressed ({ways})"
    yield from _skipped_lines(report, options)
    if options.timings:
        yield from (f"time: {log_text(name)} {seconds:.3f} s" for name, seconds in report.timings.items())
    if mendable := sum(map(_is_mendable, report.findings)):
        yield f"{phrases.plural(mendable, 'finding')} can be mended by: go-release-gate check --fix"


def _skipped_lines(report: CheckReport, options: RenderOptions) -> Iterator[str]:
    if not report.skipped:
        return
    number = phrases.plural(len(report.skipped), "directory", "directories")
    yield f"{number} skipped ({log_text(phrases.tally(why for _, why in report.skipped))})"
    if options.verbose:
        yield from (f"  {log_text(name)}: {log_text(why)}" for name, why in report.skipped)


def _verdict_lines(report: CheckReport, options: RenderOptions) -> list[str]:
    verdict, _, words = phrases.headline(report).partition(":")
    line = f"{paint(verdict, verdict, on=options.colour)}:{words}"
    return [line] if options.quiet else [line, log_text(phrases.judged_by(report))]
