"""SARIF: valid under the schema and under GitHub's own rules; alerts open and close as they should."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from go_release_gate.model.finding import Edit, Fix, Location, Related
from go_release_gate.model.outcome import ErrorClass, ModuleError, Outcome
from go_release_gate.model.report import CheckReport, Suppressed
from go_release_gate.model.severity import Severity
from go_release_gate.report import sarif
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.sarif_places import region, relative_path, uri
from go_release_gate.report.sarif_results import MOST_RELATED
from go_release_gate.report.sarif_rules import TEXT_LIMIT, cut
from go_release_gate.rules.registry import RULES
from support import reports
from support.code_scanning import violations
from support.hostile import CORPUS, foreign
from support.runner_parsers import commands, lenient_commands

SCHEMA = Path(__file__).parents[2] / "data/sarif-2.1.0-rtm.5.json.gz"
SAMPLES = {
    "pass": reports.passing,
    "fail": reports.failing,
    "unavailable": reports.unavailable,
    "large": reports.large,
    "empty": lambda: replace(reports.passing(), modules=()),
}


@cache
def validator() -> Draft4Validator:
    """The schema of SARIF 2.1.0."""
    return Draft4Validator(json.loads(gzip.decompress(SCHEMA.read_bytes())))


def log(report: CheckReport) -> dict[str, Any]:
    """The report as SARIF, held against the schema and GitHub's rules."""
    document: dict[str, Any] = json.loads(sarif.render(report, RenderOptions(verbose=True)))
    validator().validate(document)
    assert violations(document) == []
    return document


def full_log(report: CheckReport) -> dict[str, Any]:
    """The same with every detail, outside a workflow, held against the schema alone."""
    at_home = replace(report, subject=replace(report.subject, run=None))
    document: dict[str, Any] = json.loads(sarif.render(at_home, RenderOptions(verbose=True)))
    validator().validate(document)
    return document


def runs(report: CheckReport) -> dict[str, Any]:
    """Category → run."""
    return {run["automationDetails"]["id"]: run for run in log(report)["runs"]}


def only(finding: Any) -> dict[str, Any]:
    """The one result of a report with one finding."""
    (result,) = [
        item for run in log(replace(reports.passing(), findings=(finding,)))["runs"] for item in run["results"]
    ]
    return result  # type: ignore[no-any-return]


@pytest.mark.parametrize("sample", SAMPLES)
def test_samples_are_valid(sample: str) -> None:
    """Every sample passes the schema and GitHub's rules, in ASCII, and is the same bytes the second time."""
    report = SAMPLES[sample]()
    log(report)
    full_log(report)
    text = sarif.render(report, RenderOptions())
    assert text.isascii()
    assert text == sarif.render(SAMPLES[sample](), RenderOptions(diff=True, colour=True, quiet=True))


def test_rules_of_github_refuse_what_the_schema_takes() -> None:
    """The second layer is no rubber stamp: each of its rules finds its breach in an otherwise good log."""
    breaches = {
        "address": lambda result: result["locations"][0]["physicalLocation"]["artifactLocation"].update(uri="a b"),
        "region": lambda result: result["locations"][0]["physicalLocation"].pop("region"),
        "message": lambda result: result["message"].update(text=" "),
        "link": lambda result: result["message"].update(text="[x](https://example.com)"),
        "location": lambda result: result.update(locations=[]),
        "suppressed": lambda result: result.update(suppressions=[{"kind": "inSource"}]),
        "fingerprint": lambda result: result.update(partialFingerprints={}),
        "ruleIndex": lambda result: result.update(ruleIndex=0),
    }
    for word, breach in breaches.items():
        document = json.loads(sarif.render(reports.failing(), RenderOptions()))
        breach(document["runs"][2]["results"][0])
        validator().validate(document)
        assert any(word in said for said in violations(document)), word


def test_one_run_for_each_judged_module() -> None:
    """Modules without findings have an empty run, which closes their alerts; the one nobody could judge has none."""
    found = {name: len(run["results"]) for name, run in runs(reports.failing()).items()}
    assert found == {
        "go-release-gate/": 1,
        "go-release-gate/./": 1,
        "go-release-gate/services/api/": 2,
        "go-release-gate/lib/": 0,
        "go-release-gate/services/mail/": 0,
    }


