"""Scanners' results and statements about them, from SARIF and CycloneDX. Pure; whatever the files hold, nothing raises.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from go_release_gate.facts.scan import ScanFinding, ScanResults
from go_release_gate.model.severity import Severity

SIZE_LIMIT = 64 << 20  # bytes of one file
MOST_FINDINGS = 20_000  # of all files
MOST_TEXT = 300  # characters of one message

HIGH, MEDIUM = 7.0, 4.0  # https://www.first.org/cvss/v3.1/specification-document, "Qualitative Severity Rating Scale"
_LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING}
_RATINGS = {"critical": Severity.ERROR, "high": Severity.ERROR, "medium": Severity.WARNING}
_SETTLED = frozenset({"not_affected", "false_positive", "resolved", "resolved_with_pedigree"})
_IMAGES = ("pkg:oci/", "pkg:docker/")
_PACKAGE = re.compile(r"(?:^|\n)Package: (\S+)|package: ([^\s,]+)")  # Trivy, Grype
_FIXED = re.compile(r"(?:^|\n)Fixed Version: (\S+)")


@dataclass(frozen=True, slots=True)
class Statement:
    """That a vulnerability does not count, in these packages; none: in every one."""

    id: str
    reason: str
    packages: tuple[str, ...] = ()

    def fits(self, finding: ScanFinding) -> bool:
        """Whether it is about a finding."""
        return finding.id == self.id and (not self.packages or name_of(finding.package) in self.packages)


def read_scans(files: Iterable[tuple[str, bytes]]) -> ScanResults:
    """What the files hold together.

    Args:
        files: pairs of a name for messages and the content.
    """
    findings: dict[tuple[str, str], ScanFinding] = {}
    statements: list[Statement] = []
    unreadable: list[str] = []
    for name, content in files:
        try:
            found, said = _read(content)
        except (ValueError, RecursionError, TypeError, AttributeError, KeyError):
            unreadable.append(f"{name} cannot be read: expected SARIF 2.1.0 or CycloneDX, as JSON")
            continue
        statements += said
        for finding in found:
            if len(findings) >= MOST_FINDINGS:
                unreadable.append(f"{name} holds more findings than the {MOST_FINDINGS} that are read")
                break
            key = finding.id, name_of(finding.package) or finding.path
            findings.setdefault(key, finding)
    kept = tuple(_with_excuse(finding, statements) for finding in findings.values())
    return ScanResults(kept, tuple(dict.fromkeys(unreadable)))


def name_of(package: str) -> str:
    """A package's name without version and kind: `golang.org/x/net` of `pkg:golang/golang.org/x/net@v0.1.0`."""
    bare = package.partition("?")[0].partition("#")[0]
    if bare.startswith("pkg:"):
        bare = unquote(bare.removeprefix("pkg:").partition("/")[2])
    head, at, version = bare.rpartition("@")
    return head if at and "/" not in version else bare


def _with_excuse(finding: ScanFinding, statements: Sequence[Statement]) -> ScanFinding:
    if finding.excuse:
        return finding
    return replace(finding, excuse=next((one.reason for one in statements if one.fits(finding)), ""))


def _read(content: bytes) -> tuple[list[ScanFinding], list[Statement]]:
    if len(content) > SIZE_LIMIT:
        raise ValueError("too long")
    document = json.loads(content)
    if document.get("bomFormat") == "CycloneDX":
        return _cyclonedx(document)
    if isinstance(document.get("runs"), list):
        return [one for run in _dicts(document["runs"]) for one in _sarif(run)], []
    raise ValueError("neither")


def _sarif(run: dict[str, Any]) -> Iterator[ScanFinding]:
    driver = _dict(_dict(run.get("tool")).get("driver"))
    rules = {_text(one.get("id")): one for one in _dicts(driver.get("rules"))}
    tool = _text(driver.get("name")) or "a scanner"
    for result in _dicts(run.get("results")):
        if result.get("kind", "fail") not in ("fail", "open", "review"):
            continue
        identifier = _text(result.get("ruleId")) or _text(_dict(result.get("rule")).get("id")) or "result"
        rule = rules.get(identifier, {})
        text = str(_dict(result.get("message")).get("text") or "")[: 10 * MOST_TEXT]
        package, fixed = _PACKAGE.search(text), _FIXED.search(text)
        yield ScanFinding(
            identifier,
            tool,
            _sarif_severity(result, rule),
            _text(_dict(rule.get("shortDescription")).get("text")) or _text(text),
            _text((package[1] or package[2]) if package else ""),
            _text(fixed[1]) if fixed else "",
            _sarif_path(result),
            _sarif_excuse(result),
            _text(rule.get("helpUri")),
        )


