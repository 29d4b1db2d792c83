"""The verdict over everything that was judged, as CONTRACT.md's exit codes define it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from go_release_gate.config.policy import edition_key
from go_release_gate.config.settings import Settings
from go_release_gate.model.finding import Finding
from go_release_gate.model.outcome import ErrorClass, Outcome, Verdict
from go_release_gate.model.report import ModuleAnswer
from go_release_gate.model.severity import Event
from go_release_gate.rules.base import Rule


def judge(
    findings: Iterable[Finding],
    modules: Sequence[ModuleAnswer],
    settings: Settings,
    accepted: Iterable[Finding] = (),
    *,
    is_answered: bool = True,
) -> tuple[Verdict, bool]:
    """The verdict, and whether everything was judged.

    A finding at or above `fail_on` fails, whatever else could not be judged. Else a module that the surroundings
    kept from being judged is `unavailable`, unless the settings warn only; on a tag they cannot. So is a module at
    fault itself whose finding was not asked for: what could not be checked is no pass, unless somebody accepted it.

    A finding that the base commit has, too, fails nothing: it is accepted like one of a baseline.

    Args:
        is_answered: False when a question about the whole repository has no answer (retractions on a tag).
        accepted: findings suppressed with a reason or by a baseline.
    """
    findings = tuple(findings)
    counted = [finding for finding in findings if finding.state != "existing"]
    said = {finding.module for finding in counted}
    excused = {finding.module for finding in (*accepted, *findings)}
    complete = is_answered and not any(is_unjudged(module) for module in modules)
    kept = not is_answered or any(
        is_kept_from_judging(module) or (module.error and module.dir not in said and not _is_excused(module, excused))
        for module in modules
    )
    if settings.fail_on and any(finding.severity.reaches(settings.fail_on) for finding in counted):
        return Verdict.FAIL, complete
    if kept and not _warns_only(settings):
        return Verdict.UNAVAILABLE, complete
    return Verdict.PASS, complete


def _is_excused(module: ModuleAnswer, excused: set[str | None]) -> bool:
    """Whether somebody accepted a module's own fault; what was refused as unsafe nobody can have looked at."""
    refused = module.error is not None and module.error.kind is ErrorClass.UNSAFE_PATH
    return module.dir in excused and not refused


def is_unjudged(module: ModuleAnswer) -> bool:
    """Whether any question about the module stayed without an answer, whoever is at fault."""
    return module.error is not None or Outcome.UNAVAILABLE in _outcomes(module)


def is_kept_from_judging(module: ModuleAnswer) -> bool:
    """Whether it was the surroundings' doing; the repository's own faults are findings."""
    if module.error is not None:
        return not module.error.kind.is_repository_fault
    return Outcome.UNAVAILABLE in _outcomes(module)


def edition_notices(rules: Iterable[Rule], settings: Settings) -> tuple[str, ...]:
    """One line about the rules that are newer than the edition in force and so only leave notes."""
    newer = [rule for rule in rules if edition_key(rule.since) > edition_key(settings.edition)]
    waiting = sorted(rule.id for rule in newer if rule.id not in settings.severities)
    if not waiting:
        return ()
    edition = max((rule.since for rule in newer), key=edition_key)
    return (f'only notes until the configuration says rules: "{edition}": {", ".join(waiting)}',)


def _outcomes(module: ModuleAnswer) -> tuple[Outcome, ...]:
    return module.tidy.outcome, module.verify.outcome, module.vendor


def _warns_only(settings: Settings) -> bool:
    return settings.on_unavailable == "warn" and settings.event is not Event.TAG
