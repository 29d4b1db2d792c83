"""The page of a check run: its conclusion, its limits, and nothing foreign in it that is a mark."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from go_release_gate.model.outcome import Verdict
from go_release_gate.model.report import CheckReport, Comparison
from go_release_gate.report import check_run
from go_release_gate.report.options import RenderOptions
from support import reports
from support.hostile import CORPUS, foreign
from support.markdown_marks import assert_only_our_marks
from support.snapshot import assert_snapshot

OWN = RenderOptions()
THEIRS = RenderOptions(reported_by="the pull request's run")
SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize(
    ("report", "own", "theirs"),
    [
        (reports.passing(), "success", "neutral"),
        (replace(reports.passing(), complete=False), "neutral", "neutral"),
        (reports.failing(), "failure", "failure"),
        (reports.unavailable(), "failure", "failure"),
        (replace(reports.unavailable(), verdict=Verdict.PASS), "neutral", "neutral"),
    ],
)
def test_only_what_we_judged_whole_is_a_success(report: CheckReport, own: str, theirs: str) -> None:
    """A policy that lets the unjudged pass makes it neutral, and so does a report that others made."""
    assert check_run.conclusion(report, OWN) == own
    assert check_run.conclusion(report, THEIRS) == theirs


def test_title_says_the_verdict_and_whose_it_is() -> None:
    """Counts in words; of a report by others that nobody verified it."""
    words = "Fail: 2 errors, 1 warning, 1 note in 2 of 5 modules; 1 of 5 modules could not be judged"
    assert check_run.title(reports.failing(), OWN) == words
    theirs = f"Reported by the pull request's run, not verified: {words}"
    assert check_run.title(reports.failing(), THEIRS) == theirs


@pytest.mark.parametrize("verdict", ["pass", "fail", "unavailable"])
def test_page_is_the_one_that_was_read(verdict: str) -> None:
    """Summary and text of each verdict equal the file that a person has read."""
    report = {"pass": reports.passing, "fail": reports.failing, "unavailable": reports.unavailable}[verdict]()
    page = f"{check_run.summary(report, OWN)}\n\n=== text ===\n\n{check_run.text(report, OWN)}\n"
    assert_snapshot(SNAPSHOTS / f"{verdict}-check-run.md.txt", page)


@pytest.mark.parametrize(
    ("modules", "findings", "diff_bytes", "mark"),
    [
        (2, 3, 2_000, "What tidy would change"),
        (60, 30, 60_000, "1740 more findings"),
        (3_000, 5, 60_000, "14940 more findings"),
        (40, 500, 100, "19940 more findings"),
    ],
)
def test_pages_fit(modules: int, findings: int, diff_bytes: int, mark: str) -> None:
    """Neither part is over 65,535 characters; what is left out is counted."""
    report = reports.large(modules, findings, diff_bytes)
    text = check_run.text(report, OWN)
    assert mark in text
    assert len(text) <= 65_535
    assert len(check_run.summary(report, OWN)) <= 65_535


def test_counts_are_the_last_step() -> None:
    """Where names alone are longer than the page, findings by rule remain."""
    text = check_run.text(reports.large(5, 10), OWN, budget=500)
    assert "| `untidy-module` | 50 |" in text
    assert len(text) <= 500


def test_equal_facts_give_equal_pages() -> None:
    """How long it took is no fact of the report."""
    slow = replace(reports.failing(), timings={"total": 99.0})
    assert check_run.summary(slow, OWN) == check_run.summary(reports.failing(), OWN)
    assert check_run.text(slow, OWN) == check_run.text(reports.failing(), OWN)


@pytest.mark.parametrize("options", [OWN, THEIRS], ids=["own", "theirs"])
@pytest.mark.parametrize("said", CORPUS, ids=lambda said: repr(said[:30]))
def test_corpus_gives_no_mark(said: str, options: RenderOptions) -> None:
    """No known trick becomes a mention, a link, a picture, HTML or a block, and none breaks a limit."""
    assert_ours(said, options)


@settings(max_examples=100, deadline=None)
@given(said=foreign())
def test_no_text_gives_a_mark(said: str) -> None:
    """The same for texts made of the pieces that Markdown is made of."""
    assert_ours(said, OWN)


def assert_ours(said: str, options: RenderOptions) -> None:
    """Summary and text hold our own marks alone, within their limits."""
    report, benign = spoken(said), spoken("harmless")
    for part in (check_run.summary, check_run.text):
        page = part(report, options)
        assert len(page) <= 65_535
        assert_only_our_marks(page, f"{part(benign, options)}\n\n{part(benign, options, budget=0)}")


def spoken(said: str) -> CheckReport:
    """A report in which a checkout, or a forged report, says `said` wherever it can."""
    return replace(reports.spoken(said), comparison=Comparison(said, 1, 2, 3))
