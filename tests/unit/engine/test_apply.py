"""Which rules run on what, with which severity and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from go_release_gate.config.settings import Settings
from go_release_gate.engine.apply import apply_rules, chosen_rules, facts_wanted
from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository
from go_release_gate.facts.tidy import Tidy
from go_release_gate.facts.verify import Verify
from go_release_gate.model.finding import Finding, Location, Target
from go_release_gate.model.outcome import Outcome
from go_release_gate.model.severity import Event, Severity
from go_release_gate.rules.base import Draft, Rule
from support.modulefacts import module, repository

SHOP = {"api": {Module: module("api")}, "web": {Module: module("web")}}
WHOLE = {Repository: repository(module("api"), module("web"))}


def per_module(identifier: str = "some-rule", draft: Draft | None = None, **card: object) -> Rule:
    """A rule that yields one draft for each module."""
    rule = Rule(
        **{"id": identifier, "summary": "s", "severity": Severity.WARNING, "since": "0.1", "needs": (Module,)} | card
    )  # type: ignore[arg-type]

    @rule.check
    def check(found: Module, *_others: object) -> Iterator[Draft]:
        yield draft or Draft(Location(found.file("go.mod"), 3), "found", key="k")

    return rule


def run(
    *rules: Rule, settings: Settings | None = None, modules: Mapping[str, Mapping[type, object]] = SHOP
) -> list[Finding]:
    """Findings of these rules over the shop."""
    return apply_rules(rules, WHOLE, modules, settings or Settings())


def test_a_rule_over_modules_runs_for_each() -> None:
    """Each module has its own finding, with the module as its target."""
    found = run(per_module())
    assert [finding.module for finding in found] == ["api", "web"]
    assert found[0].target == Target("module", "api")


def test_a_rule_over_the_repository_runs_once() -> None:
    """A rule whose needs all belong to the repository runs once, its draft says which module it is about, if any."""
    rule = Rule("whole-rule", "s", Severity.ERROR, "0.1", (Repository,))
    rule.check(lambda found: iter([Draft(Location("go.work", 1), f"{len(found.modules)} modules")]))
    (finding,) = run(rule)
    assert (finding.message, finding.module, finding.target) == ("2 modules", None, Target("repository", "."))


def test_a_rule_over_both_sees_both() -> None:
    """A rule that needs a module and the repository runs for each module, facts in the order it named them."""
    rule = Rule("both-rule", "s", Severity.ERROR, "0.1", (Repository, Module))
    rule.check(lambda whole, one: iter([Draft(Location(one.dir), str(len(whole.modules)))]))
    assert [finding.location.path for finding in run(rule)] == ["api", "web"]


def test_an_absent_fact_means_the_rule_is_not_run() -> None:
    """Without the fact it needs a rule says nothing about that module; the other module is judged."""
    modules = {"api": {Module: module("api"), Tidy: Tidy(Outcome.PASS)}, "web": {Module: module("web")}}
    found = run(per_module(needs=(Module, Tidy)), modules=modules)
    assert [finding.module for finding in found] == ["api"]


def test_an_absent_fact_that_is_only_used_is_none() -> None:
    """A fact that a rule merely uses does not decide whether it runs."""
    seen: list[object] = []
    rule = Rule("using-rule", "s", Severity.ERROR, "0.1", (Module,), uses=(Verify,))
    rule.check(lambda _module, verify: iter(seen.append(verify) or ()))
    run(rule)
    assert seen == [None, None]


def test_selected_rules_alone_run() -> None:
    """With a selection only those rules run; what is ignored does not, selected or not."""
    rules = (per_module("one-rule"), per_module("two-rule"), per_module("three-rule"))
    chosen = chosen_rules(rules, Settings(select=("one-rule", "two-rule"), ignore=("two-rule",)))
    assert [rule.id for rule in chosen] == ["one-rule"]


def test_severity_off_means_not_run() -> None:
    """A rule whose severity the configuration sets to off does not run."""
    assert run(per_module(), settings=Settings(severities={"some-rule": None})) == []


@pytest.mark.parametrize(("settings", "runs"), [
    (Settings(event=Event.TAG), True),
    (Settings(event=Event.BRANCH), False),
    (Settings(event=Event.BRANCH, select=("some-rule",)), True),
])  # fmt: skip
def test_a_rule_waits_for_its_event(settings: Settings, runs: bool) -> None:
    """A rule for tags runs on tags, and elsewhere when it is selected by name."""
    assert bool(run(per_module(events=(Event.TAG,)), settings=settings)) is runs


def test_facts_wanted_are_those_of_the_chosen() -> None:
    """What nobody needs or uses is not wanted: it need not be collected."""
    assert facts_wanted([per_module(uses=(Tidy,))]) == {Module, Tidy}


def test_severity_follows_the_event() -> None:
    """One rule, three events, three severities."""
    severity = {Event.BRANCH: Severity.NOTE, Event.PULL_REQUEST: Severity.WARNING, Event.TAG: Severity.ERROR}
    found = [run(per_module(severity=severity), settings=Settings(event=event))[0].severity for event in Event]
    assert found == [Severity.NOTE, Severity.WARNING, Severity.ERROR]


def test_a_draft_may_be_milder_and_the_configuration_has_the_last_word() -> None:
    """A draft's own severity counts before the rule's; one that the configuration sets counts before both."""
    rule = per_module(draft=Draft(Location("go.mod"), "m", severity=Severity.NOTE))
    configured = Settings(severities={"some-rule": Severity.ERROR})
    assert run(rule)[0].severity is Severity.NOTE
    assert run(rule, settings=configured)[0].severity is Severity.ERROR


@pytest.mark.parametrize(("edition", "severity"), [("0.9", Severity.NOTE), ("0.10", Severity.ERROR)])
def test_a_rule_newer_than_the_edition_is_a_note(edition: str, severity: Severity) -> None:
    """Rules that arrived after the edition in force do not fail a build; editions are compared as numbers."""
    rule = per_module(since="0.10", severity=Severity.ERROR)
    assert run(rule, settings=Settings(edition=edition))[0].severity is severity


def test_findings_are_sorted() -> None:
    """Gravest first, then by path, line and rule, whatever order they were found in."""
    rules = (
        per_module("z-rule", Draft(Location("b", 1), "m"), severity=Severity.NOTE),
        per_module("y-rule", Draft(Location("b", 2), "m"), severity=Severity.ERROR),
        per_module("x-rule", Draft(Location("b", None), "m"), severity=Severity.ERROR),
        per_module("w-rule", Draft(Location("a", 9), "m"), severity=Severity.ERROR),
    )
    found = run(*rules, modules={"api": SHOP["api"]})
    assert [finding.rule for finding in found] == ["w-rule", "x-rule", "y-rule", "z-rule"]
    assert found == run(*reversed(rules), modules={"api": SHOP["api"]})


def test_a_merging_rule_has_one_finding_per_key() -> None:
    """One damaged cache entry that many modules need is one finding; ten of the other places are named."""
    modules = {f"m{number:02}": {Module: module(f"m{number:02}")} for number in range(13)}
    (finding,) = run(per_module(merge=True), modules=modules)
    assert finding.location.path == "m00/go.mod"
    assert [related.location.path for related in finding.related if related.location][:2] == [
        "m01/go.mod",
        "m02/go.mod",
    ]
    assert finding.related[-1].message == "and in 2 more modules"


def test_messages_are_one_line() -> None:
    """A name with a newline or a bidirectional override cannot begin a new line or hide what follows."""
    rule = per_module(draft=Draft(Location("go.mod"), "module a\n::error::b\u202ec\x1b[31m é is bad"))
    assert run(rule)[0].message == r"module a\n::error::b\u202ec\x1b[31m é is bad"
