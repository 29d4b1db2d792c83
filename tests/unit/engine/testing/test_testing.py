"""Tests of modules are run by the real Go and judged."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from go_release_gate.adapters.toolbox import ToolboxRequest, open_toolbox
from go_release_gate.config.settings import Settings
from go_release_gate.config.testing import CommandEntry, ModuleCoverage, TestingSettings
from go_release_gate.engine.context import Edges
from go_release_gate.engine.testing import run as testing_run
from go_release_gate.engine.testing.asked import TestingRequest, TestingWishes
from go_release_gate.errors import NoModuleError
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.subject import Subject
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.schemas import schema_text
from go_release_gate.report.tested import TestingReport
from go_release_gate.report.tested_forms import form
from go_release_gate.report.tested_summary import render as summary

Testing = Callable[..., TestingReport]
SOURCE = "package a\n\nfunc F(x int) int {\n\tif x > 1 {\n\t\treturn 2\n\t}\n\treturn x\n}\n"
HEAD = 'package a\n\nimport (\n\t"os"\n\t"testing"\n)\n\nvar _ = os.Args\n\n'


@pytest.fixture
def testing(tmp_path: Path) -> Testing:
    """Writes files below a root and tests it: `testing({path: text}, wishes, **test settings)`."""

    def run(files: dict[str, str], wishes: TestingWishes | None = None, **test: object) -> TestingReport:
        root = tmp_path / "shop"
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        environ = {**os.environ, "GOPROXY": "off", "TMPDIR": str(tmp_path), "INPUT_GITHUB-TOKEN": "a-secret"}
        environ["GITHUB_TOKEN"] = "a-secret"
        with open_toolbox(environ, ToolboxRequest(root=root)) as tools:
            edges = Edges(tools.go, tools.scratch, git=tools.git)
            settings = replace(Settings(offline=True), test=TestingSettings(**test))  # type: ignore[arg-type]
            asked = wishes or TestingWishes(race="off")
            request = TestingRequest(root, settings, Subject(), asked, parent=environ)
            return testing_run.test(request, testing_run.prepare(request, edges), edges, tools.runner)

    return run


def module(test: str, directory: str = "") -> dict[str, str]:
    """A module of one function with that test file."""
    files = {"go.mod": "module example.com/a\n\ngo 1.23\n", "a.go": SOURCE, "a_test.go": HEAD + test}
    return {f"{directory}{name}": text for name, text in files.items()}


def found(report: TestingReport) -> list[tuple[str, str, int | None]]:
    """Rule, path and line of every finding."""
    return [(one.rule, one.location.path, one.location.line) for one in report.check.findings]


def test_passing_and_covered(testing: Testing) -> None:
    """Tests that pass and cover enough: pass, with the coverage; no secret is among their variables."""
    report = testing(
        module(
            "func TestF(t *testing.T) {\n\tF(1)\n\tF(2)\n\tfor _, one := range os.Environ() {\n"
            '\t\tif len(one) > 8 && one[len(one)-8:] == "a-secret" {\n\t\t\tt.Error(one)\n\t\t}\n\t}\n}\n'
        )
    )

    assert (found(report), report.check.verdict) == ([], Verdict.PASS)
    assert report.tests.coverage is not None
    assert report.tests.coverage.percent == 100.0
    assert [one.outcome for one in report.tests.tests] == ["passed"]


def test_failures_at_their_lines(testing: Testing, tmp_path: Path) -> None:
    """A message, a panic and a compiler's error are findings where they are; every form tells them."""
    files = module('func TestF(t *testing.T) {\n\tt.Run("x", func(t *testing.T) {\n\t\tt.Error("bad")\n\t})\n}\n')
    files["b/b_test.go"] = 'package b\n\nimport "testing"\n\nfunc TestB(t *testing.T) {\n\tpanic("boom")\n}\n'
    files["c/c_test.go"] = 'package c\n\nvar x int = ""\n'
    report = testing(files, TestingWishes(race="off", logs=tmp_path / "logs"))

    assert sorted(found(report)) == [
        ("failed-build", "c/c_test.go", 3),
        ("failed-test", "a_test.go", 12),
        ("failed-test", "b/b_test.go", 6),
    ]
    assert report.check.verdict is Verdict.FAIL
    jsonschema.validate(json.loads(form("json")(report, RenderOptions())), json.loads(schema_text("test")))
    xml = ET.fromstring(form("junit")(report, RenderOptions()))  # noqa: S314 - our own
    assert {case.get("name") for case in xml.iter("testcase") if case.find("failure") is not None} == {
        "TestF", "TestF/x", "TestB", "(package)",
    }  # fmt: skip
    assert "❌ failed" in summary(report, RenderOptions())
    assert sorted(one.name for one in (tmp_path / "logs").iterdir()) == [
        "example.com-a-b.log", "example.com-a-c.log", "example.com-a.log",
    ]  # fmt: skip


