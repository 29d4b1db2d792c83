"""The major version of a tag does not fit the module path.

## What it finds

A judged tag `v2.0.0` of a module whose path does not end in `/v2`, a tag `v1.4.0` of a module whose path does, the
same for gopkg.in (`.v2`); and, on every event, a configured pattern such as `v2.*` that can only take such tags. A
module whose path nobody can fetch (`module shop`) gives a warning.

## Why

Go ignores such a tag: `go get example.com/shop@v2.0.0` answers that the path should end in `/v2`, and `@latest` stays
at the last v1. The image says 2.0.0, its Go module cannot. `+incompatible` is no way out: it is for repositories
without a go.mod.

## Fix

For a new major version change the module line, and the imports with it: `go mod edit -module=example.com/shop/v2`.
Else tag a version of the line that the path names. Where the version is the image's alone and nobody is meant to import
the module (`v3.1.0` of a program whose path stays without a major version), say so in the configuration:
`severity: {major-version-mismatch: note}`.

## Limits

Judged by the go.mod that is checked out, which should be that of the tag. Only where the repository has an image.

## References

- https://go.dev/ref/mod#major-version-suffixes
- https://go.dev/ref/mod#incompatible-versions
- https://go.dev/doc/modules/major-version
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.release_table import ModuleTags, ReleaseTable, Row, major_in
from go_release_gate.gomod.ladder import is_release
from go_release_gate.gomod.modulepath import agrees, expected_major, problem
from go_release_gate.gomod.version import major
from go_release_gate.model.finding import Related, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.tag._places import draft

RULE = Rule(
    id="major-version-mismatch",
    summary="a tag's major version does not fit the module path",
    severity=Severity.ERROR,
    since="0.1",
    needs=(ReleaseTable,),
)


@RULE.check
def check(table: ReleaseTable) -> Iterator[Draft]:
    """One draft for the judged tag, and one for each configured pattern that can only take misfits."""
    for row in table.rows if table.is_configured else ():
        yield from _of_row(table, row)
    version = table.version_of(table.pushed)
    modules = table.modules_of(table.pushed)
    if table.pushed and is_release(version) and modules and not any(agrees(one.path, version) for one in modules):
        message = (
            f"the tag {table.pushed} does not fit the module path {modules[0].path}: expected {_expected(modules[0])}"
        )
        yield draft(table, message, severity=_severity(modules[0]))


def _of_row(table: ReleaseTable, row: Row) -> Iterator[Draft]:
    module = table.module_at(row.module)
    for pattern in row.patterns if module else ():
        number = major_in(pattern)
        if module and number and not agrees(module.path, f"{number}.0.0"):
            yield Draft(
                location=row.place,
                message=f"tags {pattern} do not fit the module path {module.path}: expected {_expected(module)}",
                key=f"{row.image} {pattern}",
                related=(Related("the module path", module.place),),
                module=row.module,
                target=Target("image", row.name),
                severity=_severity(module),
            )


def _expected(module: ModuleTags) -> str:
    wanted = expected_major(module.path)
    return f"a version {wanted}" if wanted else "a version v0 or v1, or a path that ends in the major version"


def _severity(module: ModuleTags) -> Severity | None:
    """Nobody can import what has no address; its version is the image's alone."""
    return Severity.WARNING if problem(module.path) and not major(module.path.rpartition("/")[2]) else None
