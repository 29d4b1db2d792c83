"""Run the rules over the facts: which rules, on what, with which severity, in which order."""

from __future__ import annotations

import unicodedata
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from go_release_gate.config.policy import edition_key
from go_release_gate.config.settings import Settings
from go_release_gate.model.finding import Finding, Related, Target
from go_release_gate.model.severity import Event, Severity
from go_release_gate.rules.base import Aspect, Draft, Rule

Facts = Mapping[type, object]

_PLACES = 10  # other places of a merged finding that are named


def chosen_rules(rules: Iterable[Rule], settings: Settings) -> tuple[Rule, ...]:
    """The rules that run: those selected by name, else those that run on its event by themselves; never ignored ones
    and those whose severity the configuration sets to off."""
    off = set(settings.ignore) | {name for name, severity in settings.severities.items() if severity is None}
    selected = set(settings.select)
    return tuple(rule for rule in rules if rule.id not in off and _is_wanted(rule, selected, settings.event))


def _is_wanted(rule: Rule, selected: set[str], event: Event) -> bool:
    return rule.id in selected if selected else event in rule.events


def facts_wanted(rules: Iterable[Rule]) -> frozenset[type]:
    """Every fact that one of `rules` reads."""
    return frozenset(fact for rule in rules for fact in rule.facts)


def apply_rules(
    rules: Iterable[Rule],
    repository_facts: Facts,
    module_facts: Mapping[str, Facts],
    settings: Settings,
) -> list[Finding]:
    """Findings of the chosen rules, gravest first, then by path, line and rule.

    `repository_facts`: facts of the whole repository by their type; `module_facts`: directory → facts of that
    module. A rule whose needs are all of the repository runs once, any other once per module that has them all.
    """
    findings: list[Finding] = []
    for rule in chosen_rules(rules, settings):
        found = [
            _finding(rule, draft, directory, settings)
            for aspect in rule.aspects
            for directory, facts in _targets(aspect, repository_facts, module_facts)
            for draft in aspect.run(*_arguments(aspect, facts))
        ]
        findings += _merged(found) if rule.merge else found
    return sorted(findings, key=_order)


def _targets(
    aspect: Aspect, repository_facts: Facts, module_facts: Mapping[str, Facts]
) -> Iterator[tuple[str | None, Facts]]:
    """What the rule is run on: (directory, facts), directory None for the repository."""
    if all(fact in repository_facts for fact in aspect.needs):
        yield None, repository_facts
        return
    for directory in sorted(module_facts):
        facts = ChainMap(dict(module_facts[directory]), dict(repository_facts))
        if all(fact in facts for fact in aspect.needs):
            yield directory, facts


def _arguments(aspect: Aspect, facts: Facts) -> Sequence[object]:
    return [facts.get(fact) for fact in aspect.needs + aspect.uses]


def _finding(rule: Rule, draft: Draft, directory: str | None, settings: Settings) -> Finding:
    module = draft.module if directory is None else directory
    target = draft.target or (Target("module", module) if module else Target("repository", "."))
    plain = replace(draft, message=_one_line(draft.message), related=tuple(map(_plain_related, draft.related)))
    severity = _severity(rule, draft, settings)
    return rule.finding(replace(plain, severity=severity), severity, module=module, target=target)


def _severity(rule: Rule, draft: Draft, settings: Settings) -> Severity:
    """A severity the configuration sets holds for every case of the rule; a rule newer than the edition is a note."""
    configured = settings.severities.get(rule.id)
    if configured is not None:
        return configured
    if edition_key(rule.since) > edition_key(settings.edition):
        return Severity.NOTE
    return draft.severity or rule.severity_on(settings.event)


def _merged(findings: Sequence[Finding]) -> list[Finding]:
    """One finding per key; the places of the others are related ones, the first few by name."""
    groups: dict[tuple[str, Severity], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.key or finding.message, finding.severity), []).append(finding)
    return [_with_others(first, others) for first, *others in groups.values()]


def _with_others(first: Finding, others: Sequence[Finding]) -> Finding:
    named = tuple(Related("here too", other.location) for other in others[:_PLACES])
    rest = len(others) - _PLACES
    more = (Related(f"and in {rest} more modules"),) if rest > 0 else ()
    return replace(first, related=(*first.related, *named, *more))


def _order(finding: Finding) -> tuple[int, str, int, str, str]:
    return finding.severity.rank, finding.location.path, finding.location.line or 0, finding.rule, finding.message


def _plain_related(related: Related) -> Related:
    return replace(related, message=_one_line(related.message))


def _one_line(text: str) -> str:
    r"""The text on one line, control and format characters as `\n` or `\u2028`: names come from the repository."""
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    is_hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return character.encode("unicode_escape").decode("ascii") if is_hidden else character
