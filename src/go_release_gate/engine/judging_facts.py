"""Judge facts that are about no checkout: built programs, a finished image. The rules that read them, and a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from go_release_gate.config.settings import Settings
from go_release_gate.engine.apply import apply_rules
from go_release_gate.engine.baseline import Baseline, split
from go_release_gate.engine.judge import judge
from go_release_gate.model.finding import Finding
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.report import Suppressed
from go_release_gate.rules.base import Rule

Excuse = Callable[[Finding], str]
"""The reason for which a finding does not count (a VEX statement); empty: it counts."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Findings that count, gravest first, those that do not, and what came of it.

    `complete`: whether everything was judged.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    verdict: Verdict
    complete: bool


def judge_facts(
    facts: Mapping[type, object],
    settings: Settings,
    *,
    unreadable: Sequence[str] = (),
    baseline: Baseline | None = None,
    excuse: Excuse | None = None,
    rules: Sequence[Rule] = (),
) -> Judgement:
    """Run every rule that reads `facts` over them.

    Args:
        facts: by their type; no rule about anything else runs.
        settings: which rules, with which severities, and from where on they fail.
        unreadable: what could not be told; any of it leaves the answer incomplete, and without a finding that fails
            it is unavailable.
        baseline: findings that are known and do not count.
        excuse: gives the reason for which a finding does not count.
        rules: the rules to run, where the caller knows them; without any, all.
    """
    if not rules:
        from go_release_gate.rules.registry import RULES as rules  # noqa: N811 - all of them
    counted, suppressed = _excused(apply_rules(rules, facts, {}, settings), excuse)
    if baseline is not None:
        counted, known = split(counted, baseline)
        suppressed += known
    verdict, complete = judge(counted, (), settings, is_answered=not unreadable)
    return Judgement(tuple(counted), tuple(suppressed), verdict, complete)


def _excused(findings: Sequence[Finding], excuse: Excuse | None) -> tuple[list[Finding], list[Suppressed]]:
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    for finding in findings:
        reason = excuse(finding) if excuse else ""
        if reason:
            suppressed.append(Suppressed(finding, "vex", reason))
        else:
            kept.append(finding)
    return kept, suppressed
