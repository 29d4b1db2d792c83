"""A workflow would move `latest`, `1` or `1.2` to a release that is not the highest one.

## What it finds

Names that a workflow of this repository pushes on a tag, where one of them moves from release to release (`latest`,
the major version, major and minor) and the tag is a prerelease, or a patch of an old line while that name belongs to
a higher stable release of the same module. On a tag the judged one counts. On a branch or pull request the next
prerelease and the next patch of an old line are thought of, so that it is seen before it happens; without any release
yet, under `policy: strict` alone.

## Why

docker/metadata-action gives `latest` to every stable version it sees, and with `type=ref,event=tag` to prereleases
too: after `v2.0.1` a fix `v1.9.1` moves `latest` back by a major version, and every deployment that follows it.

## Fix

Compute the names with `go-release-gate tags` and `policy: strict`, which moves these names only to the highest stable
release; or set `latest=false` in `flavor:` and drop the short patterns where old lines are patched.

## Limits

Only names that can be worked out from the workflow's text; a condition that only a run can evaluate counts as a
guard, such as a comparison with the highest release. Which releases there are is read from git tags, in a
shallow checkout from GitHub where a token is there. On a branch only those of the checkout count.

## References

- https://github.com/docker/metadata-action#flavor-input
- https://github.com/docker/metadata-action/issues/80
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from go_release_gate.facts.release_table import ModuleTags, ReleaseTable
from go_release_gate.facts.tags import Tags
from go_release_gate.facts.workflows import Workflows
from go_release_gate.gomod.ladder import covers, highest_stable, holder, is_moving, is_release, is_stable
from go_release_gate.gomod.modulepath import expected_major
from go_release_gate.gomod.version import parse, prerelease
from go_release_gate.model.finding import Location, Target
from go_release_gate.model.severity import Event, Severity
from go_release_gate.oci.reference import InvalidReferenceError
from go_release_gate.oci.reference import parse as parse_reference
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.workflow.pushes import Push
from go_release_gate.workflow.runs import Run

RULE = Rule(
    id="moving-tag-not-highest",
    summary="a workflow moves `latest` or a short version to a release below the highest",
    severity={Event.BRANCH: Severity.WARNING, Event.PULL_REQUEST: Severity.WARNING, Event.TAG: Severity.ERROR},
    since="0.1",
    needs=(ReleaseTable, Tags, Workflows),
)

_EVENTS = ("push", "release")


@dataclass(frozen=True, slots=True)
class Subject:
    """A tag that is judged or thought of, and the versions of its module."""

    tag: str
    version: str
    versions: tuple[str, ...]
    is_real: bool = False

    @property
    def words(self) -> str:
        """The tag for people."""
        return f"the tag {self.tag}" if self.is_real else f"a tag like {self.tag}"


@RULE.check
def check(table: ReleaseTable, tags: Tags, workflows: Workflows) -> Iterator[Draft]:
    """One draft for each step that would move a name, and each kind of tag that does it."""
    seen: set[tuple[str, int, str]] = set()
    built = {row.module for row in table.rows}
    for module in (one for one in table.modules if table.pushed or one.dir in built):
        for subject in _subjects(table, module, tags):
            for push in _pushes(workflows, subject):
                why = _moved(subject, push)
                place = (push.workflow, push.line, why)
                if why and place not in seen:
                    seen.add(place)
                    yield _draft(subject, push, why, module)


def _subjects(table: ReleaseTable, module: ModuleTags, tags: Tags) -> Iterator[Subject]:
    released = table.releases(module.dir, {*tags.known, table.pushed} - {""})
    versions = tuple(released.values())
    if table.pushed:
        version = released.get(table.pushed, "")
        if is_release(version):
            yield Subject(table.pushed, version, versions, is_real=True)
        return
    if not highest_stable(versions) and not table.is_strict:
        return
    front = _front(table, module, released)
    for version in (_next_prerelease(versions, module), _old_patch(versions)):
        if version:
            yield Subject(front + version, version, versions)


def _front(table: ReleaseTable, module: ModuleTags, released: dict[str, str]) -> str:
    """What stands before the version in the module's tags, as they are or as the table says."""
    named = [(tag, version) for tag, version in released.items() if is_release(version)]
    if not named:
        rows = (row for row in table.rows if row.module == module.dir)
        named = [(tag, row.version_of(tag)) for row in rows for tag in table.samples(row)]
    return next((tag.removesuffix(version) for tag, version in named), module.prefix)


def _next_prerelease(versions: Iterable[str], module: ModuleTags) -> str:
    highest = parse(highest_stable(versions))
    if highest:
        return f"v{highest.major}.{highest.minor + 1}.0-rc.1"
    return f"{expected_major(module.path) or 'v1'}.0.0-rc.1"


def _old_patch(versions: tuple[str, ...]) -> str:
    """The next patch of the newest line below the highest one; empty: there is one line alone."""
    highest = highest_stable(versions)
    stable = [version for version in versions if is_stable(version)]
    for name in (highest.partition(".")[0], highest.rpartition(".")[0]):
        old = parse(highest_stable(version for version in stable if not version.startswith(f"{name}.")))
        if old:
            return f"v{old.major}.{old.minor}.{old.patch + 1}"
    return ""


def _pushes(workflows: Workflows, subject: Subject) -> Iterator[Push]:
    for workflow in workflows.files:
        for event in _EVENTS:
            pushes = workflows.pushes(workflow, Run(event, f"refs/tags/{subject.tag}"))
            yield from (push for push in pushes if not push.is_conditional)


def _moved(subject: Subject, push: Push) -> str:
    """Which names the step would move, and from what; empty: none that it may not."""
    names = push.names if isinstance(push.names, tuple) else ()
    moving = [name for name in dict.fromkeys(map(_tag_of, names)) if is_moving(name) and covers(name, subject.version)]
    if prerelease(subject.version):
        return f"would move {_listed(moving)} to a prerelease" if moving else ""
    kept = {name: holder(name, subject.version, subject.versions) for name in moving}
    held = [name for name in moving if kept[name]]
    return f"would move {_listed(held)} from {kept[held[0]]}, which is newer" if held else ""


def _draft(subject: Subject, push: Push, why: str, module: ModuleTags) -> Draft:
    return Draft(
        location=Location(push.workflow, push.line),
        message=f"{subject.words} {why}",
        key=f"{push.job} {push.step} {why}",
        module=module.dir,
        target=Target("workflow", push.workflow),
    )


def _tag_of(name: str) -> str:
    try:
        return parse_reference(name).tag
    except InvalidReferenceError:  # another rule's matter
        return ""


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
