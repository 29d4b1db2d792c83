"""Scanners' results from SARIF and CycloneDX, hostile ones among them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from go_release_gate.facts.scan_reading import name_of, read_scans
from go_release_gate.model.severity import Severity

REASON = {"state": "not_affected", "justification": "code_not_reachable"}


def bom(**vulnerability: Any) -> bytes:
    """A CycloneDX file with one vulnerability of one component."""
    component = {"bom-ref": "net", "purl": "pkg:golang/golang.org/x/net@v0.1.0"}
    one = {"id": "CVE-1", "affects": [{"ref": "net"}], **vulnerability}
    return json.dumps({"bomFormat": "CycloneDX", "components": [component], "vulnerabilities": [one]}).encode()


def sarif(*results: Any, rules: tuple[Any, ...] = ()) -> bytes:
    """A SARIF file of one run."""
    run = {"tool": {"driver": {"name": "scanner", "rules": list(rules)}}, "results": list(results)}
    return json.dumps({"version": "2.1.0", "runs": [run]}).encode()


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ([{"severity": "critical"}], Severity.ERROR),
        ([{"severity": "low"}, {"severity": "high"}], Severity.ERROR),
        ([{"severity": "medium"}], Severity.WARNING),
        ([{"severity": "low"}], Severity.NOTE),
        ([{"score": 9.1}], Severity.ERROR),
        ([{"score": 5}], Severity.WARNING),
        ([], Severity.WARNING),
    ],
)
def test_severity_of_cyclonedx(ratings: list[Any], expected: Severity) -> None:
    """Words count, scores where there are none; the gravest rating decides."""
    (found,) = read_scans([("a", bom(ratings=ratings))]).findings
    assert (found.severity, found.package) == (expected, "pkg:golang/golang.org/x/net@v0.1.0")


def test_sarif_as_scanners_write_it() -> None:
    """Score before level, package and fixed version out of the message, suppressions with their reason."""
    rule = {"id": "CVE-2", "properties": {"security-severity": "7.5"}, "shortDescription": {"text": "a hole"}}
    text = "Package: openssl\nInstalled Version: 3.0\nFixed Version: 3.1"
    first = {"ruleId": "CVE-2", "level": "note", "message": {"text": text}}
    second = {"ruleId": "CVE-3", "level": "error", "suppressions": [{"kind": "external", "justification": "known"}]}
    passed = {"ruleId": "CVE-4", "kind": "pass"}
    one, two = read_scans([("a", sarif(first, second, passed, rules=(rule,)))]).findings
    assert (one.severity, one.message, one.package, one.fixed) == (Severity.ERROR, "a hole", "openssl", "3.1")
    assert (two.severity, two.excuse) == (Severity.ERROR, "known")


def test_a_statement_of_another_file_excuses() -> None:
    """A VEX file without ratings finds nothing itself, and excuses what it is about: same id, same package."""
    rated = bom(ratings=[{"severity": "high"}])
    both = read_scans([("a", rated), ("vex", bom(analysis=REASON))])
    assert [one.excuse for one in both.findings] == ["not_affected: code_not_reachable"]
    other = bom(analysis=REASON, affects=[{"ref": "pkg:golang/example.com/other@v1.0.0"}])
    assert [one.excuse for one in read_scans([("a", rated), ("vex", other)]).findings] == [""]
    whole = bom(analysis=REASON, affects=[{"ref": "pkg:oci/shop@sha256:11"}])
    assert read_scans([("a", rated), ("vex", whole)]).findings[0].excuse


def test_an_open_statement_excuses_nothing() -> None:
    """`in_triage` and `exploitable` are no excuse."""
    found = read_scans([("a", bom(ratings=[{"severity": "high"}], analysis={"state": "exploitable"}))])
    assert [one.excuse for one in found.findings] == [""]


def test_the_same_twice_counts_once() -> None:
    """Two files that tell the same vulnerability of the same package give one finding."""
    assert len(read_scans([("a", bom()), ("b", bom())]).findings) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"runs": 3}',
        b"[" * 200_000,
        b'{"bomFormat": "SPDX"}',
    ],
)
def test_what_is_no_result_is_said(content: bytes) -> None:
    """A file that is neither leaves a sentence, never an exception."""
    found = read_scans([("odd.json", content)])
    assert (found.findings, len(found.unreadable)) == ((), 1)
    assert found.unreadable[0].startswith("odd.json cannot be read")


@pytest.mark.parametrize(
    "document",
    [
        {"runs": [None, 3, {"results": [None, {"ruleId": 7, "message": [], "locations": [[]], "suppressions": 1}]}]},
        {"runs": [{"tool": [], "results": {"a": 1}}]},
        {"bomFormat": "CycloneDX", "components": 3, "vulnerabilities": [1, {"id": [], "affects": 4, "ratings": "x"}]},
        {"bomFormat": "CycloneDX", "vulnerabilities": [{"analysis": [], "ratings": [{"score": "nan", "severity": 3}]}]},
    ],
)
def test_wrong_types_never_crash(document: Any) -> None:
    """Members of other types than expected are passed over."""
    found = read_scans([("a", json.dumps(document).encode())])
    assert all(isinstance(one.message, str) for one in found.findings)


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("pkg:golang/golang.org/x/net@v0.1.0?type=module#sub", "golang.org/x/net"),
        ("pkg:deb/debian/openssl@3.0", "debian/openssl"),
        ("pkg:npm/%40scope/name@1.0.0", "@scope/name"),
        ("golang.org/x/net", "golang.org/x/net"),
        ("", ""),
    ],
)
def test_names_of_packages(package: str, name: str) -> None:
    """A package is the same whatever its version."""
    assert name_of(package) == name