def test_what_was_not_judged_is_said() -> None:
    """The run of the repository is not successful and names the module, with host and hint."""
    found = runs(reports.failing())
    (invocation,) = found["go-release-gate/"]["invocations"]
    assert invocation["executionSuccessful"] is False
    (said,) = invocation["toolExecutionNotifications"]
    assert said["level"] == "error"
    assert said["message"]["text"].startswith("services/pay could not be judged: proxy.example.com does not answer")
    assert found["go-release-gate/lib/"]["invocations"] == [{"executionSuccessful": True}]


def test_half_a_judgement_does_not_hide_findings() -> None:
    """A module with a finding and an unanswered question keeps its run, which says that it is not the whole truth."""
    report = reports.failing()
    half = replace(report.modules[1], verify=replace(report.modules[1].verify, outcome=Outcome.UNAVAILABLE))
    run = runs(replace(report, modules=(half,)))["go-release-gate/services/api/"]
    assert len(run["results"]) == 2
    assert run["invocations"][0]["executionSuccessful"] is False


def test_own_faults_are_findings_not_gaps() -> None:
    """A broken module is judged by its finding, or by the suppression of it; without either it has no run."""
    error = ModuleError(ErrorClass.MALFORMED_FILE, "go.mod:1: unknown directive")
    broken = replace(reports.module("lib", Outcome.UNAVAILABLE), error=error)
    finding = reports.finding("broken-module", "go.mod:1: unknown directive", module="lib")
    plain = replace(reports.passing(), complete=False, modules=(broken,))
    assert runs(replace(plain, findings=(finding,)))["go-release-gate/lib/"]["invocations"][0]["executionSuccessful"]
    excused = runs(replace(plain, suppressed=(Suppressed(finding, "inline", "old"),)))
    assert excused["go-release-gate/lib/"]["results"] == []
    assert list(runs(plain)) == ["go-release-gate/"]


def test_gap_without_a_module_is_said() -> None:
    """A run that could judge nothing at all is not successful and says why."""
    report = replace(reports.passing(), modules=(), complete=False, notices=("there is no Go here",))
    (invocation,) = runs(report)["go-release-gate/"]["invocations"]
    assert invocation["toolExecutionNotifications"][0]["message"]["text"].endswith("; there is no Go here")


@pytest.mark.parametrize(("modules", "expected"), [(19, 20), (20, 1)])
def test_a_file_holds_twenty_runs(modules: int, expected: int) -> None:
    """Nineteen modules and the repository fill a file; one more, and everything is one run, with nothing lost."""
    report = reports.large(modules=modules, findings_each=2, diff_bytes=80)
    found = runs(report)
    assert len(found) == expected
    assert "go-release-gate/" in found
    assert sum(len(run["results"]) for run in found.values()) == 2 * modules


def test_categories_never_meet() -> None:
    """A directory may be called anything: no two modules share a category, nor one with the repository."""
    names = (".", "repository", "a b", "a%20b", "a#b", "\u00e9", "\udcc3", "x" * 300, "x" * 301)
    report = replace(reports.passing(), modules=tuple(reports.module(name) for name in names))
    assert len(runs(report)) == len(names) + 1


def test_results_over_the_limit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gravest findings stay; a notification says how many went."""
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    levels = (Severity.NOTE, Severity.WARNING, Severity.ERROR, Severity.NOTE)
    findings = tuple(reports.finding("untidy-module", f"f{n}", level, module=".") for n, level in enumerate(levels))
    run = runs(replace(reports.passing(), findings=findings))["go-release-gate/./"]
    assert [item["level"] for item in run["results"]] == ["error", "warning"]
    (said,) = run["invocations"][0]["toolExecutionNotifications"]
    assert said["message"]["text"].startswith("2 findings left out")


def test_alerts_keep_their_identity() -> None:
    """The hash is the finding's fingerprint: the same on another line; a twin in the run gets a number."""
    finding = reports.finding("untidy-module", "x", module=".")
    moved = replace(finding, location=replace(finding.location, line=99, end_line=99))
    assert only(finding)["partialFingerprints"] == only(moved)["partialFingerprints"]
    twins = runs(replace(reports.passing(), findings=(finding, moved)))["go-release-gate/./"]["results"]
    hashes = [item["partialFingerprints"]["primaryLocationLineHash"] for item in twins]
    assert hashes == [finding.fingerprint, f"{finding.fingerprint}:2"]


