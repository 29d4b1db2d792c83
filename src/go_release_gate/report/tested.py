"""The whole answer of `test`, and what every form of it says in the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from go_release_gate.facts.tested import FAILED, FLAKY, PASSED, SKIPPED, UNFINISHED, RanModule, RanTests
from go_release_gate.gotest.profile import Covered
from go_release_gate.model.outcome import ModuleError, Verdict
from go_release_gate.model.report import CheckReport
from go_release_gate.report import phrases
from go_release_gate.report.jsontext import dumps

OUTCOMES = (PASSED, FAILED, SKIPPED, FLAKY, UNFINISHED)


@dataclass(frozen=True, slots=True)
class TestingReport:
    """The findings with their verdict, and the tests they are about. `profile`: the coverage of all modules."""

    __test__ = False  # no test of ours

    check: CheckReport
    tests: RanTests = field(default_factory=RanTests)


def headline(report: TestingReport) -> str:
    """`fail: 41 tests passed, 1 failed; coverage 87.4 %; 1 error`, `unavailable: 1 module could not be tested; …`."""
    counts = tally(report)
    named = [name for name in OUTCOMES if counts[name]]
    words = [f"{phrases.plural(counts[one], 'test') if n == 0 else counts[one]} {one}" for n, one in enumerate(named)]
    parts = [", ".join(words) or "no test ran"]
    commands = report.tests.commands
    if commands:
        passed = sum(not one.problem and one.error is None for one in commands)
        parts.append(f"{passed} of {phrases.plural(len(commands), 'command')} passed")
    if report.tests.coverage is not None:
        parts.append(f"coverage {percent(report.tests.coverage)}")
    if report.tests.changed is not None:
        parts.append(f"of changed lines {percent(report.tests.changed)}")
    parts.append(phrases.count_words(report.check.findings))
    unjudged = sum(1 for _ in errors(report))
    if unjudged or not report.check.complete:
        said = f"{phrases.plural(unjudged, 'module')} could not be tested" if unjudged else "not everything was tested"
        parts.insert(0 if report.check.verdict is Verdict.UNAVAILABLE else len(parts), said)
    return f"{report.check.verdict.value}: {'; '.join(parts)}"


def tally(report: TestingReport) -> Counter[str]:
    """Outcome → how many tests; those with tests of their own below them count, too, as Go counts."""
    return Counter(one.outcome for one in report.tests.tests)


def errors(report: TestingReport) -> Iterator[ModuleError]:
    """What kept modules from being tested, and commands from being run."""
    yield from (one.error for one in report.tests.modules if one.error is not None)
    yield from (one.error for one in report.tests.commands if one.error is not None)


def percent(part: Covered | None) -> str:
    """`87.4 %`; `-` where it is not known, or nothing of it is there."""
    return f"{part.percent:.1f} %" if part is not None and part.total else "-"


def outcome(module: RanModule) -> str:
    """How its tests went, in one word."""
    if module.error is not None:
        return "not tested"
    if module.has_failed:
        return FAILED
    if not any(one.tests for one in module.packages):
        return "no tests"
    return FLAKY if any(one.outcome == FLAKY for one in module.packages) else PASSED


def facts_of(module: RanModule) -> Iterator[str]:
    """What is to be said of a module in one line, part by part."""
    counts = Counter(test.outcome for one in module.packages for test in one.tests)
    yield from (f"{counts[name]} {name}" for name in OUTCOMES if counts[name])
    bare = sum(not one.tests and one.outcome == "no tests" for one in module.packages)
    if bare:
        yield f"{phrases.plural(bare, 'package')} without tests"
    cached = sum(one.is_cached for one in module.packages)
    if cached:
        yield f"{phrases.plural(cached, 'package')} from Go's cache"


def outputs(report: TestingReport) -> dict[str, str]:
    """The outputs of a step that tests, by name."""
    counts, tests = tally(report), report.tests
    return {
        "verdict": report.check.verdict.value,
        "complete": "true" if report.check.complete else "false",
        "findings": str(len(report.check.findings)),
        "coverage": f"{tests.coverage.percent:.1f}" if tests.coverage and tests.coverage.total else "",
        "changed-coverage": f"{tests.changed.percent:.1f}" if tests.changed and tests.changed.total else "",
        "tests": dumps({name: counts[name] for name in OUTCOMES}, indent=None),
    }