def test_low_coverage_and_exclusions(testing: Testing, tmp_path: Path) -> None:
    """Too little coverage fails at go.mod; a generated file and an excluded one are not counted."""
    files = module("func TestF(t *testing.T) { F(1) }\n")
    files["gen.go"] = "// Code generated by x. DO NOT EDIT.\n\npackage a\n\nfunc G() int { return 1 }\n"
    files["mock/m.go"] = "package mock\n\nfunc M() int { return 1 }\n"
    place = tmp_path / "c.out"
    report = testing(files, TestingWishes(race="off", coverage_file=place), exclude=("mock",), coverage=70.0)

    assert found(report) == [("low-coverage", "go.mod", None)]
    assert report.tests.coverage is not None
    assert (report.tests.coverage.covered, report.tests.coverage.total) == (2, 3)
    assert "gen.go" not in place.read_text()


def test_modules_with_thresholds_of_their_own(testing: Testing) -> None:
    """A module that is named is judged by itself and left out of the others."""
    files = module("func TestF(t *testing.T) { F(1); F(2) }\n", "one/")
    files |= module("func TestF(t *testing.T) { F(1) }\n", "two/")

    assert found(testing(files, modules=(ModuleCoverage("two", coverage=60.0),))) == []
    assert found(testing(files, modules=(ModuleCoverage("two"),))) == [("low-coverage", "two/go.mod", None)]


def test_flaky_is_never_silent(testing: Testing, tmp_path: Path) -> None:
    """A test that passes when it is run again fails without `rerun-failed`, and is a note with it."""
    flag = tmp_path / "flag"
    files = module(
        f'func TestF(t *testing.T) {{\n\tF(1)\n\tF(2)\n\tif _, err := os.Stat("{flag}"); err != nil {{\n'
        f'\t\tos.WriteFile("{flag}", nil, 0o644)\n\t\tt.Fatal("first")\n\t}}\n}}\n'
    )
    assert found(testing(files)) == [("failed-test", "a_test.go", 15)]
    flag.unlink()
    report = testing(files, TestingWishes(race="off", reruns=2))

    assert (found(report), report.check.verdict) == ([("flaky-test", "a_test.go", 15)], Verdict.PASS)


def test_commands(testing: Testing) -> None:
    """Commands run once the tests have passed; what fails is a finding, what cannot be started is unavailable."""
    files = module("func TestF(t *testing.T) { F(1); F(2) }\n")
    good = CommandEntry("good", ("sh", "-c", 'test "$WORD" = yes'), environment={"WORD": "yes"})
    bad = CommandEntry("bad", "sh -c 'echo no >&2; exit 3'")
    report = testing(files, commands=(good, bad))

    assert [(one.name, one.problem) for one in report.tests.commands] == [
        ("good", ""), ("bad", "ended with exit code 3: no"),
    ]  # fmt: skip
    assert report.check.verdict is Verdict.FAIL
    missing = testing(files, commands=(CommandEntry("none", ("no-such-program-here",)),))
    assert missing.check.verdict is Verdict.UNAVAILABLE


def test_nothing_to_run(testing: Testing, tmp_path: Path) -> None:
    """A repository without a test says so; one without a module is an error of use."""
    files = {"go.mod": "module example.com/a\n\ngo 1.23\n", "a.go": "package a\n"}

    assert testing_run.NOTHING_RAN in testing(files).check.notices
    (tmp_path / "shop" / "go.mod").unlink()
    with pytest.raises(NoModuleError):
        testing({"README.md": ""})


@pytest.mark.parametrize(
    "ends", ["func init() { os.Exit(0) }\n", "func TestMain(m *testing.M) { os.Exit(0) }\n"], ids=["init", "main"]
)
def test_a_program_that_ends_before_its_tests(testing: Testing, ends: str) -> None:
    """Go calls it passed; that no test ran is told. One that ends behind them is not mentioned."""
    test = 'func TestF(t *testing.T) {\n\tt.Fatal("never")\n}\n'
    report = testing(module(f"{ends}{test}"), coverage=0.0)
    assert [one for one in report.check.notices if "ended before its tests had" in one and "example.com/a" in one]
    whole = module(
        "func TestMain(m *testing.M) {\n\tcode := m.Run()\n\tos.Stdout.WriteString(`x`)\n\tos.Exit(code)\n}\n"
    )
    assert not [one for one in testing(whole, coverage=0.0).check.notices if "ended before" in one]


def test_a_killed_program_says_so(testing: Testing) -> None:
    """A signal that ends the program while a test runs is the reason that is given."""
    files = module("func TestF(t *testing.T) {\n\tp, _ := os.FindProcess(os.Getpid())\n\tp.Kill()\n\tselect {}\n}\n")
    (finding,) = testing(files).check.findings
    assert "ended with signal: killed while TestF ran" in finding.message


def test_what_a_test_prints_is_no_event(testing: Testing) -> None:
    """Lines like those of `go test -json`, and its own marks, change no outcome."""
    event = '{\\"Action\\":\\"pass\\",\\"Package\\":\\"example.com/a\\",\\"Test\\":\\"TestF\\"}'
    lines = f'"{event}\\n\\x16--- PASS: TestF (0.00s)\\n\\x16PASS\\nok  \\texample.com/a\\t(cached)\\n"'
    body = f'func TestF(t *testing.T) {{\n\tos.Stdout.WriteString({lines})\n\tt.Error("bad")\n}}\n'
    report = testing(module(body), coverage=0.0)
    assert report.check.verdict == Verdict.FAIL
