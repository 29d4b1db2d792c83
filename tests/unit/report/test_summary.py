"""The summary fits: the ladder from everything to counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from go_release_gate.report import summary
from go_release_gate.report.options import RenderOptions
from support import reports

OPTIONS = RenderOptions()


@pytest.mark.parametrize(
    ("modules", "findings", "diff_bytes", "marks"),
    [
        (2, 3, 2_000, "### What tidy would change"),
        (60, 30, 60_000, "more lines"),
        (3_000, 5, 60_000, "more findings are in the log"),
        (40, 500, 100, "more findings are in the log"),
    ],
)
def test_summary_fits_its_budget(modules: int, findings: int, diff_bytes: int, marks: str) -> None:
    """Small reports are shown whole, larger ones trimmed; none is over 900 KiB."""
    page = summary.render(reports.large(modules, findings, diff_bytes), OPTIONS)
    assert len(page.encode()) <= 900 * 1024
    assert marks in page


def test_counts_are_the_last_step() -> None:
    """When nothing else fits, the verdict and the counts per rule still do."""
    page = summary.render(reports.large(5, 10), OPTIONS, budget=2_000)
    assert len(page.encode()) <= 2_000
    assert page.startswith("## ❌ Fail: 50 errors in 5 of 5 modules\n")
    assert "| `untidy-module` | 50 |" in page


def test_many_healthy_modules_are_counted() -> None:
    """A table of a hundred rows that all say pass helps nobody."""
    healthy = tuple(reports.module(f"m{number}") for number in range(100))
    bad = reports.module("bad", reports.FAIL)
    page = summary.render(replace(reports.failing(), modules=(*healthy, bad)), OPTIONS)
    assert "Not in the table: 100 modules pass." in page
    assert "| `m5` |" not in page
    assert "| `bad` | ❌ untidy |" in page


def test_cells_are_never_empty_and_headings_in_order() -> None:
    """For readers who hear the page: no blank cell, at most five columns, one heading of level 2, the rest level 3."""
    page = summary.render(reports.failing(), OPTIONS)
    rows = [line for line in page.splitlines() if line.startswith("|")]
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 5
        assert all(cells)
    levels = [len(line.split(" ")[0]) for line in page.splitlines() if line.startswith("##")]
    assert levels == [2] + [3] * 5


def test_places_are_links_only_when_the_run_is_known() -> None:
    """Without a run or a commit there is no address to point at."""
    known = reports.failing()
    assert "/acme/shop/blob/" in summary.render(known, OPTIONS)
    unknown = replace(known, subject=replace(known.subject, run=None))
    assert "/blob/1f" not in summary.render(unknown, OPTIONS)
