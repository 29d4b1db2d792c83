"""The tests as JUnit XML: a suite for each package, a case for each test, and one for what the gate says beside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from go_release_gate.facts.tested import FAILED, FLAKY, SKIPPED, UNFINISHED, RanPackage, RanTest
from go_release_gate.gotest.troubles import Trouble
from go_release_gate.report.junit import NAME, failing_severity
from go_release_gate.report.neutral import log_text
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.tested import TestingReport, errors

OF_TESTS = frozenset({"failed-test", "data-race", "flaky-test", "failed-build"})
MOST_LINES = 400  # of the output of one test


@dataclass(frozen=True, slots=True)
class Case:
    """A test case: `result` is failure, error, skipped or empty."""

    name: str
    seconds: float = 0.0
    result: str = ""
    kind: str = ""
    message: str = ""
    said: str = ""


def render(report: TestingReport, options: RenderOptions) -> str:  # noqa: ARG001 - every form takes the same two
    """The document and a final newline, in ASCII."""
    suites = list(_suites(report))
    every = [case for _, cases in suites for case in cases]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {_attributes(name=NAME)} {_counts(every)}>"]
    for name, cases in suites:
        seconds = f'time="{sum(case.seconds for case in cases):.3f}"'
        skipped = sum(case.result == "skipped" for case in cases)
        lines.append(f'  <testsuite {_attributes(name=name)} {_counts(cases)} skipped="{skipped}" {seconds}>')
        lines += [line for case in cases for line in _lines(case, name)]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""]).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _suites(report: TestingReport) -> Iterator[tuple[str, list[Case]]]:
    for module in report.tests.modules:
        for package in module.packages:
            cases = [*map(_test, package.tests), *_beside(package)]
            if cases:
                yield package.path, cases
    commands = [
        Case(one.name, one.seconds, "failure", "failed", one.problem, one.said)
        if one.problem
        else Case(one.name, one.seconds, "error", "unavailable", one.error.message)
        if one.error
        else Case(one.name, one.seconds)
        for one in report.tests.commands
    ]
    if commands:
        yield "commands", commands
    yield NAME, list(_gate(report))


def _test(one: RanTest) -> Case:
    told = _told(one.troubles)
    if one.outcome in (FAILED, UNFINISHED):
        message = told or ("ended without a result" if one.outcome == UNFINISHED else "a test below it failed")
        return Case(one.name, one.seconds, "failure", _kind(one.troubles), message, one.said)
    if one.outcome == SKIPPED:
        return Case(one.name, one.seconds, "skipped", "skipped", "skipped")
    return Case(one.name, one.seconds, said=f"flaky: {told}" if one.outcome == FLAKY else "")


def _beside(package: RanPackage) -> Iterator[Case]:
    """What went wrong beside the tests, as a case of its own: no viewer may take such a package for a good one."""
    if package.troubles or (package.outcome == UNFINISHED and not package.tests):
        message = _told(package.troubles) or "its tests have no result"
        said = "\n".join(f"{one.path}:{one.line}: {one.message}" for one in package.troubles)
        yield Case("(package)", 0.0, "failure", _kind(package.troubles), message, f"{said}\n{package.said}")


def _gate(report: TestingReport) -> Iterator[Case]:
    """Coverage and completeness."""
    missing = [one.message for one in errors(report)]
    if report.check.complete:
        yield Case("complete")
    else:
        yield Case("complete", 0.0, "error", "unavailable", "not everything could be tested", "\n".join(missing))
    failing = failing_severity(report.check)
    rules: dict[str, list[str]] = {}
    failed = set()
    for one in report.check.findings:
        if one.rule not in OF_TESTS:
            rules.setdefault(one.rule, []).append(f"{one.location.path}:{one.location.line or 1}: {one.message}")
            failed |= {one.rule} if one.severity is failing and one.state != "existing" else set()
    for rule, lines in sorted(rules.items()):
        yield Case(rule, 0.0, "failure" if rule in failed else "skipped", "finding", lines[0], "\n".join(lines))


def _told(troubles: Iterable[Trouble]) -> str:
    return "; ".join(one.message for one in troubles)[:500]


def _kind(troubles: tuple[Trouble, ...]) -> str:
    return troubles[0].kind if troubles else "failed"


def _lines(case: Case, suite: str) -> Iterator[str]:
    head = f'    <testcase {_attributes(classname=suite, name=case.name)} time="{case.seconds:.3f}"'
    if not case.result:
        yield f"{head}/>"
        return
    text = "\n".join(escape(log_text(line)) for line in case.said.splitlines()[:MOST_LINES])
    yield f"{head}>"
    yield f"      <{case.result} {_attributes(type=case.kind, message=case.message)}>{text}</{case.result}>"
    yield "    </testcase>"


def _attributes(**values: str) -> str:
    return " ".join(f"{name}={quoteattr(log_text(value))}" for name, value in values.items())


def _counts(cases: list[Case]) -> str:
    failures = sum(case.result == "failure" for case in cases)
    return f'tests="{len(cases)}" failures="{failures}" errors="{sum(case.result == "error" for case in cases)}"'
