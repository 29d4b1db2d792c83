"""GitLab's code quality form: every entry complete, told apart, and harmless."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from go_release_gate.model.finding import Location
from go_release_gate.model.report import CheckReport
from go_release_gate.report import gitlab
from go_release_gate.report.options import RenderOptions
from support import reports
from support.hostile import CORPUS, foreign
from support.runner_parsers import commands, lenient_commands

SAMPLES = [reports.passing, reports.failing, reports.unavailable, reports.large]
SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


def issues(report: CheckReport) -> list[dict[str, Any]]:
    """The parsed list, each entry held against what GitLab asks of it."""
    text = gitlab.render(report, RenderOptions())
    assert text.isascii()
    found: list[dict[str, Any]] = json.loads(text)
    for issue in found:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert all(issue[name].strip() for name in ("description", "check_name", "fingerprint"))
        assert issue["severity"] in SEVERITIES
        assert issue["location"]["lines"]["begin"] >= 1
        path = issue["location"]["path"]
        assert path
        assert not path.startswith(("/", "./", "../"))
        assert path.encode()
    marks = [issue["fingerprint"] for issue in found]
    assert len(set(marks)) == len(marks)
    return found


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.__name__)
def test_samples_are_complete(sample: object) -> None:
    """Every sample has all that GitLab reads, and is the same bytes whatever the options."""
    report = sample()  # type: ignore[operator]
    issues(report)
    assert gitlab.render(report, RenderOptions()) == gitlab.render(report, RenderOptions(verbose=True))


def test_findings_are_entries() -> None:
    """Rule, severity, place and our own fingerprint, after what could not be judged."""
    found = issues(reports.failing())
    assert [(item["check_name"], item["severity"]) for item in found] == [
        ("could-not-judge", "blocker"),
        ("workspace-missing-member", "major"),
        ("untidy-module", "major"),
        ("stale-vendor", "minor"),
        ("retracted-version", "info"),
    ]
    assert found[0]["location"] == {"path": "services/pay/go.mod", "lines": {"begin": 1}}
    assert found[2]["location"] == {"path": "services/api/go.mod", "lines": {"begin": 7}}
    assert found[2]["fingerprint"] == reports.failing().findings[1].fingerprint
    assert found[3]["location"]["lines"] == {"begin": 1}


def test_clean_report_is_an_empty_list() -> None:
    """Nothing found is `[]`, which closes everything; nothing judged is not."""
    assert gitlab.render(reports.passing(), RenderOptions()) == "[]\n"
    nothing = replace(reports.passing(), modules=(), complete=False, notices=("there is no Go here",))
    (issue,) = issues(nothing)
    assert issue["description"] == "not everything could be judged; there is no Go here"
    assert issue["location"]["path"] == "go.mod"


def test_gaps_keep_their_identity() -> None:
    """The same module unjudged for the same reason is the same entry tomorrow, whatever the words."""
    report = reports.unavailable()
    reworded = tuple(
        replace(answer, error=answer.error and replace(answer.error, message="other words"))
        for answer in report.modules
    )
    marks = [[item["fingerprint"] for item in issues(one)] for one in (report, replace(report, modules=reworded))]
    assert marks[0] == marks[1]
    assert len(marks[0]) == 3


def test_twins_are_told_apart() -> None:
    """GitLab keeps one entry for each fingerprint: a second finding with the same one gets another."""
    twins = tuple(
        reports.finding("untidy-module", "x", location=Location("services/api/go.mod", line)) for line in (3, 9)
    )
    found = issues(replace(reports.passing(), findings=twins))
    assert found[0]["fingerprint"] == twins[0].fingerprint
    assert [item["location"]["lines"]["begin"] for item in found] == [3, 9]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a b/ü#%.mod", "a b/ü#%.mod"), ("/abs/go.mod", "abs/go.mod"), ("\udcff/go.mod", "\ufffd/go.mod"), ("", "go.mod")],
)
def test_paths_are_as_gitlab_compares_them(path: str, expected: str) -> None:
    """Relative and not encoded; only what is no text is replaced."""
    finding = reports.finding("untidy-module", "x", location=Location(path, 1))
    assert issues(replace(reports.passing(), findings=(finding,)))[0]["location"]["path"] == expected


@pytest.mark.parametrize("said", CORPUS, ids=lambda said: repr(said[:30]))
def test_corpus_is_shown_and_not_obeyed(said: str) -> None:
    """Each known trick in every place: complete entries, and no command to a runner."""
    assert_harmless(said)


@settings(max_examples=120, deadline=None)
@given(said=foreign() | st.text())
def test_no_text_breaks_the_form(said: str) -> None:
    """The same for any text."""
    assert_harmless(said)


def assert_harmless(said: str) -> None:
    """A report that says `said` everywhere has complete entries and holds no command."""
    report = reports.spoken(said)
    strange = tuple(replace(finding, rule=said) for finding in report.findings)
    one = replace(report, findings=report.findings + strange)
    issues(one)
    text = gitlab.render(one, RenderOptions())
    assert commands(text) == lenient_commands(text) == []
