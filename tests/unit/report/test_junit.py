"""JUnit: counts that are right, cases that viewers can follow, and XML that always parses."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from go_release_gate.model.finding import Location
from go_release_gate.model.outcome import ErrorClass, ModuleError, Outcome, Verdict
from go_release_gate.model.report import CheckReport
from go_release_gate.model.severity import Severity
from go_release_gate.report import junit
from go_release_gate.report.options import RenderOptions
from go_release_gate.rules.registry import rule
from support import reports
from support.hostile import CORPUS, foreign
from support.runner_parsers import commands, lenient_commands

SAMPLES = [reports.passing, reports.failing, reports.unavailable, reports.large]
# Attributes and children as Jenkins' schema (junit-10.xsd of its xUnit plugin) has them; a star: required.
ATTRIBUTES = {
    "testsuites": ("name", "tests", "failures", "errors"),
    "testsuite": ("*name", "*tests", "*failures", "*errors", "skipped"),
    "testcase": ("*name", "*classname"),
    "failure": ("*type", "*message"),
    "error": ("*type", "*message"),
    "skipped": ("*type", "*message"),
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "error", "skipped"},
}
RESULTS = ("failure", "error", "skipped")


def tree(report: CheckReport) -> Element:
    """The parsed document, held against the structure that viewers read."""
    text = junit.render(report, RenderOptions())
    assert text.isascii()
    root = ET.fromstring(text)  # noqa: S314 - written by ourselves, a line above
    assert root.tag == "testsuites"
    for element in root.iter():
        assert_shape(element)
    assert_counts(root)
    return root


def assert_shape(element: Element) -> None:
    """Known attributes, the required ones among them; known children; one result for a case."""
    names = ATTRIBUTES[element.tag]
    assert {name[1:] for name in names if name.startswith("*")} <= set(element.attrib)
    assert set(element.attrib) <= {name.removeprefix("*") for name in names}
    assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
    assert element.tag != "testcase" or len(element) <= 1


def assert_counts(root: Element) -> None:
    """What the attributes count is what is there, suite by suite and in the whole."""
    for element in (root, *root):
        cases = list(element.iter("testcase"))
        assert cases
        assert int(element.get("tests", "")) == len(cases)
        for name, attribute in zip(RESULTS, ("failures", "errors", "skipped"), strict=True):
            number = sum(case.find(name) is not None for case in cases)
            assert element.get(attribute, str(number)) == str(number)


def results(report: CheckReport) -> dict[tuple[str, str], str]:
    """(suite, case) → failure, error, skipped or empty."""
    return {
        (suite.get("name", ""), case.get("name", "")): case[0].tag if len(case) else ""
        for suite in tree(report)
        for case in suite
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.__name__)
def test_samples_have_the_shape(sample: object) -> None:
    """Every sample has the structure and the right counts, and is the same bytes whatever the options."""
    report = sample()  # type: ignore[operator]
    tree(report)
    assert junit.render(report, RenderOptions()) == junit.render(report, RenderOptions(verbose=True, colour=True))


def test_seconds_are_not_told() -> None:
    """Two runs over one tree give the same bytes, however long they took."""
    slow = replace(reports.failing(), timings={"total": 99.0})
    assert junit.render(slow, RenderOptions()) == junit.render(reports.failing(), RenderOptions())


def test_questions_and_rules_are_cases() -> None:
    """Findings of a question stand in its case, others under their rule; milder ones are shown as skipped."""
    assert results(reports.failing()) == {
        ("repository", "complete"): "error",
        ("repository", "workspace-missing-member"): "failure",
        (".", "tidy"): "",
        (".", "verify"): "",
        (".", "retracted-version"): "skipped",
        ("services/api", "tidy"): "failure",
        ("services/api", "verify"): "",
        ("services/api", "vendor"): "skipped",
        ("lib", "tidy"): "",
        ("lib", "verify"): "",
        ("services/pay", "tidy"): "error",
        ("services/pay", "verify"): "error",
        ("services/mail", "tidy"): "",
        ("services/mail", "verify"): "",
        ("services/mail", "vendor"): "",
    }


def test_text_says_it_all() -> None:
    """The text of a failure has place, message, rule, reasons and command, for viewers that show nothing else."""
    text = next(
        case.findtext("failure")
        for case in tree(reports.failing()).iter("testcase")
        if case.get("name") == "tidy" and len(case)
    )
    assert text is not None
    first, *more = text.splitlines()
    assert first.startswith("services/api/go.mod:7: error: example.com/right v0.2.1 is imported")
    assert first.endswith("[untidy-module]")
    assert more[0] == "  why: imported here (linux) (services/api/internal/db/db.go:12)"
    assert more[-1] == "  run: go -C services/api mod tidy"


@pytest.mark.parametrize(
    ("verdict", "severities", "state", "failing"),
    [
        (Verdict.FAIL, (Severity.ERROR, Severity.WARNING), None, 1),
        (Verdict.FAIL, (Severity.WARNING, Severity.NOTE), None, 1),
        (Verdict.PASS, (Severity.ERROR, Severity.WARNING), None, 0),
        (Verdict.UNAVAILABLE, (Severity.WARNING,), None, 0),
        (Verdict.PASS, (Severity.ERROR,), "existing", 0),
    ],
)
def test_failures_stand_exactly_where_the_gate_fails(
    verdict: Verdict, severities: tuple[Severity, ...], state: str | None, failing: int
) -> None:
    """`fail-on` decides: never, and nothing fails; warning, and a warning does; the base commit's own never does."""
    findings = tuple(reports.finding(f"rule-{level}", "x", level, state=state) for level in severities)
    found = results(replace(reports.passing(), verdict=verdict, findings=findings))
    assert sum(result == "failure" for result in found.values()) == failing
    assert sum(result == "skipped" for result in found.values()) == len(severities) - failing


