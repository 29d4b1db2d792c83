"""Judging facts that are about no checkout."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from go_release_gate.config.settings import Settings
from go_release_gate.engine.baseline import Baseline, Entry
from go_release_gate.engine.judging_facts import judge_facts
from go_release_gate.model.finding import Location
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.severity import Severity
from go_release_gate.rules import registry
from go_release_gate.rules.base import Draft, Rule


@dataclass(frozen=True)
class Thing:
    """A fact of these tests."""

    names: tuple[str, ...]


@pytest.fixture(autouse=True)
def one_rule(monkeypatch: pytest.MonkeyPatch) -> Rule:
    """The only rule there is: it dislikes every name."""
    rule = Rule("bad-name", "a name", Severity.ERROR, "0.1", ())
    rule.check_of(Thing)(lambda thing: (Draft(Location(name), f"{name} is bad", key=name) for name in thing.names))
    monkeypatch.setattr(registry, "RULES", (rule,))
    return rule


def test_findings_fail() -> None:
    """A finding at or above the limit fails, and everything was judged."""
    found = judge_facts({Thing: Thing(("a",))}, Settings())
    assert (found.verdict, found.complete, [one.message for one in found.findings]) == (
        Verdict.FAIL,
        True,
        ["a is bad"],
    )


def test_nothing_found_passes() -> None:
    """Without findings the answer is pass."""
    assert judge_facts({Thing: Thing(())}, Settings()).verdict is Verdict.PASS


@pytest.mark.parametrize(("names", "verdict"), [((), Verdict.UNAVAILABLE), (("a",), Verdict.FAIL)])
def test_what_could_not_be_read_is_no_pass(names: tuple[str, ...], verdict: Verdict) -> None:
    """Unreadable parts leave the answer incomplete: unavailable, unless a finding fails it."""
    found = judge_facts({Thing: Thing(names)}, Settings(), unreadable=("a layer",))
    assert (found.verdict, found.complete) == (verdict, False)


def test_severities_of_the_configuration_hold() -> None:
    """A rule that is off finds nothing, one that is set lower fails nothing."""
    off = judge_facts({Thing: Thing(("a",))}, Settings(severities={"bad-name": None}))
    low = judge_facts({Thing: Thing(("a",))}, Settings(severities={"bad-name": Severity.NOTE}))
    assert off.findings == ()
    assert (low.verdict, low.findings[0].severity) == (Verdict.PASS, Severity.NOTE)


def test_an_excused_finding_does_not_count() -> None:
    """What has a reason is suppressed with it."""
    found = judge_facts({Thing: Thing(("a", "b"))}, Settings(), excuse=lambda one: "no" if one.key == "a" else "")
    assert [one.key for one in found.findings] == ["b"]
    assert [(one.by, one.reason, one.finding.key) for one in found.suppressed] == [("vex", "no", "a")]


def test_a_baseline_counts() -> None:
    """A finding of the baseline is known and fails nothing."""
    known = judge_facts({Thing: Thing(("a",))}, Settings()).findings[0]
    baseline = Baseline((Entry(known.fingerprint, known.rule, known.location.path, known.message),))
    found = judge_facts({Thing: Thing(("a",))}, Settings(), baseline=baseline)
    assert (found.verdict, [one.by for one in found.suppressed]) == (Verdict.PASS, ["baseline"])
