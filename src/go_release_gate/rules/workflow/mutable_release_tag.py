"""A release whose image has no name of its own, or whose name a push of a branch overwrites.

## What it finds

- A workflow that a tag or a release starts and that pushes an image under names that are the same for every release:
  `latest`, `main`, `stable`, a version written out by hand, `v1` alone.
- A push of a branch that writes a name which a release has: `tags: acme/shop:${{ github.ref_name }}` where a branch
  may be called like a version, or a version written out beside releases of the same image.

## Why

A name that the next push moves does not say which release runs, and there is nothing to roll back to. A branch that
overwrites `v1.2.3` changes a release after it was tested.

## Fix

Push a name with the whole version on each release (`type=semver,pattern={{version}}`), moving names beside it. Give
branches names of their own (`branch-${{ github.ref_name }}`, `type=ref,event=branch` with a `prefix`), or limit
`on: push: branches`.

## Limits

Worked out from two tags that the workflow's filters take, one patch release apart: names that are the same for both
are mutable. Where an image has a name that only a run can tell, that name is taken to be its own. A condition
that only a run can evaluate counts as a guard.

## References

- https://docs.docker.com/build/building/best-practices/#pin-base-image-versions
- https://github.com/docker/metadata-action#typesemver
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.severity import Event, Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import named, place, split_name, target, written_names
from go_release_gate.workflow.document import Workflow
from go_release_gate.workflow.pushes import Push
from go_release_gate.workflow.runs import Run
from go_release_gate.workflow.triggers import BRANCH, TAG

RULE = Rule(
    id="mutable-release-tag",
    summary="a release pushes only names that move, or a branch can push its name",
    severity={Event.BRANCH: Severity.WARNING, Event.PULL_REQUEST: Severity.WARNING, Event.TAG: Severity.ERROR},
    since="0.1",
    needs=(Workflows,),
)

_LAST_NUMBER = re.compile(r"\d+(?=\D*$)")
_VERSION = re.compile(r"v?\d+\.\d+(\.\d+)?([-_].*)?|v\d+", re.IGNORECASE)


@dataclass(slots=True)
class _Image:
    """An image that releases push: where, under which names of its own, under which that are always the same."""

    places: list[tuple[Push, str]] = field(default_factory=list)
    own: set[str] = field(default_factory=set)


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per image without a name of its own, and per line of a branch that overwrites one."""
    images: dict[str, _Image] = {}
    for outcome in workflows.outcomes:
        if outcome.run.tag:
            _add(images, workflows, outcome.workflow, outcome.run, outcome.pushes)
    for image in images.values():
        if not image.own and image.places:
            yield _mutable(workflows, image)
    released = {name: image.own for name, image in images.items() if image.own}
    tags = dict.fromkeys(outcome.run.tag for outcome in workflows.outcomes if outcome.run.tag)
    yield from _once(_overwriting(workflows, released, tuple(tags)))


def _add(
    images: dict[str, _Image], workflows: Workflows, workflow: Workflow, run: Run, pushes: tuple[Push, ...]
) -> None:
    """Sort the names of one release: those that the next one pushes again, and those that are its own."""
    again = {name for push in workflows.pushes(workflow, _next(run)) for name in written_names(push)}
    for push in pushes:
        for name in written_names(push):
            image, tag = split_name(name)
            found = images.setdefault(image, _Image())
            if not tag or name not in again:
                found.own.add(tag or "…")
            elif not push.is_conditional:
                found.places.append((push, name))


def _next(run: Run) -> Run:
    """The same for the next patch release."""
    following = _LAST_NUMBER.sub(lambda match: str(int(match[0][:9]) + 1), run.tag)
    return replace(run, ref=TAG + (following if following != run.tag else f"{run.tag}-1"))


def _mutable(workflows: Workflows, image: _Image) -> Draft:
    push, _ = image.places[0]
    names = [name for _, name in image.places]
    workflow = _file(workflows, push)
    return Draft(
        location=place(workflow, push.line),
        message=f"every release pushes only {named(names)}, which the next one moves; expected a name with the whole "
        "version beside it",
        key=f"only {split_name(names[0])[0]}",
        target=target(workflow),
    )


def _overwriting(workflows: Workflows, released: dict[str, set[str]], tags: tuple[str, ...]) -> Iterator[Draft]:
    """Pushes of branches: those called like a release's tag, and the usual ones."""
    for workflow in workflows.files:
        trigger = workflow.trigger("push")
        if trigger is None:
            continue
        like_version = [name for name in tags if trigger.takes(BRANCH + name)][:1]
        for branch in (*like_version, *trigger.sample_branches(workflows.default_branch)):
            run = Run("push", BRANCH + branch, default_branch=workflows.default_branch)
            for push in workflows.pushes(workflow, run):
                names = [name for name in written_names(push) if _is_of_release(name, branch, released)]
                if names and not push.is_conditional:
                    yield _overwritten(workflows, push, branch, names)


def _is_of_release(name: str, branch: str, released: dict[str, set[str]]) -> bool:
    image, tag = split_name(name)
    if image not in released:
        return False
    return tag in released[image] or (_VERSION.fullmatch(tag) is not None and not _VERSION.fullmatch(branch))


def _overwritten(workflows: Workflows, push: Push, branch: str, names: list[str]) -> Draft:
    workflow = _file(workflows, push)
    whose = f"of a branch called {branch}" if _VERSION.fullmatch(branch) else f"of the branch {branch}"
    return Draft(
        location=place(workflow, push.line),
        message=f"a push {whose} writes {named(names)}, which is a release's name; expected names of its own for "
        "branches, or a filter that takes no such branch",
        key=f"branch {push.job}/{push.step} {named(names)}",
        target=target(workflow),
    )


def _file(workflows: Workflows, push: Push) -> Workflow:
    return next(one for one in workflows.files if one.path == push.workflow)


def _once(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """The first draft at each line."""
    seen: set[object] = set()
    for draft in drafts:
        if draft.location not in seen:
            seen.add(draft.location)
            yield draft
