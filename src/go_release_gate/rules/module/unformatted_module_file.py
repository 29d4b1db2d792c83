"""A go.mod or go.sum that says the right thing in the wrong form.

## What it finds

Duplicate or unsorted lines of go.sum, CRLF line endings, blank lines at the end, a missing final newline, spacing or
order in go.mod that Go's own formatter writes otherwise. One finding per file, at the first such line. Nothing that
is built changes; where anything would, the finding is untidy-module and this rule is silent.

## Why

`go mod tidy` and `go mod tidy -diff` disagree about form: one rewrites what the other accepts, and reports what the
other leaves alone. Whoever runs the other command next gets a diff he did not cause, merges of go.sum break, and a
pipeline that checks with one of them stops on a file that the other calls clean.

## Fix

`go mod tidy` rewrites go.mod. Go itself leaves an existing go.sum with duplicate or unsorted lines as it is:
`go-release-gate check --fix` writes the canonical file. For line endings, add `go.mod text eol=lf` and
`go.sum text eol=lf` to .gitattributes, so that no checkout converts them again.

## Limits

Line endings that only the conversion of the checkout made, and that are not in the commit, are no finding.

## References

- https://go.dev/ref/mod#go-mod-file-updates
- https://go.dev/ref/mod#go-sum-files
- https://github.com/golang/go/issues/77713
- https://git-scm.com/docs/gitattributes
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.module import Module
from go_release_gate.facts.tidy import Tidy
from go_release_gate.model.edits import edits_between
from go_release_gate.model.finding import Fix, Location
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.module._words import go_command

RULE = Rule(
    id="unformatted-module-file",
    summary="go.mod or go.sum differ from Go's own form, not in what they say",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Module, Tidy),
    fix="safe",
)


@RULE.check
def check(module: Module, tidy: Tidy) -> Iterator[Draft]:
    """One draft per file whose form differs."""
    if tidy.kind != "form":
        return
    for name, before, after in (
        ("go.mod", module.mod_bytes, tidy.mod_after),
        ("go.sum", module.sum_bytes, tidy.sum_after),
    ):
        problems = [(what, line) for file, what, line in tidy.form if file == name]
        edits = edits_between(module.file(name), before, after) if after is not None else ()
        if problems or edits:
            yield _draft(module, name, problems, Fix(safe=True, edits=edits) if edits else None)


def _draft(module: Module, name: str, problems: list[tuple[str, int | None]], fix: Fix | None) -> Draft:
    known = [line for _, line in problems if line]
    line = min(known) if known else (fix.edits[0].start_line if fix else 1)
    words = ", ".join(dict.fromkeys(what for what, _ in problems)) or "not in Go's own form"
    return Draft(
        location=Location(module.file(name), line),
        message=f"{name} is tidy but not in canonical form: {words}",
        key=name,
        command=go_command(module.dir, "mod", "tidy") if name == "go.mod" else "go-release-gate check --fix",
        fix=fix,
    )
