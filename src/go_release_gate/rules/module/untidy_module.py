"""A module whose go.mod or go.sum `go mod tidy` would change.

## What it finds

Every line of go.mod that `go mod tidy` would add, drop or change, at that line, with the reason: the file that
imports the package, the test of a dependency, a raised `go` line. Drift inside go.sum is one finding per module,
with the first lines by name and the others counted. A go.sum that tidy would newly create counts too.

## Why

An untidy go.mod lies about what is built. A requirement nobody needs keeps a module in every consumer's build list;
a missing one makes the next build resolve a version that nobody reviewed; a missing checksum lets a build fail on
one machine and download unchecked on another. A release made from it cannot be repeated by its commit alone.

## Fix

Run the command of the finding, or let `go-release-gate check --fix` write the two files. The edits are those of
`go mod tidy` itself, so nothing is built that Go would not have asked for. Modules that replace each other locally
are mended in the order of their dependence.

## Limits

Tidy looks at every platform and at every build tag but `ignore`; a package that only a generator will write is
missing for it: see broken-module. Files that differ only in form are reported by unformatted-module-file. The
reason of a line can be unknown.

## References

- https://go.dev/ref/mod#go-mod-tidy
- https://go.dev/ref/mod#go-mod-file-require
- https://go.dev/ref/mod#go-sum-files
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from go_release_gate.facts.module import Module
from go_release_gate.facts.tidy import Change, Tidy
from go_release_gate.model.edits import edits_between
from go_release_gate.model.finding import Fix, Location, Related
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.module._words import bounded, counted, go_command, listing

RULE = Rule(
    id="untidy-module",
    summary="go mod tidy would change what go.mod or go.sum say",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Module, Tidy),
    fix="safe",
)

_SENTENCES = {
    "add": "go.mod lacks `{text}`",
    "drop": "go.mod does not need `{text}`",
    "change": "go.mod should say `{text}`",
}
_MARKS = {"add": "+", "drop": "-", "change": "~"}


@RULE.check
def check(module: Module, tidy: Tidy) -> Iterator[Draft]:
    """One draft per line of go.mod, one for all of go.sum; one for the module if the lines are not known."""
    if tidy.kind != "untidy":
        return
    in_mod = [change for change in tidy.changes if change.file == "go.mod"]
    in_sum = [change for change in tidy.changes if change.file == "go.sum"]
    mod_fix, sum_fix = _fix_of_mod(module, tidy), _fix_of_sum(module, tidy)
    for change in in_mod:
        yield _line_draft(module, change, mod_fix)
    if in_sum:
        yield _sum_draft(module, in_sum, sum_fix)
    if not tidy.changes:
        edits = (mod_fix.edits if mod_fix else ()) + (sum_fix.edits if sum_fix else ())
        yield _unknown_draft(module, Fix(safe=True, edits=edits) if edits else None)


def _line_draft(module: Module, change: Change, fix: Fix | None) -> Draft:
    reason = change.reason
    return Draft(
        location=Location(module.file("go.mod"), change.line or 1),
        message=f"{_SENTENCES[change.op].format(text=_said(change))}: {reason.text}",
        key=f"go.mod {change.op} {change.subject}",
        command=go_command(module.dir, "mod", "tidy"),
        related=(Related(reason.text, reason.location),) if reason.location else (),
        fix=fix,
    )


def _said(change: Change) -> str:
    """The line as it stands alone: inside a block a requirement has no keyword."""
    text = change.text.strip()
    return f"require {text}" if "@" in change.subject and not text.startswith(("require ", "tool ")) else text


def _sum_draft(module: Module, changes: Sequence[Change], fix: Fix | None) -> Draft:
    is_mixed = len({change.op for change in changes}) > 1
    subjects = [f"{_MARKS[change.op] if is_mixed else ''}{change.subject}" for change in changes]
    reasons = [_reason(change) for change in changes]
    return Draft(
        location=_sum_place(module, changes),
        message=f"{_drift(module, changes)}: {listing(list(dict.fromkeys(subjects)))}",
        key="go.sum",
        command=go_command(module.dir, "mod", "tidy"),
        related=bounded(reasons),
        fix=fix,
    )


def _reason(change: Change) -> Related:
    return Related(f"{_MARKS[change.op]}{change.subject}: {change.reason.text}", change.reason.location)


def _drift(module: Module, changes: Sequence[Change]) -> str:
    """What is wrong with go.sum as a whole, in words."""
    added = sum(change.op == "add" for change in changes)
    dropped = sum(change.op == "drop" for change in changes)
    if module.sum_bytes is None:
        return f"go.sum does not exist, tidy writes {counted(added, 'line')}"
    parts = [f"lacks {counted(added, 'line')}"] if added else []
    parts += [f"has {counted(dropped, 'line')} too many"] if dropped else []
    changed = len(changes) - added - dropped
    parts += [f"has {counted(changed, 'other line')}"] if changed else []
    return f"go.sum {' and '.join(parts)}"


def _sum_place(module: Module, changes: Sequence[Change]) -> Location:
    if module.sum_bytes is None:
        return Location(module.file("go.mod"), 1)
    return Location(module.file("go.sum"), min((change.line for change in changes if change.line), default=1))


def _unknown_draft(module: Module, fix: Fix | None) -> Draft:
    return Draft(
        location=Location(module.file("go.mod"), 1),
        message="go mod tidy would change this module, see the diff",
        key="module",
        command=go_command(module.dir, "mod", "tidy"),
        fix=fix,
    )


def _fix_of_mod(module: Module, tidy: Tidy) -> Fix | None:
    return _fix(module.file("go.mod"), module.mod_bytes, tidy.mod_after)


def _fix_of_sum(module: Module, tidy: Tidy) -> Fix | None:
    """A go.sum that tidy leaves away is emptied: an empty file and none are the same to Go."""
    after = tidy.sum_after if tidy.sum_after is not None or tidy.mod_after is None else b""
    return _fix(module.file("go.sum"), module.sum_bytes, after)


def _fix(path: str, before: bytes | None, after: bytes | None) -> Fix | None:
    edits = edits_between(path, before, after) if after is not None else ()
    return Fix(safe=True, edits=edits) if edits else None
