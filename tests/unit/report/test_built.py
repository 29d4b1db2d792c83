"""The forms of what `build` says."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from go_release_gate.facts.binary import Binary, BuildInfo, Elf, RecordedModule, Section
from go_release_gate.facts.built import (
    BuildFailure,
    BuiltProgram,
    BuiltPrograms,
    CheckedVariant,
    Difference,
    Order,
    SmokeRun,
)
from go_release_gate.model.finding import Finding, Location, Target
from go_release_gate.model.outcome import ErrorClass, ModuleError, Verdict
from go_release_gate.model.report import CheckReport, Subject
from go_release_gate.model.severity import Confidence, Severity
from go_release_gate.report import built_summary
from go_release_gate.report.built import BuildReport, outputs
from go_release_gate.report.built_forms import form
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.schemas import schema_text

ORDER = Order(
    "api", "cmd/api", ".", "linux/amd64", ("netgo",), False, "-s -w", {"GOAMD64": "v1"}, path="Dockerfile", line=3
)
INFO = BuildInfo(
    "go1.26.1",
    "example.com/shop/cmd/api",
    RecordedModule("example.com/shop", "(devel)"),
    (RecordedModule("example.com/a", "v1.0.0", "h1:a", RecordedModule("./a", "")),),
    {"vcs.revision": "c" * 40, "vcs.modified": "true"},
)
ELF = Elf("amd64", interpreter="/lib/ld.so", symbols=9, sections=(Section(".text", 700_000), Section(".data", 200_000)))
PROGRAM = BuiltProgram(
    ORDER,
    Binary("linux_amd64/api", 1_000_000, f"sha256:{'a' * 64}", ELF, INFO),
    is_reproduced=False,
    difference=Difference("a text", ".rodata", 7),
    smoke=SmokeRun(("api", "--version"), "", "api 1"),
)
BROKEN = BuiltProgram(replace(ORDER, platform="linux/arm64"), failure=BuildFailure("undefined: x", "main.go", 4, 2))
ABSENT = BuiltProgram(
    replace(ORDER, platform="linux/s390x"), error=ModuleError(ErrorClass.NETWORK, "no such host", "check GOPROXY")
)
FINDING = Finding(
    "failed-build", Severity.ERROR, Confidence.HIGH, "api does not compile: undefined: x", Target("binary", "api"),
    Location("main.go", 4), module=".",
)  # fmt: skip


@pytest.fixture
def report() -> BuildReport:
    """One program of each fate."""
    check = CheckReport(
        "0.1.0", "go1.26.1", Subject(), Verdict.FAIL, False, findings=(FINDING,), notices=("said once",)
    )
    built = BuiltPrograms((PROGRAM, BROKEN, ABSENT), (CheckedVariant(replace(ORDER, tags=("x",)), BROKEN.failure),))
    return BuildReport(check, built)


def test_the_json_is_valid(report: BuildReport) -> None:
    """What is written has the form that the schema tells."""
    schema = json.loads(schema_text("build"))
    jsonschema.Draft202012Validator.check_schema(schema)
    value = json.loads(form("json")(report, RenderOptions()))
    jsonschema.validate(value, schema)
    first, second, third = value["binaries"]
    assert (first["outcome"], second["outcome"], third["outcome"]) == ("built", "failed", "not judged")
    assert first["build"]["dependencies"][0]["replaced_by"]["path"] == "./a"
    assert first["asked"]["ldflags"] == "-s -w"
    assert second["failure"]["line"] == 4
    assert third["error"]["class"] == "network"


def test_the_text_is_a_table(report: BuildReport) -> None:
    """A row for each program with its size, what could not be judged with a hint, the verdict last."""
    lines = form("text")(report, RenderOptions()).splitlines()
    assert (
        "api  linux/amd64  1.0 MB  ############  dynamic (/lib/ld.so), with symbols, not reproduced, starts: api 1, "
        "commit cccccccccccc with changes"
    ) in lines
    assert any(line.startswith("api  linux/arm64") and line.endswith("failed") for line in lines)
    assert "not judged (network): no such host" in lines
    assert "  hint: check GOPROXY" in lines
    assert lines[-1] == (
        "fail: 1 of 3 programs built, 1 further set of tags checked; 1 error; 1 program could not be judged"
    )


def test_foreign_names_stay_harmless(report: BuildReport) -> None:
    """A service called like a workflow command is none, in no form."""
    evil = replace(PROGRAM, order=replace(ORDER, service="::error::x", platform="a|b\n::set-output"))
    hostile = replace(report, built=BuiltPrograms((evil,)))
    for name in ("text", "github"):
        lines = form(name)(hostile, RenderOptions(token="t" * 20 if name == "github" else "")).splitlines()
        assert not any(line.lstrip().startswith(("::error", "::set-output")) for line in lines if "main.go" not in line)
    page = built_summary.render(hostile, RenderOptions())
    (row,) = [line for line in page.splitlines() if line.startswith("|") and "not reproduced" in line]
    assert row.replace("\\|", "").count("|") == 6


def test_the_summary_fits(report: BuildReport) -> None:
    """Thousands of programs stay within the runner's limit; the table comes before findings and picture."""
    many = replace(report, built=BuiltPrograms((PROGRAM,) * 3000))
    page = built_summary.render(many, RenderOptions())
    assert len(page.encode()) < 900 * 1024
    page = built_summary.render(report, RenderOptions())
    assert page.index("| Service |") < page.index("### Findings") < page.index("### Size")


def test_every_form_can_be_asked_for(report: BuildReport) -> None:
    """Forms of findings alone are those of check; SARIF has a category of its own."""
    for name in ("junit", "gitlab", "github", "sarif"):
        assert "undefined: x" in form(name)(report, RenderOptions())
    run = json.loads(form("sarif")(report, RenderOptions()))["runs"][0]
    assert run["automationDetails"]["id"].endswith("/build/")


def test_the_outputs(report: BuildReport) -> None:
    """Later steps get the programs as JSON."""
    found = outputs(report)
    assert (found["verdict"], found["complete"], found["findings"]) == ("fail", "false", "1")
    assert [one["outcome"] for one in json.loads(found["binaries"])] == ["built", "failed", "not judged"]
