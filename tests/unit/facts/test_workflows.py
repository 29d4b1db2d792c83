"""The fact the repository's workflows are."""

from __future__ import annotations

import pytest

from go_release_gate.facts.workflows import Told, Workflows, read_workflows
from go_release_gate.workflow.runs import Run

PUSH = "jobs: {a: {steps: [{run: 'docker push ghcr.io/${{ github.repository }}:1'}]}}"


def fact(*texts: str, told: Told | None = None, releaser: str = "") -> Workflows:
    """The fact of workflows named a.yml, b.yml …"""
    documents = [(f"{name}.yml", text.encode()) for name, text in zip("abcdef", texts, strict=False)]
    releasers = [(".goreleaser.yml", releaser.encode())] if releaser else []
    return read_workflows(documents, releasers, told or Told())


def known_names(found: Workflows) -> set[str]:
    """Every name that is wholly known."""
    pushed = [push for outcome in found.outcomes for push in outcome.pushes]
    return {name for push in pushed if isinstance(push.names, tuple) for name in push.names}


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (Told("github.com/acme/shop/v2"), "acme/shop"),
        (Told("github.com/acme/shop", "other/name"), "other/name"),
        (Told("example.com/shop"), ""),
        (Told("github.com/acme/shop/sub/dir"), ""),
    ],
)
def test_repository(told: Told, name: str) -> None:
    """The repository's name is what is told, else what the module's path says."""
    found = fact(f"on: push\n{PUSH}", told=told)

    assert found.repository == name
    assert known_names(found) == ({f"ghcr.io/{name}:1"} if name else set())


@pytest.mark.parametrize(
    ("branches", "told", "branch"),
    [
        (["[main, master]"], "", "main"),
        (["[master]", "[main, master]"], "", "master"),
        (["[develop]"], "", "main"),
        (["[master]"], "develop", "develop"),
    ],
)
def test_default_branch(branches: list[str], told: str, branch: str) -> None:
    """The default branch is what is told, else the usual name that filters speak of most, else main."""
    found = fact(
        *(f"on: {{push: {{branches: {one}}}}}\njobs: {{}}" for one in branches), told=Told(default_branch=told)
    )

    assert (found.default_branch, found.is_branch_known) == (branch, bool(told))


def test_broken_files_are_said_once_and_others_are_read() -> None:
    """A broken workflow and a broken GoReleaser file are named with their line; the rest is judged."""
    found = fact("on: push\njobs: [", f"on: push\n{PUSH}", releaser="a: 1\na: 2")

    assert [(one.path, one.line) for one in found.broken] == [("a.yml", 2), (".goreleaser.yml", 2)]
    assert [one.path for one in found.files] == ["b.yml"]


@pytest.mark.parametrize(
    ("step", "builds"),
    [
        ("{run: docker build .}", True),
        ("{run: make}", False),
        ("{uses: docker/build-push-action@v6}", True),
        ("{uses: actions/checkout@v4}", False),
    ],
)
def test_builds_images(step: str, builds: bool) -> None:
    """A workflow that builds without pushing counts, one that does neither does not."""
    assert fact(f"on: push\njobs: {{a: {{steps: [{step}]}}}}").builds_images is builds


def test_callers_and_runs_of_one_s_own() -> None:
    """Who calls a workflow is known; a run of the caller's own gets the repository's name."""
    found = fact("on: workflow_call\njobs: {}", f"on: push\n{PUSH}", "on: push\njobs: {x: {uses: ./a.yml}}")
    mine = found.pushes(found.files[1], Run("push", "refs/tags/v9", repository="acme/shop"))

    assert [one.path for one in found.callers("a.yml")] == ["c.yml"]
    assert [push.names for push in mine] == [("ghcr.io/acme/shop:1",)]


def test_workflows_without_end_are_said() -> None:
    """All evaluations share an allowance; where it ends before they do, that is said."""
    jobs = "".join(f"  j{number}: {{steps: *s, strategy: {{matrix: {{x: *x}}}}}}\n" for number in range(40))
    items = ", ".join(map(str, range(64)))
    head = f"x: &x [{items}]\ns: &s [{{run: a}}, {{run: b}}]\njobs:\n{jobs}on: {{push: {{tags: [{items}]}}}}\n"
    found = fact(head, f"on: push\n{PUSH}", told=Told("github.com/acme/shop"))

    assert [one.message for one in found.broken] == ["the workflows are too large to be worked through to their end"]
    assert known_names(found) == set()
