"""What every form of the report says in the same words: headline, groups, status words. Pure; text is not yet
neutralised here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from go_release_gate.model.finding import Finding, Location, Related
from go_release_gate.model.outcome import ModuleError, Outcome, Verdict
from go_release_gate.model.report import CheckReport, ModuleAnswer
from go_release_gate.model.severity import Severity

REPOSITORY = "repository"
EXISTING = "existing"
SHORT = 12  # digits of a commit
_KINDS = {"untidy": "untidy", "form": "unformatted"}


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one module, gravest first; `module` is None for those about the repository as a whole."""

    module: str | None
    answer: ModuleAnswer | None
    findings: tuple[Finding, ...]

    @property
    def name(self) -> str:
        """The module's directory, or a word for the repository."""
        return REPOSITORY if self.module is None else self.module

    @property
    def title(self) -> str:
        """Its name and module path: `services/api (example.com/shop/services/api)`."""
        return f"{self.name} ({self.answer.path})" if self.answer and self.answer.path else self.name

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands that mend these findings, each once."""
        return tuple(dict.fromkeys(finding.command for finding in self.findings if finding.command))


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Modules that could not be judged for one and the same reason."""

    error: ModuleError
    dirs: tuple[str, ...]


def plural(number: int, noun: str, plural_noun: str = "") -> str:
    """`1 error`, `3 errors`, `2 directories`."""
    return f"{number} {noun if number == 1 else plural_noun or noun + 's'}"


def count_words(findings: Iterable[Finding]) -> str:
    """`3 errors, 1 warning`; `no findings`."""
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(plural(counts[level], level.value) for level in Severity if counts[level]) or "no findings"


def compared_words(report: CheckReport) -> str:
    """The same where a base commit was compared with: `2 new errors, 3 existing`, `no new findings, 3 existing`."""
    new = [finding for finding in report.findings if finding.state != EXISTING]
    counts = Counter(finding.severity for finding in new)
    words = ", ".join(plural(counts[level], f"new {level.value}") for level in Severity if counts[level])
    existing = len(report.findings) - len(new)
    return (words or "no new findings") + (f", {existing} existing" if existing else "")


def fixed_words(report: CheckReport) -> list[str]:
    """`1 fixed since 0123456789ab`, where a base commit was compared with."""
    found = report.comparison
    return [f"{found.fixed} fixed since {found.base[:SHORT]}"] if found else []


def headline(report: CheckReport) -> str:
    """The verdict in words: `fail: 3 errors, 1 warning in 2 of 5 modules; 1 module could not be judged`,
    `unavailable: 3 of 4 modules could not be judged; no findings`,
    `fail: 2 new errors, 3 existing in 2 of 5 modules; 1 fixed since 0123456789ab`."""
    total = len(report.modules)
    words = compared_words(report) if report.comparison else count_words(report.findings)
    if report.findings:
        hit = {finding.module for finding in report.findings if finding.module is not None}
        words += f" in {len(hit)} of {plural(total, 'module')}" if hit else ""
    else:
        words += f" in {plural(total, 'module')}"
    parts = [words, *fixed_words(report), *_gap_words(report)]
    if report.verdict is Verdict.UNAVAILABLE:
        parts.reverse()
    return f"{report.verdict.value}: {'; '.join(parts)}"


def _gap_words(report: CheckReport) -> list[str]:
    """What was left unjudged."""
    unjudged = sum(answer.error is not None for answer in report.modules)
    if unjudged:
        return [f"{unjudged} of {plural(len(report.modules), 'module')} could not be judged"]
    return [] if report.complete else ["not everything could be judged"]


def groups(report: CheckReport) -> list[Group]:
    """Findings by module in the order of the modules, those about the whole repository first."""
    found: dict[str | None, list[Finding]] = {}
    for finding in report.findings:
        found.setdefault(finding.module, []).append(finding)
    answers = {answer.dir: answer for answer in report.modules}
    places = {name: number for number, name in enumerate(answers)}
    order = sorted(found, key=lambda name: -1 if name is None else places.get(name, len(places)))
    return [Group(name, answers.get(name or ""), tuple(found[name])) for name in order]


def unjudged(report: CheckReport) -> list[Unjudged]:
    """Modules their surroundings kept from being judged, one entry per reason. A repository's own fault is a
    finding already."""
    found: dict[tuple[str, str, str], tuple[ModuleError, list[str]]] = {}
    for answer in report.modules:
        error = answer.error
        if error and not error.kind.is_repository_fault:
            key = (error.kind.value, error.message, error.hint)
            found.setdefault(key, (error, []))[1].append(answer.dir)
    return [Unjudged(error, tuple(dirs)) for error, dirs in found.values()]


def status_words(answer: ModuleAnswer) -> tuple[str, str, str]:
    """One word each for tidy, verify and vendor."""
    tidy = _KINDS.get(answer.tidy.kind or "", "") if answer.tidy.outcome is Outcome.FAIL else ""
    return tidy or outcome_word(answer.tidy.outcome), outcome_word(answer.verify.outcome), outcome_word(answer.vendor)


def outcome_word(outcome: Outcome) -> str:
    """`pass`, `fail`, `unavailable`, and `none` where the question does not arise."""
    return "none" if outcome is Outcome.NOT_APPLICABLE else outcome.value


def outcomes(answer: ModuleAnswer) -> tuple[Outcome, Outcome, Outcome]:
    """The three outcomes, in the order of `status_words`."""
    return answer.tidy.outcome, answer.verify.outcome, answer.vendor


def is_well(answer: ModuleAnswer) -> bool:
    """Whether nothing is to be said of the module."""
    return answer.error is None and all(
        outcome in {Outcome.PASS, Outcome.NOT_APPLICABLE} for outcome in outcomes(answer)
    )


def place(location: Location, *, column: bool = False) -> str:
    """`services/api/go.mod:7`, as terminals and editors make it a link; with `column` also `:1` where known."""
    if location.line is None:
        return location.path
    return f"{location.path}:{location.line}" + (f":{location.column}" if column and location.column else "")


def reason(related: Related) -> str:
    """A related place in one line; the place is added where the message does not name it."""
    if related.location is None or place(related.location) in related.message:
        return related.message
    return f"{related.message} ({place(related.location)})"


def tally(words: Iterable[str]) -> str:
    """`2 testdata, 1 excluded`, most frequent first."""
    return ", ".join(f"{number} {word}" for word, number in Counter(words).most_common())


def healed(report: CheckReport) -> list[str]:
    """`path@version` of every damaged cache entry that was fetched again, each once."""
    return sorted({name for answer in report.modules for name in answer.verify.healed})


def unknown_reasons(report: CheckReport) -> tuple[int, int]:
    """How many changed lines have no known reason, and of how many."""
    total = sum(answer.reasons[1] for answer in report.modules)
    return total - sum(answer.reasons[0] for answer in report.modules), total


def judged_by(report: CheckReport) -> str:
    """`judged by go1.26.8 with go-release-gate 0.1.0 in 1.2 s`."""
    seconds = report.timings.get("total")
    took = f" in {seconds:.1f} s" if seconds is not None else ""
    return f"judged by {report.go or 'no Go'} with go-release-gate {report.version}{took}"


def patch(report: CheckReport) -> str:
    """The patch for all modules; without one, what the modules' own diffs say."""
    return report.patch or "".join(answer.tidy.diff for answer in report.modules)