def test_reasons_are_links_to_their_places() -> None:
    """A reason with a place is a numbered related location that the message links to; one without is words."""
    result = next(item for run in runs(reports.failing()).values() for item in run["results"] if item.get("fixes"))
    assert result["message"]["text"].endswith(
        "(why: [imported here (linux)](1); added by the test of example.com/shop/lib)"
    )
    (related,) = result["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "services/api/internal/db/db.go"
    assert related["physicalLocation"]["region"]["startLine"] == 12


def test_reason_inside_the_message_is_the_link() -> None:
    """What the message says already is not said twice: it becomes the link, with brackets that cannot end it."""
    said = "needed by a[0] at a.go:3"
    place = Location("a.go", 3)
    finding = reports.finding("untidy-module", f"add x: {said}", related=(Related(said, place), Related("add x")))
    assert only(finding)["message"]["text"] == "add x: [needed by a(0) at a.go:3](1)"


def test_related_places_are_bounded() -> None:
    """A finding with a thousand reasons carries the first ones."""
    many = tuple(Related(f"here {number}", Location("a.go", number)) for number in range(1, 1000))
    assert len(only(reports.finding("untidy-module", "x", related=many))["relatedLocations"]) == MOST_RELATED


@pytest.mark.parametrize(
    ("edit", "deleted"),
    [
        (Edit("go.mod", 7, 9, "a\n"), (7, 1, 10, 1)),
        (Edit("go.mod", 7, 6, "new\n"), (7, 1, 7, 1)),
        (Edit("go.mod", 7, 7, ""), (7, 1, 8, 1)),
    ],
)
def test_fixes_replace_whole_lines(edit: Edit, deleted: tuple[int, ...]) -> None:
    """Replaced, inserted and deleted lines, as SARIF counts them."""
    (fix,) = only(reports.finding("untidy-module", "x", fix=Fix(True, (edit,))))["fixes"]
    (replacement,) = fix["artifactChanges"][0]["replacements"]
    assert tuple(replacement["deletedRegion"].values()) == deleted
    assert replacement["insertedContent"]["text"] == edit.text


@pytest.mark.parametrize(
    "fix",
    [
        Fix(False, (Edit("go.mod", 1, 1, "x\n"),)),
        Fix(True, (Edit("go.mod", 1, 1, "\udcff\n"),)),
        Fix(True, (Edit("go.sum", 1, 1, "x\n" * 40_000),)),
        Fix(True, ()),
    ],
    ids=["unsafe", "not text", "long", "nothing"],
)
def test_other_fixes_are_left_out(fix: Fix) -> None:
    """Only a safe, short fix that is text is offered."""
    assert "fixes" not in only(reports.finding("untidy-module", "x", fix=fix))


def test_suppressed_findings_are_asked_for() -> None:
    """GitHub would open an alert for each: only `--verbose` outside a workflow lists them, with kind and reason."""
    assert sum(len(run["results"]) for run in log(reports.failing())["runs"]) == len(reports.failing().findings)
    report = replace(
        reports.failing(),
        suppressed=(
            Suppressed(reports.finding("local-replace", "a"), "inline", "developed together"),
            Suppressed(reports.finding("local-replace", "b"), "baseline"),
        ),
    )
    found = [item for run in full_log(report)["runs"] for item in run["results"] if "suppressions" in item]
    assert [item["suppressions"] for item in found] == [
        [{"kind": "inSource", "justification": "developed together"}],
        [{"kind": "external"}],
    ]


def test_rules_do_not_depend_on_findings() -> None:
    """Every run lists every rule with its page, and a rule that this version does not know after them."""
    first, *others = log(reports.failing())["runs"]
    assert [rule["id"] for rule in first["tool"]["driver"]["rules"]] == [rule.id for rule in RULES]
    assert all(run["tool"] == first["tool"] for run in others)
    stranger = replace(reports.passing(), findings=(reports.finding("from-tomorrow", "x", module="."),))
    last = runs(stranger)["go-release-gate/./"]["tool"]["driver"]["rules"][-1]
    assert last["id"] == "from-tomorrow"
    assert "helpUri" not in last


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_its_page(rule: Any) -> None:
    """Description, page, level and precision come from the rule itself; the long text is what the rule finds."""
    found = {item["id"]: item for item in log(reports.passing())["runs"][0]["tool"]["driver"]["rules"]}[rule.id]
    assert found["help"]["markdown"] == rule.page
    assert found["helpUri"] == rule.help_url
    assert found["properties"]["precision"] == rule.confidence.value
    assert found["fullDescription"]["text"][:20] in " ".join(rule.page.split())


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ({}, "https://github.com/acme/shop"),
        ({"run": None}, None),
        ({"run": None, "repository": "https://git.example.com/acme/shop"}, "https://git.example.com/acme/shop"),
        ({"run": None, "repository": "git@git.example.com:acme/shop"}, None),
        ({"run": "https://e.example.com/a b/actions/runs/1"}, None),
    ],
)
def test_provenance_needs_an_address(subject: dict[str, Any], expected: str | None) -> None:
    """Repository and commit are named where the address is known, and is one."""
    report = replace(reports.passing(), subject=replace(reports.SUBJECT, **subject))
    details = log(report)["runs"][0].get("versionControlProvenance")
    assert (details and details[0]["repositoryUri"]) == expected


