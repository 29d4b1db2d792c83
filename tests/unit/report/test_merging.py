"""Shards become one report, and a stranger's verdict never says less than what stands beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.errors import ReportError
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.report import CheckReport, Comparison, Suppressed
from go_release_gate.model.severity import Event, Severity
from go_release_gate.report import merging
from go_release_gate.report.merging import merged, with_sound_verdict
from support import reports

API = reports.finding("untidy-module", "a", Severity.WARNING)
ROOT = reports.finding("stale-vendor", "b")


def shard(*names: str, **more: object) -> CheckReport:
    """A passing report of the modules called `names`."""
    return replace(reports.passing(), modules=tuple(map(reports.module, names)), **more)  # type: ignore[arg-type]


def test_shards_add_up() -> None:
    """Modules side by side, findings gravest first, remarks and folders once, each phase as long as its slowest."""
    one = shard("a", findings=(API,), notices=("said",), skipped=(("x", "testdata"),), timings={"total": 2.0, "t": 1.0})
    two = shard("b", findings=(ROOT,), notices=("said",), skipped=(("x", "testdata"),), timings={"total": 3.0})
    report = merged((one, two))

    assert [answer.dir for answer in report.modules] == ["a", "b"]
    assert report.findings == (ROOT, API)
    assert (report.notices, report.skipped) == (("said",), (("x", "testdata"),))
    assert report.timings == {"total": 3.0, "t": 1.0}
    assert (report.version, report.go) == ("0.1.0", "go1.26.8")


def test_one_report_stays_what_it_is() -> None:
    """A single report is only freed of what it says twice."""
    failing = replace(reports.failing(), patch="", mended=())
    assert merged((failing,)) == replace(reports.failing(), patch="", mended=(), findings=merged((failing,)).findings)
    assert set(merged((failing,)).findings) == set(failing.findings)


@given(st.lists(st.sampled_from(Verdict), min_size=1, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4))
def test_the_gravest_verdict_counts(verdicts: list[Verdict], complete: list[bool]) -> None:
    """fail before unavailable before pass; complete only when all are; the order of the shards is nothing."""
    shards = [shard(str(i), verdict=word, complete=complete[i]) for i, word in enumerate(verdicts)]
    order = [Verdict.FAIL, Verdict.UNAVAILABLE, Verdict.PASS]

    for several in (shards, shards[::-1]):
        assert merged(several).verdict is min(verdicts, key=order.index)
        assert merged(several).complete == all(complete[: len(verdicts)])


def test_what_is_said_twice_counts_once() -> None:
    """A finding by its fingerprint and a module by its folder, the graver word of the two; counted beats suppressed."""
    milder = replace(ROOT, severity=Severity.NOTE)
    bad = reports.module("a", reports.FAIL)
    one = shard("a", findings=(milder,), suppressed=(Suppressed(API, "inline"),))
    two = replace(shard("a", findings=(ROOT, API)), modules=(bad,), suppressed=(Suppressed(API, "inline"),))

    for pair in ((one, two), (two, one)):
        report = merged(pair)
        assert report.findings == (ROOT, API)
        assert report.modules == (bad,)
        assert report.suppressed == ()


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [("commit", "2" * 40, "commits"), ("repository", "acme/other", "repositories"), ("event", Event.TAG, "events")],
)
def test_only_shards_of_one_run_are_merged(part: str, value: object, said: str) -> None:
    """Reports about different things are refused by name."""
    other = replace(reports.passing(), subject=replace(reports.SUBJECT, **{part: value}))  # type: ignore[arg-type]
    with pytest.raises(ReportError, match=f"about different {said}: "):
        merged((reports.passing(), other))


def test_nothing_and_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No report at all is an error, and so is one beyond the limits of a single one."""
    with pytest.raises(ReportError, match="no report"):
        merged(())
    monkeypatch.setattr(merging, "MODULES_LIMIT", 1)
    with pytest.raises(ReportError, match="0 findings in 2 modules; expected at most 5000 in 1"):
        merged((shard("a"), shard("b")))


def test_comparisons_add_up_where_all_compared() -> None:
    """New and existing are counted again; without a comparison of every shard there is none."""
    one = shard("a", findings=(replace(API, state="new"),), comparison=Comparison("1" * 40, 1, 0, 2))
    two = shard("b", findings=(replace(ROOT, state="existing"),), comparison=Comparison("1" * 40, 0, 1, 1))

    assert merged((one, two)).comparison == Comparison("1" * 40, 1, 1, 3)
    assert merged((one, two, shard("c"))).comparison is None
    assert merged((one, replace(two, comparison=Comparison("2" * 40, 0, 1, 1)))).comparison is None


def test_a_forged_pass_is_shown_as_what_it_lists() -> None:
    """Errors make it fail, unanswered questions unavailable, and the difference is said."""
    gaps = (reports.module("a", reports.UNAVAILABLE),)
    forged = with_sound_verdict(shard("a", findings=(ROOT,)))
    unanswered = with_sound_verdict(replace(shard(), modules=gaps))

    assert (forged.verdict, forged.complete) == (Verdict.FAIL, True)
    assert forged.notices == ("the report says pass beside what it lists; it is shown as fail",)
    assert (unanswered.verdict, unanswered.complete) == (Verdict.UNAVAILABLE, False)
    assert with_sound_verdict(shard("a", complete=False)).verdict is Verdict.UNAVAILABLE


def test_an_honest_verdict_stays() -> None:
    """Warnings may pass, errors known before too where that was asked for, and nobody is found better than he says."""
    known = (replace(ROOT, state="existing"),)
    compared = shard("a", findings=known, comparison=Comparison("1" * 40, 0, 1, 0))

    for report in (shard("a", findings=(API,)), compared, reports.failing(), shard("a", verdict=Verdict.FAIL)):
        assert with_sound_verdict(report) == report
    assert with_sound_verdict(replace(compared, comparison=None)).verdict is Verdict.FAIL
