"""The baseline file: same findings, same bytes; known ones do not count; bad ones are refused."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from go_release_gate.engine.baseline import Baseline, baseline_schema, outdated, parse, render, split, tighten, write
from go_release_gate.errors import ConfigError, UsageError
from go_release_gate.model.finding import Finding, Location, Target
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.report import CheckReport, Subject, Suppressed
from go_release_gate.model.severity import Confidence, Severity


def finding(key: str, line: int = 1, path: str = "go.mod") -> Finding:
    target = Target("module", ".")
    return Finding("untidy-module", Severity.ERROR, Confidence.HIGH, f"m {key}", target, Location(path, line), ".", key)


A, B, C = finding("a"), finding("b", path="x/go.mod"), finding("c")


def test_the_bytes_are_stable_and_follow_the_schema() -> None:
    """Order and repetition of findings do not change the file; it is valid by its own schema."""
    data = render([B, A, C])

    assert data == render([C, A, B, A])
    jsonschema.Draft202012Validator(baseline_schema()).validate(json.loads(data))
    assert [entry.path for entry in parse(data, "b").entries] == ["go.mod", "go.mod", "x/go.mod"]


def test_known_findings_do_not_count_wherever_they_move() -> None:
    """A known finding is held back on another line, too; the others are new."""
    kept, known = split([finding("a", line=40), C], parse(render([A, B]), "b"))

    assert [(item.key, item.state) for item in kept] == [("c", "new")]
    assert [(item.finding.key, item.finding.state, item.by) for item in known] == [("a", "existing", "baseline")]


def test_entries_that_match_nothing_are_said() -> None:
    """One line counts and names them, among those that were judged."""
    baseline = parse(render([A, B, C]), "b.json")
    _, known = split([A], baseline)

    assert outdated(baseline, known, lambda _entry: True) == (
        "b.json: 2 entries match nothing any more: untidy-module in go.mod, untidy-module in x/go.mod; "
        "write the baseline again to drop what is gone",
    )
    assert outdated(baseline, known, lambda entry: entry.path == "nowhere") == ()


def test_a_pull_request_may_only_take_entries_out() -> None:
    """Entries of both count; what the head adds does not."""
    base, head = parse(render([A, B]), "b"), parse(render([B, C]), "b")

    assert tighten(base, head).fingerprints == {B.fingerprint}
    assert tighten(Baseline(), head).fingerprints == frozenset()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b"[]", "no baseline"),
        (b'{"schema": 2, "kind": "baseline", "findings": []}', "no baseline"),
        (b'{"schema": 1, "kind": "check", "findings": []}', "no baseline"),
        (b'{"schema": 1, "kind": "baseline"}', "no list of findings"),
        (b'{"schema": 1, "kind": "baseline", "findings": [{"fingerprint": 3}]}', "lacks one of"),
        (b'{"schema": 1, "kind": "baseline", "findings": ["x"]}', "lacks one of"),
    ],
)
def test_bad_files_are_refused(data: bytes, message: str) -> None:
    """A file that is no baseline is a configuration error, never an empty baseline."""
    with pytest.raises(ConfigError, match=message) as caught:
        parse(data, "b.json")

    assert caught.value.path == "b.json"


def test_writing_keeps_what_an_earlier_baseline_holds_back(tmp_path: Path) -> None:
    """Writing again keeps known findings; those suppressed in line need no entry."""
    suppressed = (Suppressed(B, "baseline"), Suppressed(C, "inline", "why"))
    report = CheckReport("0", "go1", Subject(), Verdict.FAIL, True, findings=(A,), suppressed=suppressed)
    write(tmp_path / "b.json", report)

    assert parse((tmp_path / "b.json").read_bytes(), "b").fingerprints == {A.fingerprint, B.fingerprint}


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """The error names the file."""
    report = CheckReport("0", "go1", Subject(), Verdict.PASS, True)

    with pytest.raises(UsageError, match="cannot write"):
        write(tmp_path, report)
