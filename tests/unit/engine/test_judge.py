"""The verdict, as the contract's exit codes say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from go_release_gate.config.settings import Settings
from go_release_gate.engine.judge import edition_notices, judge
from go_release_gate.model.finding import Finding, Location, Target
from go_release_gate.model.outcome import ErrorClass, ModuleError, Outcome, Verdict
from go_release_gate.model.report import ModuleAnswer, TidyAnswer, VerifyAnswer
from go_release_gate.model.severity import Confidence, Event, Severity
from go_release_gate.rules.base import Rule

PASSED = ModuleAnswer(
    ".", "example.com/a", TidyAnswer(Outcome.PASS), VerifyAnswer(Outcome.PASS), Outcome.NOT_APPLICABLE
)
OFFLINE = replace(
    PASSED, tidy=TidyAnswer(Outcome.UNAVAILABLE), error=ModuleError(ErrorClass.NETWORK, "no route to proxy.example.com")
)
BROKEN = replace(
    PASSED, tidy=TidyAnswer(Outcome.UNAVAILABLE), error=ModuleError(ErrorClass.MALFORMED_FILE, "merge marker")
)
UNVERIFIED = replace(PASSED, verify=VerifyAnswer(Outcome.UNAVAILABLE))


def finding(severity: Severity) -> Finding:
    return Finding("r", severity, Confidence.HIGH, "m", Target("module", "."), Location("go.mod", 1))


ERROR, WARNING, NOTE = (finding(severity) for severity in Severity)


@pytest.mark.parametrize(
    ("findings", "module", "settings", "answer"),
    [
        ([], PASSED, Settings(), (Verdict.PASS, True)),
        ([ERROR], PASSED, Settings(), (Verdict.FAIL, True)),
        ([WARNING, NOTE], PASSED, Settings(), (Verdict.PASS, True)),
        ([WARNING], PASSED, Settings(fail_on=Severity.WARNING), (Verdict.FAIL, True)),
        ([NOTE], PASSED, Settings(fail_on=Severity.WARNING), (Verdict.PASS, True)),
        ([NOTE], PASSED, Settings(fail_on=Severity.NOTE), (Verdict.FAIL, True)),
        ([ERROR], PASSED, Settings(fail_on=None), (Verdict.PASS, True)),
        ([], OFFLINE, Settings(), (Verdict.UNAVAILABLE, False)),
        ([], UNVERIFIED, Settings(), (Verdict.UNAVAILABLE, False)),
        ([NOTE], OFFLINE, Settings(), (Verdict.UNAVAILABLE, False)),
        ([ERROR], OFFLINE, Settings(), (Verdict.FAIL, False)),
        ([ERROR], OFFLINE, Settings(fail_on=None), (Verdict.UNAVAILABLE, False)),
        ([], OFFLINE, Settings(on_unavailable="warn"), (Verdict.PASS, False)),
        ([], OFFLINE, Settings(on_unavailable="warn", event=Event.PULL_REQUEST), (Verdict.PASS, False)),
        ([], OFFLINE, Settings(on_unavailable="warn", event=Event.TAG), (Verdict.UNAVAILABLE, False)),
        ([ERROR], BROKEN, Settings(), (Verdict.FAIL, False)),
        ([], BROKEN, Settings(), (Verdict.UNAVAILABLE, False)),
    ],
)
def test_verdicts(
    findings: list[Finding], module: ModuleAnswer, settings: Settings, answer: tuple[Verdict, bool]
) -> None:
    """Findings at the threshold fail first; then the surroundings make it unavailable; unjudged is never complete."""
    assert judge(findings, [PASSED, module], settings) == answer


def test_an_accepted_fault_does_not_count() -> None:
    """A module at fault whose finding somebody suppressed with a reason passes, and stays incomplete."""
    accepted = replace(ERROR, module=BROKEN.dir)

    unsafe = replace(BROKEN, error=ModuleError(ErrorClass.UNSAFE_PATH, "leads outside"))

    assert judge([], [BROKEN], Settings(), [accepted]) == (Verdict.PASS, False)
    assert judge([], [unsafe], Settings(), [accepted]) == (Verdict.UNAVAILABLE, False)


def test_what_the_base_has_does_not_count() -> None:
    """An existing finding fails nothing beside new ones that do; it excuses its module's fault, but no unsafe one."""
    existing = replace(ERROR, state="existing", module=BROKEN.dir)
    unsafe = replace(BROKEN, error=ModuleError(ErrorClass.UNSAFE_PATH, "leads outside"))

    assert judge([existing], [PASSED], Settings()) == (Verdict.PASS, True)
    assert judge([existing, replace(ERROR, state="new")], [PASSED], Settings()) == (Verdict.FAIL, True)
    assert judge([existing], [BROKEN], Settings()) == (Verdict.PASS, False)
    assert judge([existing], [unsafe], Settings()) == (Verdict.UNAVAILABLE, False)
    assert judge([existing], [OFFLINE], Settings()) == (Verdict.UNAVAILABLE, False)


def test_the_exit_codes_of_the_verdicts() -> None:
    """pass 0, fail 1, unavailable 3."""
    assert [verdict.exit_code for verdict in Verdict] == [0, 1, 3]


def test_newer_rules_say_when_they_will_count() -> None:
    """Rules of a later edition than the one in force are named once, unless a severity is set for them."""
    rules = [Rule(name, "s", Severity.ERROR, since, ()) for name, since in [("x", "0.1"), ("y", "0.10"), ("z", "0.2")]]

    assert edition_notices(rules, Settings()) == ('only notes until the configuration says rules: "0.10": y, z',)
    assert edition_notices(rules, Settings(edition="0.10")) == ()
    assert edition_notices(rules, Settings(severities={"y": None, "z": Severity.ERROR})) == ()
