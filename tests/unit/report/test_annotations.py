"""Annotations of a check run: the same words as in the log, at lines of the head commit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from go_release_gate.adapters.github.checks import CheckAnnotation
from go_release_gate.model.finding import Edit, Fix, Location, Related
from go_release_gate.model.report import TidyAnswer
from go_release_gate.model.severity import Severity
from go_release_gate.report.annotations import annotations
from go_release_gate.report.github import annotate
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.placing import Placed
from support import reports
from support.hostile import CORPUS
from support.runner_parsers import commands


def only(*placed: Placed) -> CheckAnnotation:
    """The one annotation of a report with these findings."""
    (shown,) = annotations(reports.passing(), placed)
    return shown


def test_gravest_first_and_in_the_words_of_the_log() -> None:
    """Level by severity, what was found, why, what to run, where to read on."""
    shown = annotations(reports.failing())
    assert [item.level for item in shown] == ["failure", "failure", "warning", "warning", "notice"]
    assert [item.title for item in shown] == [item.title for item in annotate(reports.failing())]
    assert shown[1].title == "untidy-module in services/api"
    assert shown[1].message.splitlines() == [
        "example.com/right v0.2.1 is imported but not required; run `go mod tidy`",
        "why: imported here (linux) (services/api/internal/db/db.go:12)",
        "why: added by the test of example.com/shop/lib",
        "run: go -C services/api mod tidy",
        f"see: {reports.DOCS}/untidy-module.md",
    ]
    assert (shown[2].path, shown[2].title) == ("services/pay/go.mod", "not judged: network")


def test_lines_are_those_of_the_head_commit() -> None:
    """A placed finding stands at its line there; without one it stands at line 1, never at the line judged."""
    item = reports.finding("untidy-module", "x", location=Location("go.mod", 8, 9))
    assert (only(Placed(item, 3, 4)).start_line, only(Placed(item, 3, 4)).end_line) == (3, 4)
    assert (only(Placed(item, 3)).start_line, only(Placed(item, 3)).end_line) == (3, 3)
    assert (only(Placed(item)).start_line, only(Placed(item)).end_line) == (1, 1)
    assert (only(Placed(item, 8, 7)).start_line, only(Placed(item, 8, 7)).end_line) == (8, 8)


def test_only_what_was_placed_is_shown() -> None:
    """A finding that a review comment shows is left out; what could not be judged is always said."""
    report = reports.failing()
    assert [item.title for item in annotations(report, ())] == ["not judged: network"]


def test_details_hold_the_diff_of_the_file_once() -> None:
    """The part of the diff that mends the finding's own file stands beside its first finding, and nowhere else."""
    diff = "".join(
        f"diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-old\n+new {name}\n"
        for name in ("lib/go.mod", "lib/go.sum")
    )
    fix = Fix(True, (Edit("lib/go.sum", 1, 1, "new\n"),))
    first = reports.finding("untidy-module", "one", location=Location("lib/go.sum", 1), fix=fix)
    answer = replace(reports.module("lib", reports.FAIL), tidy=TidyAnswer(reports.FAIL, "untidy", diff))
    report = replace(reports.passing(), modules=(answer,), findings=(first, replace(first, message="two")))
    one, two = annotations(report)
    assert one.raw_details.startswith("diff --git a/lib/go.sum b/lib/go.sum\n")
    assert one.raw_details.endswith("+new lib/go.sum")
    assert "lib/go.mod" not in one.raw_details
    assert two.raw_details == ""


def test_a_finding_without_a_fix_carries_no_diff() -> None:
    """What tidy would change mends no finding that it did not make."""
    finding = replace(reports.failing().findings[1], fix=None)
    assert annotations(replace(reports.failing(), findings=(finding,)))[0].raw_details == ""


def test_a_report_of_others_gives_no_commands() -> None:
    """Where the report was made by somebody else, nobody is told to run or to open what it says."""
    options = RenderOptions(reported_by="the pull request's run")
    shown = annotations(reports.failing(), None, options)[1]
    assert shown.message.splitlines()[-1] == "reported by the pull request's run, not verified"
    assert "run: go" not in shown.message
    assert "https://" not in shown.message


@pytest.mark.parametrize("said", CORPUS, ids=lambda said: repr(said[:30]))
def test_foreign_text_stays_in_its_place(said: str) -> None:
    """No command of the runner in any field, no empty path, no line below 1."""
    findings = [replace(item, severity=Severity.ERROR) for item in reports.spoken(said).findings]
    for item in annotations(replace(reports.spoken(said), findings=tuple(findings))):
        texts = (item.path, item.title, item.message, item.raw_details)
        assert commands("\n".join(texts).encode("utf-8", "backslashreplace")) == []
        assert item.path
        assert 1 <= item.start_line <= item.end_line


def test_a_reason_in_the_message_is_not_said_again() -> None:
    """As in the text and on the pages."""
    finding = replace(reports.failing().findings[0], message="x: it is imported", related=(Related("it is imported"),))
    assert "why:" not in only(Placed(finding, 1, 1)).message
