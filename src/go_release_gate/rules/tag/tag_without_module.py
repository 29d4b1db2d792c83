"""A release tag belongs to no module, or to several.

## What it finds

- The judged tag `services/api/v1.2.3` where no module lies in `services/api` and no configured image has a pattern for
  it.
- The judged tag that releases images of several modules, by patterns that overlap.
- On every event, an entry of `images:` whose `module` is no directory with a go.mod, and two entries of different
  modules that one tag would release.

## Why

A version is a promise about one module. A tag for no module starts a workflow that finds nothing to build, or builds
the module at the top under the version of another. A tag for two modules gives both a version of which one did not
ask.

## Fix

Name the tag as Go does: the module's directory, `/`, the version. For another scheme say in `.go-release-gate.yml`
which tags release which image: `images: [{image: ghcr.io/acme/api, module: services/api, tags: ["api-v*"]}]`.

## Limits

A tag of a module that has no image is fine. Only where the repository has an image at all.

## References

- https://go.dev/ref/mod#vcs-version
- https://go.dev/doc/modules/managing-source#multiple-module-source
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.release_table import ReleaseTable, Row
from go_release_gate.gomod.ladder import is_release
from go_release_gate.gomod.modulepath import agrees
from go_release_gate.model.finding import Related, Target
from go_release_gate.model.severity import Event, Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.tag._places import at, draft

RULE = Rule(
    id="tag-without-module",
    summary="a release tag belongs to no module, or to several",
    severity={Event.BRANCH: Severity.WARNING, Event.PULL_REQUEST: Severity.WARNING, Event.TAG: Severity.ERROR},
    since="0.1",
    needs=(ReleaseTable,),
)


@RULE.check
def check(table: ReleaseTable) -> Iterator[Draft]:
    """One draft for each contradiction in the table, and one for the judged tag."""
    if table.is_configured:
        yield from _without_go_mod(table)
        yield from _overlapping(table)
    version = table.version_of(table.pushed)
    if not table.pushed or not is_release(version):
        return
    if not table.modules_of(table.pushed) and not table.rows_of(table.pushed):
        directory = table.pushed.rpartition("/")[0] or "."
        # without `images:` the table is discovered: a repository may number its releases by a rule of its own
        severity = None if table.is_configured else Severity.WARNING
        said = f"the tag {table.pushed} belongs to no module: {_nothing_in(directory)}; {_expected(table)}"
        yield draft(table, said, severity=severity)
        return
    fitting = [module.dir for module in table.modules_of(table.pushed) if agrees(module.path, version)]
    if len(fitting) > 1:
        yield draft(table, f"the tag {table.pushed} belongs to {len(fitting)} modules: {', '.join(fitting)}")


def _nothing_in(directory: str) -> str:
    return f"no go.mod in {'the top directory' if directory == '.' else directory}"


def _expected(table: ReleaseTable) -> str:
    known = sorted({f"{module.prefix}vX.Y.Z" for module in table.modules})
    return f"expected {' or '.join(known[:5])}{' …' if len(known) > 5 else ''}"


def _without_go_mod(table: ReleaseTable) -> Iterator[Draft]:
    for row in table.rows:
        if table.module_at(row.module) is None:
            yield Draft(
                location=row.place,
                message=f"the image {row.name} is of the module in {row.module}, where no readable go.mod lies",
                key=f"{row.image} {row.module}",
                target=Target("image", row.name),
            )


def _overlapping(table: ReleaseTable) -> Iterator[Draft]:
    """For each pair of modules that one tag would release, the later entry."""
    seen: set[tuple[str, str]] = set()
    for row in table.rows:
        for tag in table.samples(row):
            other = _other_owner(table, row, tag)
            if other is None or tuple(sorted((row.module, other.module))) in seen:
                continue
            seen.add((min(row.module, other.module), max(row.module, other.module)))
            first, later = sorted((row, other), key=lambda one: one.place.line or 0)
            yield Draft(
                location=later.place,
                message=f"a tag like {tag} releases {later.name} of the module {later.module} and, by "
                f"{at(first.place)}, {first.name} of the module {first.module}; give each module its own tags",
                key=f"{later.image} {first.image}",
                related=(Related("the other image", first.place),),
                module=later.module,
                target=Target("image", later.name),
            )


def _other_owner(table: ReleaseTable, row: Row, tag: str) -> Row | None:
    fitting = [one for one in table.rows_of(tag) if table.module_at(one.module) is not None]
    if row not in fitting:
        return None
    return next((one for one in fitting if one.module != row.module), None)
