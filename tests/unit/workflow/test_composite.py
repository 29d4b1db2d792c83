"""The repository's own composite actions."""

from __future__ import annotations

import pytest

from go_release_gate.workflow.composite import directory_of, first_action, read_action
from go_release_gate.workflow.document import read_workflow

ACTION = """\
name: setup
inputs:
  Go-Version:
    default: "1.25"
  dir: {required: true}
runs:
  using: composite
  steps:
    - uses: actions/setup-go@v6
      with:
        go-version: ${{ inputs.go-version }}
    - run: go build ./...
      shell: bash
      working-directory: ${{ inputs.dir }}
"""


@pytest.mark.parametrize(
    ("uses", "directory"),
    [
        ("./.github/actions/setup", ".github/actions/setup"),
        ("./.github/actions/setup/", ".github/actions/setup"),
        ("./", "."),
        ("./../other", ""),
        ("./a/../../other", ""),
        ("./${{ matrix.action }}", ""),
        ("actions/checkout@v4", ""),
        ("docker://alpine:3", ""),
    ],
)
def test_directory(uses: str, directory: str) -> None:
    """Only actions of the repository itself have one."""
    text = f"on: push\njobs:\n  a:\n    steps:\n      - uses: {uses}\n"
    workflow = read_workflow("ci.yml", text.encode())
    assert directory_of(workflow.jobs[0].steps[0]) == directory


def test_action() -> None:
    """Steps and defaults, each with its line."""
    found = read_action("a/action.yml", ACTION)
    assert found is not None
    assert [step.line for step in found.steps] == [9, 12]
    assert {name: scalar.text for name, scalar in found.defaults.items()} == {"go-version": "1.25"}
    assert found.steps[1].directory == "${{ inputs.dir }}"


@pytest.mark.parametrize("text", ["", "- a\n", "runs: {using: node20, main: a.js}\n", "a: [\n", "runs: composite\n"])
def test_none(text: str) -> None:
    """What is no composite action, or no YAML, is none."""
    assert read_action("action.yml", text) is None


def test_no_steps() -> None:
    """An action whose steps are no list has none."""
    found = read_action("action.yml", "runs: {using: composite, steps: {a: b}}\n")
    assert found is not None
    assert found.steps == ()


def test_both_names() -> None:
    """The file is `action.yml` or `action.yaml`."""
    found = first_action("a", lambda path: ACTION if path == "a/action.yaml" else "")
    assert found is not None
    assert found.path == "a/action.yaml"
