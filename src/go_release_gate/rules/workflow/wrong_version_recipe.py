"""A recipe in a workflow that names another version than the commit's.

## What it finds

In the `run` steps of workflows, in repositories whose workflows build images:

- the newest tag of the repository taken for the commit's version: `git describe --tags $(git rev-list --tags
  --max-count=1)`, `git tag … | tail -1`, `git tag --sort=… | head -1`, `git for-each-ref … refs/tags` and
  `git ls-remote --tags …` cut to one;
- `git describe` behind an actions/checkout without `fetch-depth: 0` or `fetch-tags: true`;
- a version or an image's tag made from the clock: `VERSION=$(date +%Y%m%d)`.

## Why

The newest tag is another commit's as soon as an old line is patched or a build is repeated. A shallow checkout has no
tags and no history: `git describe` fails, or gives a bare hash with `--always`. A version from the clock is a new one
each time the same commit is built.

## Fix

Take the version from the pushed tag (`github.ref_name`), or `git describe --tags --match 'v*' HEAD` behind a checkout
with `fetch-depth: 0`. This gate's own output `version` is that answer.

## Limits

Lines are read as they are written: a recipe in a script or a Makefile that a step calls is not seen. `git tag` with
`--points-at`, `--merged` or `--contains` is about a commit and is not reported. In a workflow that only tags start
the tag is there in a shallow checkout, too. A version from the clock is a note.

## References

- https://git-scm.com/docs/git-describe
- https://github.com/actions/checkout#usage
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.workflow._places import place, target
from go_release_gate.workflow.document import Job, Workflow
from go_release_gate.workflow.recipes import Recipe, RecipeKind, recipes

RULE = Rule(
    id="wrong-version-recipe",
    summary="a workflow makes a version from something else than the commit and its tag",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Workflows,),
)

_WORDS = {
    RecipeKind.NEWEST: "names the newest tag of the repository, whatever commit is built; expected the pushed tag "
    "(github.ref_name) or `git describe --tags HEAD`",
    RecipeKind.SHALLOW: "needs tags and history, which actions/checkout leaves out by itself; expected "
    "`fetch-depth: 0` at the checkout",
    RecipeKind.CLOCK: "makes the version from the clock: the same commit gets another one at each build; expected the "
    "pushed tag or the commit",
}


@RULE.check
def check(workflows: Workflows) -> Iterator[Draft]:
    """One draft per line with a recipe."""
    if not workflows.builds_images:
        return
    for workflow in workflows.files:
        for job in workflow.jobs:
            for recipe in recipes(job, is_only_tags=_is_only_tags(workflow)):
                yield _draft(workflow, job, recipe)


def _is_only_tags(workflow: Workflow) -> bool:
    return all(
        trigger.event == "release" or (trigger.event == "push" and not trigger.has_branches)
        for trigger in workflow.triggers
    )


def _draft(workflow: Workflow, job: Job, recipe: Recipe) -> Draft:
    return Draft(
        location=place(workflow, recipe.line),
        message=f"`{recipe.command}` {_WORDS[recipe.kind]}",
        key=f"{job.id} {recipe.kind.value} {recipe.command}",
        target=target(workflow),
        severity=Severity.NOTE if recipe.kind is RecipeKind.CLOCK else None,
    )
