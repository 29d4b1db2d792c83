"""Annotations: errors first, ten per level, no more than the runner shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from go_release_gate.model.finding import Location
from go_release_gate.model.severity import Severity
from go_release_gate.report.github import annotate, render
from go_release_gate.report.options import RenderOptions
from support import reports
from support.runner_parsers import commands


def many(severity: Severity, number: int) -> tuple[object, ...]:
    """Distinct findings of one severity."""
    return tuple(reports.finding("untidy-module", f"finding {count}", severity) for count in range(number))


def test_ten_per_level_and_errors_first() -> None:
    """Of 25 notes, 11 warnings and 10 errors, ten of each level are shown; the tenth says what is missing."""
    findings = (*many(Severity.NOTE, 25), *many(Severity.WARNING, 11), *many(Severity.ERROR, 10))
    shown = annotate(replace(reports.passing(), findings=findings))  # type: ignore[arg-type]
    assert [item.level for item in shown] == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert shown[9].message.startswith("finding 9")
    assert shown[19].message == "2 more warnings in the summary"
    assert shown[29].message == "16 more notices in the summary"


def test_the_same_twice_is_shown_once() -> None:
    """Equal findings at one line are one annotation."""
    one = reports.finding("untidy-module", "the same")
    assert len(annotate(replace(reports.passing(), findings=(one, one)))) == 1


def test_properties_survive_the_runner() -> None:
    """A name full of separators comes back whole from the runner's parser."""
    place = Location("a,b:c%2C/go.mod", 3, 5)
    report = replace(reports.passing(), findings=(reports.finding("untidy-module", "50%, a:b", location=place),))
    first = commands(render(report, RenderOptions()))[0]
    assert first.properties == {
        "file": "a,b:c%2C/go.mod",
        "line": "3",
        "endLine": "5",
        "title": "untidy-module in services/api",
    }
    assert first.data.startswith("50%, a:b\nsee: https://")


def test_an_end_before_the_beginning_is_left_out() -> None:
    """An insertion (end line one before its start) is shown at its line."""
    item = reports.finding("untidy-module", "x", location=Location("go.mod", 8, 7))
    (shown,) = annotate(replace(reports.passing(), findings=(item,)))
    assert (shown.line, shown.end_line) == (8, None)


def test_a_dead_host_is_one_annotation() -> None:
    """Modules behind one dead host share one error; it warns where there is a verdict in spite of it."""
    (error,) = annotate(reports.unavailable())
    assert (error.level, error.file) == ("error", "a/go.mod")
    assert "(3 modules)" in error.message
    assert Counter(item.level for item in annotate(reports.failing()))["warning"] == 2


def test_every_block_of_the_log_is_shielded() -> None:
    """Between stop-commands and its token lies every line that is not a command of ours."""
    log = render(reports.failing(), RenderOptions(diff=True, token="t" * 32))
    found = [item.name for item in commands(log)]
    assert found.count("stop-commands") == 4
    assert found.count("group") == found.count("endgroup") == 3
    open_token = ""
    for line in log.splitlines():
        if line.startswith("::stop-commands::"):
            open_token = line.removeprefix("::stop-commands::")
        elif line == f"::{open_token}::":
            open_token = ""
        else:
            assert open_token or line.startswith("::")


def test_annotations_are_left_out_where_a_check_run_has_them() -> None:
    """The same facts twice at one line help nobody; groups and text stay as they are."""
    full = render(reports.failing(), RenderOptions(token="t" * 32))
    bare = render(reports.failing(), RenderOptions(token="t" * 32, annotations=False))
    names = {item.name for item in commands(bare)}
    assert not names & {"error", "warning", "notice"}
    assert full.endswith(bare)
    assert bare.startswith("::group::")
