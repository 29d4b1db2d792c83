"""Inline suppressions: comments `gate: ignore[rule-id] reason` in the files that findings point at. Pure.

They cover the finding on their own line or, standing alone, on the next line that is no comment. Beside the `module`
directive of go.mod they cover what go.mod cannot carry a comment for: findings of that module in other files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from go_release_gate.config.nearest import did_you_mean
from go_release_gate.model.finding import Finding

_START = re.compile(r"\s(?://|#)")  # in a line with a blank before it; the two keep long lines linear
_IGNORE = re.compile(r"(?:(?<=[\s;])|(?<=\s//)|(?<=\s#))gate:\s*ignore\b(.*)$")
_EXACT = re.compile(r"\[([^\[\]]*)\](.*)")
_MODULE = re.compile(r"\s*module\b")
_GO_FILES = ("go.mod", "go.work")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment for one rule: where it stands, the line it covers, the texts that make it the same elsewhere."""

    path: str
    line: int
    rule: str
    reason: str
    covers: int
    comment: str
    covered: str
    is_for_module: bool = False

    @property
    def identity(self) -> tuple[str, str, str]:
        """What a copy of it in the base commit must share."""
        return self.rule, self.comment, self.covered

    def matches(self, finding: Finding) -> bool:
        """Whether it covers `finding`."""
        if finding.rule != self.rule:
            return False
        if finding.location.path == self.path and finding.location.line:
            return finding.location.line in (self.line, self.covers)
        return self.is_for_module and finding.module == (self.path.rpartition("/")[0] or ".")


@dataclass(frozen=True, slots=True)
class Comments:
    """The suppressions of a file, and what is wrong with those that do not count."""

    suppressions: tuple[Suppression, ...] = ()
    problems: tuple[str, ...] = ()


def read_comments(path: str, text: str, rules: Collection[str]) -> Comments:
    """Every suppression in the `text` of the file `path`; `rules` are the ids there are."""
    if "gate:" not in text:
        return Comments()
    lines = text.split("\n")  # Go's lines: exotic separators must not shift what a suppression covers
    following = _following(lines)
    found: list[Suppression] = []
    problems: list[str] = []
    for number, match in _comments(lines):
        place = f"{path}:{number}"
        exact = _EXACT.match(match[1].strip())
        names = [name.strip() for name in exact[1].split(",") if name.strip()] if exact else []
        reason = exact[2].strip(" :-\t") if exact else ""
        problem = _problem(names, reason, rules)
        if problem:
            problems.append(f"{place}: this suppression does not count: {problem}")
        else:
            found += [_suppression(path, lines, (number, following[number - 1]), name, reason) for name in names]
    return Comments(tuple(found), tuple(problems))


def _comments(lines: list[str]) -> Iterator[tuple[int, re.Match[str]]]:
    for number, line in enumerate(lines, 1):
        start = _START.search(f" {line}")
        match = _IGNORE.search(f" {line}", start.end()) if start else None
        if match:
            yield number, match


def _problem(names: list[str], reason: str, rules: Collection[str]) -> str:
    if not names:
        return "write `gate: ignore[rule-id] reason`"
    for name in names:
        if name not in rules:
            return f"there is no rule {name!r}; {did_you_mean(name, rules) or 'run `go-release-gate rules`'}"
    return "" if reason else "it gives no reason"


def _suppression(path: str, lines: list[str], place: tuple[int, int], rule: str, reason: str) -> Suppression:
    number, covers = place
    covered = lines[covers - 1].strip() if covers <= len(lines) else ""
    is_for_module = path.rpartition("/")[2] in _GO_FILES[:1] and bool(_MODULE.match(covered))
    return Suppression(path, number, rule, reason, covers, lines[number - 1].strip(), covered, is_for_module)


def _following(lines: list[str]) -> list[int]:
    """For each line what a comment on it covers: itself when something stands before it, else the next that is none."""
    found: list[int] = []
    covers = len(lines) + 1
    for number in range(len(lines), 0, -1):
        covers = covers if _is_comment(lines[number - 1]) else number
        found.append(covers)
    return found[::-1]


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("//", "#"))


def known_to_base(found: Collection[Suppression], base: Mapping[str, str | None], rules: Collection[str]) -> set[int]:
    """Positions in `found` of the suppressions that the base commit's files (path → text) have as well."""
    marks = {
        (path, item.identity)
        for path, text in base.items()
        for item in read_comments(path, text or "", rules).suppressions
    }
    return {index for index, item in enumerate(found) if (item.path, item.identity) in marks}