def _sarif_severity(result: dict[str, Any], rule: dict[str, Any]) -> Severity:
    score = _number(_dict(rule.get("properties")).get("security-severity"))
    if score is not None:
        return _by_score(score)
    level = result.get("level") or _dict(rule.get("defaultConfiguration")).get("level") or "warning"
    return _LEVELS.get(str(level), Severity.NOTE)


def _sarif_path(result: dict[str, Any]) -> str:
    for location in _dicts(result.get("locations")):
        place = _dict(_dict(location.get("physicalLocation")).get("artifactLocation"))
        return _text(place.get("uri"))
    return ""


def _sarif_excuse(result: dict[str, Any]) -> str:
    for one in _dicts(result.get("suppressions")):
        if one.get("status", "accepted") == "accepted":
            return _text(one.get("justification")) or "suppressed in the scanner's report"
    return ""


def _cyclonedx(document: dict[str, Any]) -> tuple[list[ScanFinding], list[Statement]]:
    components = {_text(one.get("bom-ref")): one for one in _components(document)}
    findings: list[ScanFinding] = []
    statements: list[Statement] = []
    for one in _dicts(document.get("vulnerabilities")):
        packages = _affected(one, components)
        analysis = _dict(one.get("analysis"))
        reason = _reason(analysis) if analysis.get("state") in _SETTLED else ""
        if reason:
            of_image = any(one.startswith(_IMAGES) for one in packages)  # the statement is about all that is in it
            names = () if of_image else tuple(filter(None, map(name_of, packages)))
            statements.append(Statement(_text(one.get("id")), reason, names))
        if reason and not _dicts(one.get("ratings")):
            continue  # a statement about what another file found
        findings += [_vulnerability(one, package, reason) for package in packages or [""]]
    return findings, statements


def _components(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [_dict(_dict(document.get("metadata")).get("component")), *_dicts(document.get("components"))]


def _affected(one: dict[str, Any], components: dict[str, dict[str, Any]]) -> list[str]:
    found = []
    for affected in _dicts(one.get("affects")):
        reference = _text(affected.get("ref"))
        component = components.get(reference, {})
        link = reference.rpartition("#")[2] if reference.startswith("urn:cdx:") else reference  # BOM-Link
        found.append(_text(component.get("purl")) or _text(component.get("name")) or unquote(link))
    return list(dict.fromkeys(filter(None, found)))


def _vulnerability(one: dict[str, Any], package: str, excuse: str) -> ScanFinding:
    ratings = _dicts(one.get("ratings"))
    words = [_RATINGS.get(str(rating.get("severity")).lower(), Severity.NOTE) for rating in ratings]
    scores = [_by_score(score) for rating in ratings if (score := _number(rating.get("score"))) is not None]
    told = [word for word, rating in zip(words, ratings, strict=True) if rating.get("severity")] or scores
    source = _dict(one.get("source"))
    return ScanFinding(
        _text(one.get("id")) or "vulnerability",
        "a scanner",
        min(told, key=lambda level: level.rank, default=Severity.WARNING),
        _text(one.get("description")),
        package,
        excuse=excuse,
        url=_text(source.get("url")),
    )


def _reason(analysis: dict[str, Any]) -> str:
    parts = (analysis.get("state"), analysis.get("justification"), analysis.get("detail"))
    return ": ".join(filter(None, map(_text, parts)))


def _by_score(score: float) -> Severity:
    return Severity.ERROR if score >= HIGH else Severity.WARNING if score >= MEDIUM else Severity.NOTE


def _number(value: object) -> float | None:
    try:
        found = float(str(value)[:20])
    except ValueError:
        return None
    return found if 0 <= found <= 10 else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return " ".join(value.split())[:MOST_TEXT] if isinstance(value, str) else ""
