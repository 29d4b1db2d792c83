"""The report as SARIF 2.1.0, the way GitHub's code scanning reads it (docs/guides/code-scanning.md).

One run for each module, and one for the repository as a whole, each with a category of its own. Code scanning closes
the alerts that the next run of the same category no longer has, so

- a module without findings has a run, too, and an empty one closes its alerts;
- a module that could not be judged, and of which nothing was found, has none: its alerts stay as they are;
- jobs that judge parts of a repository do not close each other's alerts.

A file may hold 20 runs. Beyond that there is one run for everything, in the category of the repository.
Suppressed findings are left out: code scanning does not heed `suppressions` and opens an alert for each
(github/codeql-action#1230). Outside a workflow `--verbose` lists them, for readers that do heed them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from go_release_gate.model.finding import Finding
from go_release_gate.model.outcome import ModuleError, Outcome
from go_release_gate.model.report import CheckReport, ModuleAnswer, Subject, Suppressed
from go_release_gate.report import phrases
from go_release_gate.report.jsontext import dumps
from go_release_gate.report.neutral import log_text
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.sarif_places import ROOT_ID, relative_path, uri
from go_release_gate.report.sarif_results import plain, results
from go_release_gate.report.sarif_rules import descriptors

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://github.com/acme/go-release-gate"
CATEGORY = "go-release-gate"
MOST_RUNS = 20  # of a file; docs.github.com, "SARIF results exceed one or more limits"
MOST_RESULTS = 25_000  # of a run; the same page
NAME_LIMIT = 200  # characters of a module's part of a category

_SEMANTIC = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/%-]+")


@dataclass(frozen=True, slots=True)
class Part:
    """What one run says: its category, its findings, and as notifications why that is not the whole truth."""

    category: str
    findings: Sequence[Finding]
    suppressed: Sequence[Suppressed] = ()
    gaps: Sequence[dict[str, Any]] = ()


def render(report: CheckReport, options: RenderOptions) -> str:
    """The whole log and a final newline, in ASCII. The same report gives the same bytes."""
    with_suppressed = options.verbose and report.subject.run is None
    return log(report, parts(report, with_suppressed=with_suppressed))


def log(report: CheckReport, of: Sequence[Part]) -> str:
    """A log with a run for each part."""
    runs = [_run(report, part) for part in of]
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": runs}) + "\n"


def parts(report: CheckReport, *, with_suppressed: bool = False) -> list[Part]:
    """The runs of a report, the repository's first."""
    suppressed = report.suppressed if with_suppressed else ()
    dirs = dict.fromkeys(answer.dir for answer in report.modules)
    if len(dirs) + 1 > MOST_RUNS:
        return [Part(f"{CATEGORY}/", report.findings, suppressed, gaps(report))]
    of_repository = Part(
        f"{CATEGORY}/",
        [finding for finding in report.findings if finding.module not in dirs],
        [item for item in suppressed if item.finding.module not in dirs],
        gaps(report),
    )
    answers = {answer.dir: answer for answer in report.modules}
    modules = (_of_module(report, answer, suppressed) for answer in answers.values())
    return [of_repository, *(part for part in modules if part)]


def _of_module(report: CheckReport, answer: ModuleAnswer, suppressed: Sequence[Suppressed]) -> Part | None:
    findings = [finding for finding in report.findings if finding.module == answer.dir]
    known = [item for item in suppressed if item.finding.module == answer.dir]
    accepted = any(item.finding.module == answer.dir for item in report.suppressed)
    is_judged = _is_judged(answer)
    if not findings and not (is_judged and (answer.error is None or accepted)):
        return None
    said = [] if is_judged else [_gap(answer.dir, answer.error)]
    return Part(category(answer.dir), findings, known, said)


def category(directory: str) -> str:
    """`runAutomationDetails.id` of a module's run: everything before the last slash is the category."""
    name = "." if directory == "." else uri(directory)
    if len(name) > NAME_LIMIT:
        name = hashlib.sha256(name.encode()).hexdigest()
    return f"{CATEGORY}/{name}/"


def _is_judged(answer: ModuleAnswer) -> bool:
    """Whether its questions have answers, or the repository's own fault is the answer (and a finding)."""
    if answer.error is not None:
        return answer.error.kind.is_repository_fault
    return Outcome.UNAVAILABLE not in phrases.outcomes(answer)


def _run(report: CheckReport, part: Part) -> dict[str, Any]:
    findings = sorted(part.findings, key=lambda finding: finding.severity.rank)[:MOST_RESULTS]
    suppressed = part.suppressed[: MOST_RESULTS - len(findings)]
    rules = descriptors(finding.rule for finding in (*findings, *(item.finding for item in suppressed)))
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    notifications = [*part.gaps, *_cut(len(part.findings) - len(findings))]
    run = {
        "tool": {"driver": _driver(report, rules)},
        "automationDetails": {"id": part.category},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {"executionSuccessful": not part.gaps}
            | ({"toolExecutionNotifications": notifications} if notifications else {})
        ],
        "results": results(findings, suppressed, index),
    }
    if provenance := _provenance(report.subject):
        run["versionControlProvenance"] = [provenance]
    return run


def _driver(report: CheckReport, rules: list[dict[str, Any]]) -> dict[str, Any]:
    version = {"semanticVersion": report.version} if _SEMANTIC.fullmatch(report.version) else {}
    return {
        "name": "go-release-gate",
        "version": log_text(report.version, 100).strip() or "unknown",
        **version,
        "informationUri": HOME,
        "rules": rules,
    }


def gaps(report: CheckReport) -> list[dict[str, Any]]:
    """Why the report is not the whole truth: each module that its surroundings kept from being judged, and where no
    module is to blame, what was said beside the findings. Empty: nothing is missing."""
    unjudged = [answer for answer in report.modules if not _is_judged(answer)]
    if unjudged or report.complete or any(answer.error for answer in report.modules):
        return [_gap(answer.dir, answer.error) for answer in unjudged]
    said = ("not everything could be judged", *report.notices)
    return [_notification("error", plain("; ".join(said)))]


def _gap(directory: str, error: ModuleError | None) -> dict[str, Any]:
    why = ": ".join(filter(None, (error.message, error.hint))) if error else "not every question has an answer"
    said = _notification("error", plain(f"{directory} could not be judged: {why}"))
    place = relative_path(f"{directory}/go.mod")
    return {
        **said,
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(place), "uriBaseId": ROOT_ID}}}],
    }


def _cut(number: int) -> Iterator[dict[str, Any]]:
    if number > 0:
        yield _notification(
            "warning", f"{phrases.plural(number, 'finding')} left out, the mildest: code scanning takes {MOST_RESULTS}"
        )


def _notification(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": text}}


def _provenance(subject: Subject) -> dict[str, Any] | None:
    """Repository, commit and branch, where the address of the repository is known."""
    address = (subject.run or "").partition("/actions/runs/")[0] or subject.repository
    if not _ADDRESS.fullmatch(address):
        return None
    commit = {"revisionId": subject.commit} if _COMMIT.fullmatch(subject.commit) else {}
    branch = subject.ref.removeprefix("refs/heads/") if subject.ref.startswith("refs/heads/") else ""
    named = {"branch": log_text(branch, 300)} if branch else {}
    return {"repositoryUri": address, **commit, **named, "mappedTo": {"uriBaseId": ROOT_ID}}
