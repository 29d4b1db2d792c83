"""The list of findings in the job summary: grave ones first, each with its rule's page, place and reasons."""

from __future__ import annotations

from urllib.parse import quote

from go_release_gate.model.finding import Finding, Location
from go_release_gate.model.report import CheckReport
from go_release_gate.model.severity import Severity
from go_release_gate.report import phrases
from go_release_gate.report.neutral import code_span, markdown_text

SYMBOLS = {Severity.ERROR: "❌", Severity.WARNING: "🟡", Severity.NOTE: "🔵"}  # the word stands beside it
MOST_REASONS = 6


def findings_section(report: CheckReport, most: int) -> list[str]:
    """Blocks: a heading, then per module its name and its list; at most `most` findings."""
    if not report.findings:
        return []
    blocks, left = ["### Findings"], most
    for group in phrases.groups(report):
        shown = group.findings[:left]
        if not shown:
            break
        left -= len(shown)
        items = [line for finding in shown for line in _item(finding, report)]
        blocks.append("\n".join([_name(group), "", *items]))
    if most < len(report.findings):
        blocks.append(f"{len(report.findings) - most} more findings are in the log and in the JSON report.")
    return blocks


def _name(group: phrases.Group) -> str:
    if group.module is None:
        return "**The repository as a whole**"
    path = group.answer.path if group.answer else ""
    return f"**{code_span(group.name, 200)}**" + (f" ({code_span(path, 200)})" if path else "")


def _item(finding: Finding, report: CheckReport) -> list[str]:
    severity = finding.severity
    place = _linked(finding.location, report)
    lines = [
        f"- {SYMBOLS[severity]} **{severity.value}** {_rule(finding)}: {markdown_text(finding.message)} — at {place}"
    ]
    lines += [f"  - why: {markdown_text(phrases.reason(related))}" for related in finding.related[:MOST_REASONS]]
    if len(finding.related) > MOST_REASONS:
        lines.append(f"  - and {len(finding.related) - MOST_REASONS} more reasons")
    if finding.owners:
        lines.append(f"  - owners: {code_span(' '.join(finding.owners))}")
    return lines


def _rule(finding: Finding) -> str:
    if finding.help_url.startswith("https://"):
        return f"[{markdown_text(finding.rule)}]({_url(finding.help_url)})"
    return markdown_text(finding.rule)


def _linked(place: Location, report: CheckReport) -> str:
    """The place as code, linked to its line where the workflow run tells the server and the commit is known."""
    text = code_span(phrases.place(place), 400)
    run = report.subject.run or ""
    base, found, _ = run.partition("/actions/runs/")
    if not (found and base.startswith("https://") and report.subject.commit):
        return text
    line = f"#L{place.line}" if place.line else ""
    path = quote(place.path.encode("utf-8", "surrogateescape"))
    return f"[{text}]({_url(base)}/blob/{quote(report.subject.commit)}/{path}{line})"


def _url(address: str) -> str:
    """An address that cannot end the Markdown link around it."""
    return quote(address.encode("utf-8", "surrogateescape"), safe=":/?#=&%@+,;~")
