"""A tool or program that is installed at a version which moves.

## What it finds

- `go install` and `go run` of `module@latest`, `@upgrade`, `@main`, `@master`, `@HEAD` and other branches, `@v1` and
  `@v1.2`, `@>=v1.2.0`, and a shortened commit.
- `go get` of such a version, or of none, in a Dockerfile and in a workflow that publishes.
- `go install` of a program without a version in a stage of a Dockerfile that has no module.

In image builds, in workflows that publish, and in the scripts they run it is a warning; elsewhere a note.

## Why

Another day gives another program, with other bugs, other generated code, another minimum for Go: a build that was green
fails, and nobody can build the same release again. Whoever can push to that branch decides what runs in your build.

## Fix

Name a whole version (`@v1.61.0`), or keep the tool in go.mod: `go get -tool module@v1.61.0`, then `go tool name`
(Go 1.24). Where it is meant, say so in the line above: `# gate: ignore[unpinned-install] reason`.

## Limits

A version from a variable is followed as far as the file tells; what stays unknown is not judged. A full version, a
pseudo-version and a full commit are pinned; so are packages that go.mod provides, and `golang.org/dl/go1.x.y@latest`,
whose name is the version. `go get` in Makefiles and in other workflows changes go.mod on purpose and is not judged.
Directories of examples, tests and documentation are passed over.

## References

- https://go.dev/ref/mod#go-install
- https://go.dev/ref/mod#version-queries
- https://go.dev/doc/modules/managing-dependencies#tools
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.facts.go_calls import DOCKERFILE, GoCall, GoCalls
from go_release_gate.facts.workflows import Workflows
from go_release_gate.gomod import version
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._calls import SOURCES, is_shipped, place, shown, target
from go_release_gate.rules.build._outside import is_outside_module
from go_release_gate.shell.unknown import has_hole

RULE = Rule(
    id="unpinned-install",
    summary="a tool is installed at `@latest`, a branch or another version that moves",
    severity=Severity.WARNING,
    since="0.1",
    needs=(GoCalls,),
    uses=SOURCES,
)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SHORT = re.compile(r"[0-9a-f]{7,39}")
_REMOTE = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:/[^@]*)?")
_NAMED = re.compile(r"golang\.org/dl/gotip|golang\.org/dl/go1\.\d+(?:\.\d+)?(?:(?:rc|beta)\d+)?")
_NEWEST = {"latest": "the newest release", "upgrade": "the newest release", "patch": "the newest patch release"}


@RULE.check
def check(calls: GoCalls, workflows: Workflows | None, *_sources: object) -> Iterator[Draft]:
    """One draft for each module at each line."""
    told: set[tuple[str, int, str]] = set()
    for call in calls.calls:
        if call.environment.get("GO111MODULE") == "off":
            continue
        ships = is_shipped(call, workflows)
        for word, meaning in _unpinned(call, ships=ships):
            if (call.path, call.line, word) not in told:
                told.add((call.path, call.line, word))
                yield _draft(call, word, meaning, ships=ships)


def _unpinned(call: GoCall, *, ships: bool) -> Iterator[tuple[str, str]]:
    """Arguments that are not pinned, and what they stand for."""
    verb, arguments = call.command.verb, call.command.arguments
    if verb not in ("install", "run", "get") or (verb == "get" and not ships):
        return
    for word in arguments[:1] if verb == "run" else arguments:
        path, sign, query = word.partition("@")
        if word.startswith((".", "/", "-")) or _NAMED.fullmatch(path):
            continue
        if sign:
            if meaning := _meaning(query):
                yield word, meaning
        elif verb == "get" and _REMOTE.fullmatch(word) and not _is_in_mod(call):
            yield word, "the newest release"
        elif verb == "install" and _REMOTE.fullmatch(word) and is_outside_module(call):
            yield word, ""


def _is_in_mod(call: GoCall) -> bool:
    """Whether go.mod may hold what `go get` without a version asks for; with -u it is upgraded all the same."""
    return call.where != DOCKERFILE and "u" not in call.command.flags


def _meaning(query: str) -> str:
    """What a query stands for; empty where it is pinned, unknown, or none that installs."""
    if has_hole(query) or not query or query == "none" or _COMMIT.fullmatch(query):
        return ""
    if query.startswith("v") and version.is_valid(query):
        return "" if query.partition("+")[0].partition("-")[0].count(".") == 2 else "the newest release it begins"
    if query in _NEWEST:
        return _NEWEST[query]
    if query[:1] in "<>":
        return "whatever release fits"
    return "a shortened commit" if _SHORT.fullmatch(query) and not query.isalpha() else f"whatever {query} points to"


def _draft(call: GoCall, word: str, meaning: str, *, ships: bool) -> Draft:
    path = _plain(word.partition("@")[0])
    message = f"takes {meaning} of {path}; expected a whole version (`@vX.Y.Z`) or a tool of go.mod"
    if not meaning:
        message = "names no version, which outside a module Go 1.16 and later refuse; expected `@vX.Y.Z`"
    return Draft(
        location=place(call),
        message=f"{shown(call)} {message}",
        key=f"{call.scope} {call.command.verb} {_plain(word)}",
        target=target(call),
        severity=None if ships else Severity.NOTE,
    )


def _plain(text: str) -> str:
    return re.sub("[\ue000-\uf8ff]", "…", text)