def test_existing_findings_do_not_fail_beside_new_ones() -> None:
    """A case fails by its new finding; one with nothing but old findings is skipped."""
    new, old = (reports.finding(f"{state}-rule", "x", state=state) for state in ("new", "existing"))
    found = results(replace(reports.passing(), verdict=Verdict.FAIL, findings=(new, old)))
    assert (found["repository", "new-rule"], found["repository", "existing-rule"]) == ("failure", "skipped")


def test_own_faults_are_no_errors() -> None:
    """A broken module fails by its finding; its unanswered questions are skipped and point to it."""
    error = ModuleError(ErrorClass.MALFORMED_FILE, "go.mod:1: unknown directive")
    module = replace(reports.module("lib", Outcome.UNAVAILABLE, Outcome.NOT_APPLICABLE), error=error)
    finding = reports.finding("broken-module", "go.mod:1: unknown directive", module="lib")
    report = replace(reports.passing(), verdict=Verdict.FAIL, complete=False, modules=(module,), findings=(finding,))
    assert results(report) == {
        ("repository", "complete"): "skipped",
        ("lib", "tidy"): "skipped",
        ("lib", "broken-module"): "failure",
    }


def test_a_finding_does_not_hide_that_there_is_no_answer() -> None:
    """A question with a warning and without an answer is an error that tells both."""
    error = ModuleError(ErrorClass.MODIFIED_CACHE, "the cache was changed", "clean it")
    module = replace(reports.module("lib", verify=Outcome.UNAVAILABLE), error=error)
    finding = reports.finding("modified-module-cache", "left@v1.4.0 differs", Severity.WARNING, module="lib")
    report = replace(reports.passing(), complete=False, modules=(module,), findings=(finding,))
    case = next(case for case in tree(report).iter("testcase") if case.get("name") == "verify")
    text = case.findtext("error") or ""
    assert text.splitlines()[:2] == ["the cache was changed", "clean it"]
    assert "left@v1.4.0 differs" in text


def test_module_without_any_question_has_a_case() -> None:
    """No suite is empty: what was asked of nobody is an error with the reason, or a case that passes."""
    error = ModuleError(ErrorClass.TOOLCHAIN, "go.mod asks for go1.99")
    silent = reports.module("lib", Outcome.NOT_APPLICABLE, Outcome.NOT_APPLICABLE)
    report = replace(reports.passing(), modules=(silent, replace(silent, dir="api", error=error)))
    assert results(report) == {
        ("repository", "complete"): "",
        ("lib", "judged"): "",
        ("api", "judged"): "error",
    }


def test_run_that_judged_nothing_is_an_error() -> None:
    """Without modules there is still a case, and it tells why."""
    report = replace(reports.passing(), modules=(), complete=False, notices=("there is no Go here",))
    (case,) = tree(report).iter("testcase")
    assert case.findtext("error") == "there is no Go here"


def test_rules_of_questions_exist() -> None:
    """Each rule that is told under a question is a rule, and each question is one."""
    assert all(rule(name) for name in junit.RULES_OF)
    assert set(junit.RULES_OF.values()) == set(junit.QUESTIONS)


def test_class_names_are_one_package() -> None:
    """Dots of a directory do not become packages in Jenkins."""
    report = replace(reports.passing(), modules=(reports.module("."), reports.module("api/v1.2")))
    names = {case.get("classname") for case in tree(report).iter("testcase")}
    assert names == {"go-release-gate", "go-release-gate.root", "go-release-gate.api/v1_2"}


@pytest.mark.parametrize("said", CORPUS, ids=lambda said: repr(said[:30]))
def test_corpus_is_shown_and_not_obeyed(said: str) -> None:
    """Each known trick in every place: well-formed, and no command to a runner."""
    assert_harmless(said)


@settings(max_examples=120, deadline=None)
@given(said=foreign() | st.text())
def test_no_text_breaks_the_form(said: str) -> None:
    """The same for any text: control characters, markup, half characters."""
    assert_harmless(said)


@settings(max_examples=80, deadline=None)
@given(
    said=st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="#:"), min_size=1)
)
def test_plain_text_comes_back(said: str) -> None:
    """A reader of XML gets every printable character of a message back."""
    finding = reports.finding("untidy-module", said, module=".", location=Location("go.mod", 1))
    report = replace(reports.passing(), verdict=Verdict.FAIL, findings=(finding,))
    texts = [case.findtext("failure") for case in tree(report).iter("testcase") if len(case)]
    assert texts == [f"go.mod:1: error: {said} [untidy-module]"]


def assert_harmless(said: str) -> None:
    """A report that says `said` everywhere has the shape and holds no command; types stay our own words."""
    report = reports.spoken(said)
    strange = tuple(replace(finding, rule=said) for finding in report.findings)
    for one in (report, replace(report, findings=strange)):
        root = tree(one)
        kinds = {result.get("type") for name in RESULTS for result in root.iter(name)}
        assert kinds <= {*Severity, *ErrorClass, "unavailable"}
        text = junit.render(one, RenderOptions())
        assert commands(text) == lenient_commands(text) == []
