"""What GitHub's code scanning asks of a SARIF log beyond its schema, after "SARIF support for code scanning" and "SARIF
results exceed one or more limits" (docs.github.com): what it needs, what it refuses, what it would show wrongly."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

_SEMANTIC = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_RELATIVE = re.compile(r"(?:[A-Za-z0-9_.~/-]|%[0-9A-F]{2})+")
_LINK = re.compile(r"\[[^\[\]]*\]\(([^()]*)\)")
CORNERS = ("startLine", "startColumn", "endLine", "endColumn")


def violations(log: dict[str, Any]) -> list[str]:
    """Every rule that the log breaks, in words; empty when GitHub would take it and show it all."""
    return list(_of_log(log))


def _of_log(log: dict[str, Any]) -> Iterator[str]:
    if not log.get("$schema") or log.get("version") != "2.1.0":
        yield "no $schema or another version"
    if not 1 <= len(log["runs"]) <= 20:
        yield f"{len(log['runs'])} runs"
    categories = Counter(run["automationDetails"]["id"].rpartition("/")[0] for run in log["runs"])
    yield from (f"category {name!r} {number} times" for name, number in categories.items() if number > 1)
    yield from (f"category {name!r} is empty" for name in categories if not name)
    for run in log["runs"]:
        yield from _of_run(run)


def _of_run(run: dict[str, Any]) -> Iterator[str]:
    driver = run["tool"]["driver"]
    if not driver.get("name") or not _SEMANTIC.fullmatch(driver.get("semanticVersion", "0.0.0")):
        yield "no tool, or no semantic version"
    ids = [rule["id"] for rule in driver["rules"]]
    if len(set(ids)) != len(ids) or len(ids) > 25_000:
        yield "rules are not unique or too many"
    for rule in driver["rules"]:
        yield from _of_rule(rule)
    if len(run["results"]) > 25_000:
        yield f"{len(run['results'])} results"
    hashes = Counter(item.get("partialFingerprints", {}).get("primaryLocationLineHash") for item in run["results"])
    yield from (f"fingerprint {name} {number} times" for name, number in hashes.items() if number > 1 or not name)
    for result in run["results"]:
        yield from _of_result(result, ids)


def _of_rule(rule: dict[str, Any]) -> Iterator[str]:
    for name in ("shortDescription", "fullDescription", "help"):
        text = rule.get(name, {}).get("text", "")
        if not text.strip() or (name != "help" and len(text) > 1024):
            yield f"{rule['id']}: {name} is empty or too long"
    properties = rule.get("properties", {})
    if len(properties.get("tags", ())) > 20 or len(rule.get("name", "")) > 255:
        yield f"{rule['id']}: too many tags or too long a name"
    if properties.get("precision", "low") not in {"very-high", "high", "medium", "low"}:
        yield f"{rule['id']}: precision {properties['precision']!r}"
    if properties.get("problem.severity", "error") not in {"error", "warning", "recommendation"}:
        yield f"{rule['id']}: problem.severity {properties['problem.severity']!r}"


def _of_result(result: dict[str, Any], ids: list[str]) -> Iterator[str]:
    if ids[result["ruleIndex"]] != result["ruleId"]:
        yield "ruleIndex names another rule"
    if result["level"] not in {"none", "note", "warning", "error"}:
        yield f"level {result['level']!r}"
    if not result["message"]["text"].strip():
        yield "a message is empty"
    related = result.get("relatedLocations", [])
    known = {str(location["id"]) for location in related}
    yield from (f"a link to {target!r}" for target in _LINK.findall(result["message"]["text"]) if target not in known)
    if not result["locations"] or len(result["locations"]) + len(related) > 1000:
        yield "no location, or too many"
    if result.get("suppressions"):
        yield "a suppressed result would become an open alert"
    for location in (*result["locations"], *related):
        yield from _of_place(location["physicalLocation"])


def _of_place(place: dict[str, Any]) -> Iterator[str]:
    uri = place["artifactLocation"]["uri"]
    parts = uri.split("/")
    if not _RELATIVE.fullmatch(uri) or "" in parts or ".." in parts or "." in parts:
        yield f"address {uri[:80]!r}"
    region = place.get("region", {})
    corners = [region.get(name, 0) for name in CORNERS]
    if min(corners) < 1:
        yield f"region {region}"
    if tuple(corners[:2]) >= tuple(corners[2:]):
        yield f"an empty region {region}"
