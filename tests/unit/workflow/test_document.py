"""A workflow as it is written, and what it listens to."""

from __future__ import annotations

import pytest

from go_release_gate.workflow.document import Workflow, read_workflow
from go_release_gate.workflow.tree import InvalidDocumentError

TEXT = """\
name: Release
on:
  push:
    branches: [main, 'release/**']
    tags: ['v*', '!v*-rc*']
  pull_request:
    types: [opened]
  workflow_call:
    inputs:
      image: {default: acme/shop}
    outputs:
      tags: {value: "${{ jobs.build.outputs.tags }}"}
permissions: {}
env: {A: b}
defaults: {run: {shell: bash}}
jobs:
  build:
    needs: [test]
    if: always()
    strategy: {matrix: {a: [1]}}
    outputs: {tags: x}
    steps:
      - id: one
        uses: Docker/Build-Push-Action@v6
        with:
          Tags: |
            a
        env: {C: d}
      - run: make
        if: failure()
        shell: sh
  call:
    uses: ./.github/workflows/other.yml
    with: {image: x}
"""


def workflow(text: str = TEXT) -> Workflow:
    """The workflow of a text."""
    return read_workflow(".github/workflows/x.yml", text.encode())


def test_parts() -> None:
    """Jobs and steps hold what is written, names of inputs and actions without regard to case, each with its line."""
    found = workflow()
    build, call = found.jobs
    one, make = build.steps

    assert (found.name, found.has_permissions, found.env["A"].text) == ("Release", True, "b")
    assert (found.defaults["image"].text, found.outputs["tags"].line) == ("acme/shop", 12)
    assert (build.line, build.needs, build.outputs["tags"].text) == (17, ("test",), "x")
    assert build.condition
    assert build.condition.text == "always()"
    assert (one.id, one.action, one.line, one.input("tags"), one.input_line("tags")) == (
        "one",
        "docker/build-push-action",
        23,
        "a\n",
        27,
    )
    assert (one.input("push"), one.input_line("push"), one.shell, make.shell) == ("", 23, "bash", "sh")
    assert call.uses
    assert (call.uses.text, call.inputs["image"].text, call.steps) == ("./.github/workflows/other.yml", "x", ())
    assert [step.action for _, step in found.steps()] == ["docker/build-push-action", ""]


def test_triggers() -> None:
    """Filters take the refs that GitHub's would."""
    push = workflow().trigger("push")
    assert push

    assert (push.line, push.has_tags, push.has_branches) == (3, True, True)
    refs = [
        "refs/heads/main",
        "refs/heads/release/1/2",
        "refs/heads/x",
        "refs/tags/v1",
        "refs/tags/v1-rc1",
        "refs/tags/1",
    ]
    assert [push.takes(ref) for ref in refs] == [True, True, False, True, False, False]
    assert (push.sample_tags(), push.sample_branches("main")) == (("v1.2.3",), ("main", "release/1.2.3"))
    assert workflow().trigger("release") is None


@pytest.mark.parametrize(
    ("on", "tag", "branch"),
    [
        ("push", True, True),
        ("{push: {tags: ['*']}}", True, False),
        ("{push: {branches: ['*']}}", False, True),
        ("{push: {paths: ['*']}}", True, True),
        ("{push: {tags-ignore: ['v1']}}", False, False),
        ("{push: {branches-ignore: ['x']}}", False, True),
        ("{push: {branches-ignore: ['main']}}", False, False),
    ],
)
def test_filters_of_one_kind_leave_out_the_other(on: str, tag: bool, branch: bool) -> None:
    """A filter of tags alone takes no branches, and the other way round; without either both start it."""
    push = workflow(f"on: {on}\njobs: {{}}").trigger("push")
    assert push

    assert (push.takes("refs/tags/v1"), push.takes("refs/heads/main")) == (tag, branch)


@pytest.mark.parametrize(("on", "events"), [("push", ["push"]), ("[push, release]", ["push", "release"]), ("{}", [])])
def test_forms_of_on(on: str, events: list[str]) -> None:
    """A word, a list and a table are all read."""
    assert [trigger.event for trigger in workflow(f"on: {on}\njobs: {{}}").triggers] == events


@pytest.mark.parametrize("text", ["", "a", "jobs: {}", "on: push", "on: push\non: x\njobs: {}"])
def test_no_workflow(text: str) -> None:
    """What lacks `on` or `jobs`, or is no document, is refused."""
    with pytest.raises(InvalidDocumentError):
        workflow(text)
