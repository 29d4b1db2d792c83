"""Only what is new: the findings of a check, held against those of the commit it is compared with.

The base commit is judged by the same engine, the same Go and the same settings in a temporary copy of its tree. Its own
configuration is not read: under another one each finding of a rule that was made stricter would look new.

Nothing is called existing on a guess: only a finding that judging the base gave is. So every finding of a module that
could not be judged there is new, but for the very fault that kept it from being judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from go_release_gate.engine.base_judging import Judged, judge_base
from go_release_gate.engine.context import Edges, Facts, phase
from go_release_gate.engine.run import Request, Sifted, module_answer
from go_release_gate.errors import UnavailableError, UsageError
from go_release_gate.model.finding import Finding
from go_release_gate.model.report import Comparison

_SHORT = 12  # digits of a commit in messages
_SAID = 3  # modules named one by one


def compare(sifted: Sifted, request: Request, facts: Facts, edges: Edges) -> tuple[Sifted, Comparison | None]:
    """The findings with their state, `new` or `existing`, and the comparison.

    Where none can be made it is None, all findings are new, and a notice says why.
    """
    findings, suppressed, notices = sifted
    base = request.base_tree
    if base is None:
        return (_as_new(findings), suppressed, notices), None
    try:
        with phase("base", 0, facts, edges):
            judged = judge_base(base, findings, request, facts, edges)
    except (UnavailableError, UsageError) as error:
        said = f"all findings count as new: the base commit {base.commit[:_SHORT]} could not be judged: {error.message}"
        return (_as_new(findings), suppressed, (*notices, said)), None
    marked = _marked(findings, judged, facts)
    raw = {finding.fingerprint for finding in (*findings, *(item.finding for item in suppressed))}
    fixed = {finding.fingerprint for finding in judged.findings if _is_judged_now(finding, facts)} - raw
    new = sum(finding.state == "new" for finding in marked)
    comparison = Comparison(base.commit, new, len(marked) - new, len(fixed))
    return (marked, suppressed, (*notices, *_gaps(base.commit, marked, judged))), comparison


def _as_new(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(replace(finding, state="new") for finding in findings)


def _marked(findings: Iterable[Finding], judged: Judged, facts: Facts) -> tuple[Finding, ...]:
    known = {_mark(finding, facts) for finding in judged.findings}
    return tuple(
        replace(finding, state="existing" if _mark(finding, facts) in known else "new") for finding in findings
    )


def _mark(finding: Finding, facts: Facts) -> tuple[str, ...]:
    """What makes a finding of head and base the same one: its words, too, as far as they are no line numbers.

    Some findings stand for many lines (all that go.sum lacks): old drift must not excuse new one beside it. The fault
    that keeps a module from being judged has only its class for a key, and any number in it may be a line.
    """
    numbers, blank = (r":\d+", ":0") if _is_judged_now(finding, facts) else (r"\d+", "0")
    words = (finding.message, *(related.message for related in finding.related))
    return finding.fingerprint, *(re.sub(numbers, blank, word) for word in words)


def _is_judged_now(finding: Finding, facts: Facts) -> bool:
    """Whether the module of a finding could be judged in the head, so that it would be found there, too."""
    if finding.module is None:
        return True
    module = facts.repository.module_at(finding.module)
    return module is not None and module_answer(module, facts).error is None


def _gaps(commit: str, marked: Iterable[Finding], judged: Judged) -> Iterator[str]:
    """One line for the modules with new findings that could not be judged in the base, so that nobody wonders."""
    hit = {finding.module for finding in marked if finding.state == "new"}
    gaps = {name: answer.error for name, answer in judged.answers.items() if answer.error and name in hit}
    if gaps:
        named = ", ".join(f"{name} ({error.kind.value})" for name, error in list(gaps.items())[:_SAID])
        more = f" and {len(gaps) - _SAID} more" if len(gaps) > _SAID else ""
        yield f"findings count as new where the base commit {commit[:_SHORT]} could not be judged: {named}{more}"
