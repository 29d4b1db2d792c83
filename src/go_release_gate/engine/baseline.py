"""The baseline: findings that are known and do not count, by fingerprint, in a file that diffs well."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from go_release_gate.errors import ConfigError
from go_release_gate.model.finding import Finding
from go_release_gate.model.report import CheckReport, Suppressed
from go_release_gate.report.files import write_file

_KEYS = ("fingerprint", "rule", "path", "message")
_SAID = 5  # entries named in one notice


@dataclass(frozen=True, slots=True)
class Entry:
    """One known finding. Only the fingerprint decides; the rest is for the reader of the file."""

    fingerprint: str
    rule: str
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a baseline, and the name of its file for messages."""

    entries: tuple[Entry, ...] = ()
    name: str = ""
    fingerprints: frozenset[str] = field(default=frozenset(), repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fingerprints", frozenset(entry.fingerprint for entry in self.entries))


def parse(data: bytes, name: str) -> Baseline:
    """Read the bytes of the file `name`. Raises ConfigError when it is no baseline."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise ConfigError("the baseline is not JSON", path=name, line=line) from None
    if not isinstance(document, dict) or document.get("kind") != "baseline" or document.get("schema") != 1:
        hint = "write one with `check --write-baseline FILE`"
        raise ConfigError('this is no baseline: expected "schema": 1 and "kind": "baseline"', hint, path=name)
    return Baseline(tuple(_entry(item, name) for item in _items(document, name)), name)


def _items(document: dict[str, Any], name: str) -> list[Any]:
    items = document.get("findings")
    if not isinstance(items, list):
        raise ConfigError("the baseline has no list of findings", path=name)
    return items


def _entry(item: Any, name: str) -> Entry:
    if not isinstance(item, dict) or not all(isinstance(item.get(key), str) for key in _KEYS):
        raise ConfigError(f"an entry of the baseline lacks one of {', '.join(_KEYS)}", path=name)
    return Entry(*(item[key] for key in _KEYS))


def render(findings: Iterable[Finding]) -> bytes:
    """The file's bytes: the same findings give the same bytes, one entry is one group of lines."""
    entries = {finding.fingerprint: finding for finding in findings}
    rows = [
        {"fingerprint": mark, "rule": finding.rule, "path": finding.location.path, "message": finding.message}
        for mark, finding in entries.items()
    ]
    rows.sort(key=lambda row: (row["path"], row["rule"], row["fingerprint"]))
    document = {"schema": 1, "kind": "baseline", "findings": rows}
    return (json.dumps(document, indent=2) + "\n").encode()


def write(path: Path, report: CheckReport, guarded: Path | None = None) -> None:
    """Write what counts and what an earlier baseline holds back; inline suppressions speak for themselves.

    `guarded`: as for `write_file`. Raises UsageError when it cannot be written.
    """
    known = [item.finding for item in report.suppressed if item.by == "baseline"]
    write_file(path, render((*report.findings, *known)).decode(), guarded)


def tighten(base: Baseline, head: Baseline) -> Baseline:
    """The entries that both have: a pull request may take entries out, never put them in."""
    return Baseline(tuple(entry for entry in base.entries if entry.fingerprint in head.fingerprints), head.name)


def split(findings: Iterable[Finding], baseline: Baseline) -> tuple[list[Finding], list[Suppressed]]:
    """Findings that count, marked new, and those that the baseline knows."""
    kept, known = [], []
    for finding in findings:
        if finding.fingerprint in baseline.fingerprints:
            known.append(Suppressed(replace(finding, state="existing"), "baseline"))
        else:
            kept.append(replace(finding, state="new"))
    return kept, known


def outdated(baseline: Baseline, known: Iterable[Suppressed], was_judged: Callable[[Entry], bool]) -> tuple[str, ...]:
    """One line about entries that match nothing any more, among those whose rule and place were judged."""
    seen = {item.finding.fingerprint for item in known}
    gone = [entry for entry in baseline.entries if entry.fingerprint not in seen and was_judged(entry)]
    if not gone:
        return ()
    named = ", ".join(f"{entry.rule} in {entry.path}" for entry in gone[:_SAID])
    more = f" and {len(gone) - _SAID} more" if len(gone) > _SAID else ""
    name = baseline.name or "the baseline"
    count = "1 entry matches" if len(gone) == 1 else f"{len(gone)} entries match"
    return (f"{name}: {count} nothing any more: {named}{more}; write the baseline again to drop what is gone",)


def baseline_schema() -> dict[str, Any]:
    """The JSON schema of the file."""
    text = {"type": "string"}
    entry = {
        "type": "object",
        "required": list(_KEYS),
        "additionalProperties": False,
        "properties": dict.fromkeys(_KEYS, text) | {"fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"}},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "go-release-gate baseline",
        "type": "object",
        "required": ["schema", "kind", "findings"],
        "additionalProperties": False,
        "properties": {"schema": {"const": 1}, "kind": {"const": "baseline"}, "findings": {"items": entry}},
    }