@pytest.mark.parametrize("version", ["0.1.0", "1.2.3-rc.1", "0.1.0.dev1", ""])
def test_versions_are_semantic_or_left_out(version: str) -> None:
    """A version that is not semantic is given as a plain one only."""
    driver = log(replace(reports.passing(), version=version))["runs"][0]["tool"]["driver"]
    assert ("semanticVersion" in driver) == (version in {"0.1.0", "1.2.3-rc.1"})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a b/go.mod", "a%20b/go.mod"),
        ("a#b%/ü/go.mod", "a%23b%25/%C3%BC/go.mod"),
        ("\udcff/go.mod", "%FF/go.mod"),
        ("c:/go.mod", "c%3A/go.mod"),
        ("/etc/passwd", "etc/passwd"),
        ("./a/../../b//go.mod", "a/b/go.mod"),
        (".", "go.mod"),
        ("", "go.mod"),
    ],
)
def test_addresses_are_relative_and_encoded(path: str, expected: str) -> None:
    """Blanks, `#`, `%`, colons, Unicode and bytes that are none; nothing absolute, nothing above the root."""
    assert uri(path) == expected
    assert unquote_to_bytes(expected) == relative_path(path).encode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (Location("go.mod"), (1, 1, 1, 2)),
        (Location("go.mod", 7, 7, 5), (7, 5, 7, 6)),
        (Location("go.mod", 7, 9, 5), (7, 5, 9, 2)),
        (Location("go.mod", 7, 3, 0), (7, 1, 7, 2)),
        (Location("go.mod", 0, -1), (1, 1, 1, 2)),
    ],
)
def test_regions_are_never_empty(location: Location, expected: tuple[int, ...]) -> None:
    """No line, one line, several, and lines that cannot be: all four corners, the end after the start."""
    assert tuple(region(location).values()) == expected


def test_long_texts_are_cut() -> None:
    """A description and the name of a category stay within their limits."""
    assert cut("x" * TEXT_LIMIT) == "x" * TEXT_LIMIT
    assert len(cut("x" * (TEXT_LIMIT + 1))) == TEXT_LIMIT
    assert len(sarif.category("x/" * 5_000)) < 2 * sarif.NAME_LIMIT


@pytest.mark.parametrize("said", CORPUS, ids=lambda said: repr(said[:30]))
def test_corpus_is_shown_and_not_obeyed(said: str) -> None:
    """Each known trick in every place: valid, no command to a runner, no link but our own."""
    assert_harmless(said)


@settings(max_examples=60, deadline=None)
@given(said=foreign() | st.text())
def test_no_text_breaks_the_form(said: str) -> None:
    """The same for texts made of the pieces that commands and links are made of."""
    assert_harmless(said)


def assert_harmless(said: str) -> None:
    """The log of a report that says `said` everywhere is valid and holds no command."""
    report = reports.spoken(said)
    strange = tuple(replace(finding, rule=said) for finding in report.findings)
    log(replace(report, version=said, findings=report.findings + strange))
    for run in (None, said):
        text = sarif.render(replace(report, subject=replace(report.subject, run=run)), RenderOptions(verbose=True))
        assert text.isascii()
        assert commands(text) == lenient_commands(text) == []
