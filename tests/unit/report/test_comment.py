"""The one comment: short, the same for equal facts, within its limit, and nobody is called by it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from go_release_gate.model.report import CheckReport, Comparison
from go_release_gate.report import comment
from go_release_gate.report.options import RenderOptions
from support import reports
from support.hostile import CORPUS, foreign
from support.markdown_marks import assert_only_our_marks, tokens
from support.snapshot import assert_snapshot

OWN = RenderOptions()
THEIRS = RenderOptions(reported_by="the pull request's run")
SNAPSHOTS = Path(__file__).parent / "snapshots"
COMPARED = replace(
    reports.failing(),
    comparison=Comparison("2e" * 20, new=1, existing=3, fixed=2),
    findings=tuple(replace(item, state=item.state or "existing") for item in reports.failing().findings),
)
SAMPLES = {
    "pass": (reports.passing(), OWN),
    "fail": (reports.failing(), OWN),
    "unavailable": (reports.unavailable(), OWN),
    "compared": (COMPARED, OWN),
    "reported": (reports.failing(), THEIRS),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_comment_is_the_one_that_was_read(name: str) -> None:
    """The comment of each kind of report equals the file that a person has read."""
    report, options = SAMPLES[name]
    assert_snapshot(SNAPSHOTS / f"{name}-comment.md.txt", comment.render(report, options))


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (reports.passing(), False),
        (reports.failing(), True),
        (reports.unavailable(), True),
        (replace(reports.passing(), complete=False), True),
        (replace(reports.passing(), findings=reports.failing().findings[-1:]), True),
        (replace(reports.passing(), findings=COMPARED.findings, comparison=Comparison("b", 0, 4, 0)), False),
        (replace(reports.passing(), comparison=Comparison("b", 0, 0, 2)), False),
    ],
)
def test_nobody_is_told_nothing(report: CheckReport, expected: bool) -> None:
    """A first comment is worth it for findings, for what was not judged, and not for what the base has already."""
    assert comment.is_worth_a_word(report) is expected


def test_nothing_found_is_short_and_green() -> None:
    """Once all is mended the comment has one heading that says so and neither table nor list."""
    page = comment.render(reports.passing(), OWN)
    assert page.startswith("## ✅ Pass: no findings in 2 modules\n\nNothing is left to mend.\n")
    assert {token.type for token in tokens(page)}.isdisjoint({"table_open", "bullet_list_open", "fence"})


def test_owners_are_named_once_and_not_called() -> None:
    """However many findings an owner has, the name stands there once, as code."""
    owned = tuple(replace(item, owners=("@acme/api", "@acme/api")) for item in reports.failing().findings)
    page = comment.render(replace(reports.failing(), findings=owned), OWN)
    assert page.count("@acme/api") == 1
    assert "Owners: `@acme/api` (4 findings)." in page


def test_a_report_of_others_gives_no_commands() -> None:
    """The first line says that nobody verified it; the one thing to run is ours, no page is there to be opened."""
    page = comment.render(reports.failing(), THEIRS)
    first = page.splitlines()[0]
    assert "Reported by the pull request's run, not verified" in first
    assert re.findall(r"```sh\n(.*?)\n```", page, re.DOTALL) == ["go-release-gate check --fix"]
    assert "/docs/rules/" not in page


def test_equal_facts_give_equal_comments() -> None:
    """How long it took is no reason to edit a comment."""
    assert comment.render(replace(reports.failing(), timings={}), OWN) == comment.render(reports.failing(), OWN)


@pytest.mark.parametrize(
    ("modules", "findings", "diff_bytes"), [(2, 3, 2_000), (60, 30, 60_000), (3_000, 5, 60_000), (2_000, 1, 10)]
)
def test_comment_fits(modules: int, findings: int, diff_bytes: int) -> None:
    """The largest report gives a comment below the limit, with the verdict, a table, and what mends it."""
    page = comment.render(reports.large(modules, findings, diff_bytes), OWN)
    assert len(page) <= 60_000
    assert page.startswith(f"## ❌ Fail: {modules * findings} errors in {modules} of {modules} modules\n")
    assert "| Module | Tidy |" in page
    assert "go -C services/s000 mod tidy" in page


def test_ladder_ends_in_counts() -> None:
    """Details go first, then everything but the counts."""
    report = reports.large(10, 3, 5_000)
    full = comment.render(report, OWN)
    trimmed = comment.render(report, OWN, budget=len(full) - 1)
    counts = comment.render(report, OWN, budget=1_000)
    assert "<details>" in full
    assert "<details>" not in trimmed
    assert "### Findings" in trimmed
    assert "| `untidy-module` | 30 |" in counts
    assert len(counts) <= 1_000


@pytest.mark.parametrize("name", SAMPLES)
def test_cells_are_never_empty_and_headings_in_order(name: str) -> None:
    """For readers who hear the page: no blank cell, five columns, level 2 once and first, the rest level 3."""
    page = comment.render(*SAMPLES[name])
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:1] == "|"]
    assert all(len(row) == 5 and all(row) for row in rows)
    levels = [token.tag for token in tokens(page) if token.type == "heading_open"]
    assert levels[0] == "h2"
    assert set(levels[1:]) <= {"h3"}


@pytest.mark.parametrize("options", [OWN, THEIRS], ids=["own", "theirs"])
@pytest.mark.parametrize("said", CORPUS, ids=lambda said: repr(said[:30]))
def test_corpus_gives_no_mark(said: str, options: RenderOptions) -> None:
    """No known trick becomes a mention, a link, a picture, HTML or a block, and none breaks the limit."""
    assert_ours(said, options)


@settings(max_examples=100, deadline=None)
@given(said=foreign())
def test_no_text_gives_a_mark(said: str) -> None:
    """The same for texts made of the pieces that Markdown is made of."""
    assert_ours(said, OWN)


def assert_ours(said: str, options: RenderOptions) -> None:
    """The comment holds our own marks alone, within its limit, and nothing that could pass for its marker."""
    page = comment.render(spoken(said), options)
    assert len(page) <= 60_000
    assert "<!--" not in page
    assert_only_our_marks(page, comment.render(spoken("harmless"), options))


def spoken(said: str) -> CheckReport:
    """A report in which a checkout, or a forged report, says `said` wherever it can."""
    return replace(reports.spoken(said), comparison=Comparison(said, 1, 2, 3))
