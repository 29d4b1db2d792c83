"""Findings as SARIF's `result`s, with the places that explain them and the fixes that are safe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from go_release_gate.model.finding import Edit, Finding, Related
from go_release_gate.model.report import Suppressed
from go_release_gate.report.neutral import log_text
from go_release_gate.report.sarif_places import artifact, physical
from go_release_gate.report.sarif_rules import LEVELS, rule_id

MOST_RELATED = 100  # GitHub takes 1,000 locations of a result
MOST_REASONS = 3  # reasons named in the message itself
FIX_LIMIT = 65_536  # characters that a fix may insert; a larger one is a patch, not a suggestion

_STATES = {"new": "new", "existing": "unchanged"}


def results(findings: Iterable[Finding], suppressed: Iterable[Suppressed], index: Mapping[str, int]) -> list[Any]:
    """One result for each finding, then one for each suppressed one; `index` gives the places of the rules."""
    seen: Counter[str] = Counter()
    done = [_result(finding, index, seen) for finding in findings]
    return done + [{**_result(item.finding, index, seen), "suppressions": [_suppression(item)]} for item in suppressed]


def _result(finding: Finding, index: Mapping[str, int], seen: Counter[str]) -> dict[str, Any]:
    located = [related for related in finding.related if related.location][:MOST_RELATED]
    result = {
        "ruleId": rule_id(finding.rule),
        "ruleIndex": index[rule_id(finding.rule)],
        "level": LEVELS[finding.severity],
        "message": {"text": message(finding, located)},
        "locations": [{"physicalLocation": physical(finding.location)}],
        "partialFingerprints": {"primaryLocationLineHash": _identity(finding, seen)},
        "properties": _properties(finding),
    }
    if located:
        result["relatedLocations"] = [_related(number, item) for number, item in enumerate(located, 1)]
    if finding.state in _STATES:
        result["baselineState"] = _STATES[finding.state]
    if fix := _fix(finding):
        result["fixes"] = [fix]
    return result


def _identity(finding: Finding, seen: Counter[str]) -> str:
    """The finding's fingerprint; a second finding that is the same one by it becomes `…:2`, as CodeQL counts."""
    seen[finding.fingerprint] += 1
    number = seen[finding.fingerprint]
    return finding.fingerprint if number == 1 else f"{finding.fingerprint}:{number}"


def message(finding: Finding, located: list[Related]) -> str:
    """What was found, and why as far as it is known: a reason with a place is a link to that place, inside the
    message where that says it already."""
    said = plain(finding.message) or rule_id(finding.rule)
    more: list[str] = []
    for related in finding.related[:MOST_REASONS]:
        reason = plain(related.message) or "here"
        number = next((place for place, item in enumerate(located, 1) if item is related), 0)
        link = f"[{_link_text(reason)}]({number})" if number else reason
        if number and reason in said and "](" not in said:
            said = said.replace(reason, link, 1)
        elif reason not in said:
            more.append(link)
    return f"{said} (why: {'; '.join(more)})" if more else said


def _link_text(text: str) -> str:
    return text.replace("[", "(").replace("]", ")").rstrip("\\")


def plain(text: str) -> str:
    """One line of foreign text in which nothing is a link: `[text](address)` is one in SARIF, too."""
    return log_text(text).replace("](", "] (").strip()


def _related(number: int, related: Related) -> dict[str, Any]:
    if related.location is None:
        raise ValueError("a related location needs a place")
    place = {"id": number, "physicalLocation": physical(related.location)}
    said = plain(related.message)
    return {**place, "message": {"text": said}} if said else place


def _properties(finding: Finding) -> dict[str, str]:
    named = {"confidence": finding.confidence.value, "module": finding.module or "", "command": finding.command}
    return {name: log_text(value) for name, value in named.items() if value}


def _suppression(item: Suppressed) -> dict[str, str]:
    kind = "inSource" if item.by == "inline" else "external"
    reason = plain(item.reason)
    return {"kind": kind, "justification": reason} if reason else {"kind": kind}


def _fix(finding: Finding) -> dict[str, Any] | None:
    """The safe fix, unless it is long or not all of it is text."""
    fix = finding.fix
    if fix is None or not fix.safe or not fix.edits:
        return None
    inserted = "".join(edit.text for edit in fix.edits)
    if len(inserted) > FIX_LIMIT or not _is_unicode(inserted):
        return None
    by_path: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        by_path.setdefault(edit.path, []).append(edit)
    changes = [
        {"artifactLocation": artifact(path), "replacements": [_replacement(edit) for edit in edits]}
        for path, edits in by_path.items()
    ]
    said = plain(finding.command) or "the change that mends it"
    return {"description": {"text": said}, "artifactChanges": changes}


def _replacement(edit: Edit) -> dict[str, Any]:
    """Whole lines: from the first column of the first to the first column after the last."""
    deleted = {"startLine": edit.start_line, "startColumn": 1, "endLine": edit.end_line + 1, "endColumn": 1}
    return {"deletedRegion": deleted, "insertedContent": {"text": edit.text}}


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
