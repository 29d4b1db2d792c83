"""The report as JUnit XML, for whoever shows test results: GitLab, Jenkins, report actions.

One suite for the repository and one for each module. The questions (tidy, verify, vendor) are cases that always have
the same name, so that viewers can tell "newly failed" from "failed before"; the findings of every other rule are a
case named like the rule. Each finding stands in one case only.

- `failure`: findings that fail the gate. There is one exactly where the verdict is fail.
- `error`: the question has no answer, and the repository is not at fault.
- `skipped`: findings that fail nothing. Viewers show what a skipped case says, but not what a passed one does.

What viewers do with a file sets the rest: at most one of the three in a case, its whole text inside and not in
`message` (GitLab shows the text alone); `type` is one of our own words (GitLab's reader of XML acts on it); no
`system-out` (GitLab obeys `[[ATTACHMENT|…]]` there) and no `file` (Jenkins' schema has no such attribute). No times:
the same tree gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

from go_release_gate.model.finding import Finding
from go_release_gate.model.outcome import ModuleError, Outcome, Verdict
from go_release_gate.model.report import CheckReport, ModuleAnswer
from go_release_gate.model.severity import Severity
from go_release_gate.report import phrases
from go_release_gate.report.neutral import log_text
from go_release_gate.report.options import RenderOptions

NAME = "go-release-gate"
COMPLETE = "complete"  # the case that says whether everything was judged
MOST_REASONS = 3  # of a finding
QUESTIONS = ("tidy", "verify", "vendor")
RULES_OF = {
    "untidy-module": "tidy",
    "unformatted-module-file": "tidy",
    "checksum-mismatch": "verify",
    "modified-module-cache": "verify",
    "stale-vendor": "vendor",
    "modified-vendor": "vendor",
}
"""Rule → the question it answers."""


@dataclass(frozen=True, slots=True)
class Case:
    """A test case. `result` is failure, error, skipped or empty; `kind` our word for its cause."""

    name: str
    result: str = ""
    kind: str = ""
    message: str = ""
    lines: tuple[str, ...] = ()


def render(report: CheckReport, options: RenderOptions) -> str:  # noqa: ARG001 - every form takes the same two
    """The document and a final newline, in ASCII. The same report gives the same bytes."""
    suites = list(_suites(report))
    every = [case for _, _, cases in suites for case in cases]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {_attributes(name=NAME)} {_counts(every)}>"]
    for name, class_name, cases in suites:
        lines += [f'  <testsuite {_attributes(name=name)} {_counts(cases)} skipped="{_number(cases, "skipped")}">']
        lines += [line for case in cases for line in _case(case, class_name)]
        lines += ["  </testsuite>"]
    text = "\n".join([*lines, "</testsuites>", ""])
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _suites(report: CheckReport) -> Iterator[tuple[str, str, list[Case]]]:
    """Name, class name and cases of each suite."""
    failing = failing_severity(report)
    dirs = {answer.dir for answer in report.modules}
    general = [finding for finding in report.findings if finding.module not in dirs]
    yield phrases.REPOSITORY, NAME, [_complete(report), *_by_rule(general, failing)]
    for answer in {answer.dir: answer for answer in report.modules}.values():
        own = [finding for finding in report.findings if finding.module == answer.dir]
        yield answer.dir, _class_name(answer.dir), _of_module(answer, own, failing)


def _of_module(answer: ModuleAnswer, findings: list[Finding], failing: Severity | None) -> list[Case]:
    """The questions, then every other rule with findings; at least one case."""
    questions = [case for name in QUESTIONS if (case := _question(name, answer, findings, failing))]
    others = [finding for finding in findings if finding.rule not in RULES_OF]
    cases = [*questions, *_by_rule(others, failing)]
    return cases or [_unanswered("judged", answer.error) if answer.error else Case("judged")]


def failing_severity(report: CheckReport) -> Severity | None:
    """Findings of this severity fail the gate: none unless the verdict is fail, then the gravest that counts (an
    error, or less where `fail-on` was set lower)."""
    counted = [finding.severity for finding in report.findings if finding.state != "existing"]
    if report.verdict is not Verdict.FAIL or not counted:
        return None
    return min(counted, key=lambda severity: severity.rank)


def _complete(report: CheckReport) -> Case:
    """Whether everything was judged; what a repository broke itself is no error but a finding."""
    if report.complete:
        return Case(COMPLETE)
    blamed = [(answer.dir, answer.error) for answer in report.modules if answer.error]
    is_own_fault = bool(blamed) and all(error.kind.is_repository_fault for _, error in blamed)
    said = [f"{directory}: {error.message}" for directory, error in blamed] or report.notices
    result = "skipped" if is_own_fault else "error"
    return Case(COMPLETE, result, "unavailable", "not everything could be judged", tuple(map(log_text, said)))


def _question(name: str, answer: ModuleAnswer, findings: Iterable[Finding], failing: Severity | None) -> Case | None:
    """The case of one question; None where the question does not arise."""
    outcome = dict(zip(QUESTIONS, phrases.outcomes(answer), strict=True))[name]
    own = [finding for finding in findings if RULES_OF.get(finding.rule) == name]
    found = _of_findings(name, own, failing) if own else None
    if outcome is Outcome.UNAVAILABLE and (found is None or found.result != "failure"):
        unanswered = _unanswered(name, answer.error)
        return replace(unanswered, lines=(*unanswered.lines, *(found.lines if found else ())))
    return found or (None if outcome is Outcome.NOT_APPLICABLE else Case(name))


def _unanswered(name: str, error: ModuleError | None) -> Case:
    if error is None:
        return Case(name, "error", "unavailable", "could not be judged")
    if error.kind.is_repository_fault:
        return Case(name, "skipped", error.kind.value, f"not judged: see {log_text(error.rule)}")
    lines = tuple(log_text(text) for text in (error.message, error.hint) if text)
    return Case(name, "error", error.kind.value, f"could not be judged: {log_text(error.message)}", lines)


def _by_rule(findings: Iterable[Finding], failing: Severity | None) -> list[Case]:
    """One case for each rule, in the order of their names."""
    rules: dict[str, list[Finding]] = {}
    for finding in findings:
        rules.setdefault(finding.rule, []).append(finding)
    return [_of_findings(log_text(rule, 200), rules[rule], failing) for rule in sorted(rules)]


def _of_findings(name: str, findings: list[Finding], failing: Severity | None) -> Case:
    fails = any(finding.severity is failing and finding.state != "existing" for finding in findings)
    gravest = min((finding.severity for finding in findings), key=lambda severity: severity.rank)
    lines = tuple(line for finding in findings for line in _lines(finding))
    return Case(name, "failure" if fails else "skipped", gravest.value, phrases.count_words(findings), lines)


def _lines(finding: Finding) -> Iterator[str]:
    """What the text form says of a finding, each line harmless by itself."""
    yield log_text(f"{phrases.place(finding.location)}: {finding.severity.value}: {finding.message} [{finding.rule}]")
    reasons = (related for related in finding.related[:MOST_REASONS] if related.message not in finding.message)
    yield from (log_text(f"  why: {phrases.reason(related)}") for related in reasons)
    if finding.command:
        yield log_text(f"  run: {finding.command}")


def _case(case: Case, class_name: str) -> list[str]:
    head = f"    <testcase {_attributes(classname=class_name, name=case.name)}"
    if not case.result:
        return [f"{head}/>"]
    message = _attributes(type=case.kind, message=case.message)
    text = "\n".join(escape(line) for line in case.lines)
    inside = f"<{case.result} {message}>{text}</{case.result}>" if text else f"<{case.result} {message}/>"
    return [f"{head}>", f"      {inside}", "    </testcase>"]


def _attributes(**values: str) -> str:
    return " ".join(f"{name}={quoteattr(log_text(value))}" for name, value in values.items())


def _counts(cases: list[Case]) -> str:
    failures, errors = _number(cases, "failure"), _number(cases, "error")
    return f'tests="{len(cases)}" failures="{failures}" errors="{errors}"'


def _number(cases: list[Case], result: str) -> int:
    return sum(case.result == result for case in cases)


def _class_name(directory: str) -> str:
    """`go-release-gate.services/api`: Jenkins shows what stands before the last dot as a package."""
    return f"{NAME}.{'root' if directory == '.' else directory.replace('.', '_')}"
