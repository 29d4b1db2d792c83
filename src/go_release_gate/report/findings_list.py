"""The list of findings in Markdown: grave ones first, each with its rule's page, place and reasons."""

from __future__ import annotations

from go_release_gate.model.finding import Finding
from go_release_gate.model.report import CheckReport
from go_release_gate.model.severity import Severity
from go_release_gate.report import phrases
from go_release_gate.report.links import link, place_link
from go_release_gate.report.neutral import code_span, markdown_text
from go_release_gate.report.options import RenderOptions

SYMBOLS = {Severity.ERROR: "❌", Severity.WARNING: "🟡", Severity.NOTE: "🔵"}  # the word stands beside it
MOST_REASONS = 6
WHOLE = "The repository as a whole"


def findings_section(
    report: CheckReport, options: RenderOptions, most: int, *, most_reasons: int = MOST_REASONS
) -> list[str]:
    """Blocks: a heading, then per module its name and its list; at most `most` findings, each with its reasons."""
    if not report.findings:
        return []
    blocks, left = ["### Findings"], most
    for group in phrases.groups(report):
        shown = group.findings[:left]
        if not shown:
            break
        left -= len(shown)
        items = [line for finding in shown for line in _item(finding, report, options, most_reasons)]
        blocks.append("\n".join([_name(group), "", *items]))
    if most < len(report.findings):
        blocks.append(f"{len(report.findings) - most} more findings are in the log and in the JSON report.")
    return blocks


def reasons(finding: Finding) -> list[str]:
    """Why, in words that the message has not said already; not yet neutralised."""
    return [phrases.reason(related) for related in finding.related if related.message not in finding.message]


def _name(group: phrases.Group) -> str:
    if group.module is None:
        return f"**{WHOLE}**"
    path = group.answer.path if group.answer else ""
    return f"**{code_span(group.name, 200)}**" + (f" ({code_span(path, 200)})" if path else "")


def _item(finding: Finding, report: CheckReport, options: RenderOptions, most_reasons: int) -> list[str]:
    severity = finding.severity
    state = f" ({markdown_text(finding.state)})" if finding.state and report.comparison else ""
    rule = markdown_text(finding.rule) if options.reported_by else rule_link(finding)
    head = f"{SYMBOLS[severity]} **{severity.value}**{state} {rule}"
    lines = [f"- {head}: {markdown_text(finding.message)} — at {place_link(finding.location, report)}"]
    told = reasons(finding) if most_reasons else []
    lines += [f"  - why: {markdown_text(reason)}" for reason in told[:most_reasons]]
    if len(told) > most_reasons:
        lines.append(f"  - and {phrases.plural(len(told) - most_reasons, 'more reason')}")
    return lines


def rule_link(finding: Finding) -> str:
    """The rule's name, linked to its page."""
    if finding.help_url.startswith("https://"):
        return link(markdown_text(finding.rule), finding.help_url)
    return markdown_text(finding.rule)
