"""Entries of docker/metadata-action in a workflow, and which runs make them fire."""

from __future__ import annotations

import pytest

from go_release_gate.workflow.document import Step, read_workflow
from go_release_gate.workflow.entries import is_of_branch, may_fire, need_of, written_entries
from go_release_gate.workflow.runs import Run, pull_request

RUNS = {
    "tag": Run("push", "refs/tags/v1.2.3"),
    "main": Run("push", "refs/heads/main"),
    "dev": Run("push", "refs/heads/dev"),
    "pull": pull_request(7, "main"),
    "target": pull_request(7, "main", event="pull_request_target"),
    "schedule": Run("schedule", "refs/heads/main"),
}


def step(tags: str) -> Step:
    """A metadata step whose entries begin at line 8."""
    head = (
        "on: push\njobs:\n  a:\n    steps:\n      - uses: docker/metadata-action@v5\n        with:\n          tags: |\n"
    )
    lines = "".join(f"            {line}\n" for line in tags.split("\n"))
    return read_workflow("w.yml", (head + lines).encode()).jobs[0].steps[0]


@pytest.mark.parametrize(
    ("entry", "fires", "need"),
    [
        ("type=schedule", "schedule", "the event schedule"),
        ("type=semver,pattern={{version}}", "tag", "a tag"),
        ("type=pep440,pattern={{version}}", "tag", "a tag"),
        ("type=match,pattern=v(.*)", "tag", "a tag"),
        ("type=semver,pattern={{version}},value=v1.0.0", "tag main dev pull target schedule", "a tag"),
        ("type=edge", "main schedule", "the default branch"),
        ("type=edge,branch=dev", "dev", "the branch dev"),
        ("type=edge,branch=${{ vars.B }}", "main dev schedule", "the branch"),
        ("type=ref,event=branch", "main dev schedule", "a branch"),
        ("type=ref,event=tag", "tag", "a tag"),
        ("type=ref,event=pr", "pull target", "a pull request"),
        ("type=sha", "tag main dev pull target schedule", "the default branch"),
        ("type=raw,value=x,enable={{is_default_branch}}", "main schedule", "the default branch"),
        ("type=raw,value=x,enable={{is_not_default_branch}}", "tag dev pull target", "the default branch"),
        ("type=raw,value=x,enable=false", "", "the default branch"),
        ("type=raw,value=x,enable=${{ github.ref_type == 'tag' }}", "tag", "the default branch"),
        ('type=raw,value=x,enable=${{ contains(fromJSON(\'["push", "x"]\'), github.event_name) }}', "tag main dev", ""),
        ("type=raw,value=x,enable=${{ env.X == 'y' }}", "tag main dev pull target schedule", ""),
    ],
)
def test_runs_that_make_an_entry_fire(entry: str, fires: str, need: str) -> None:
    """Each kind fires on its refs and events; what cannot be told may fire."""
    (written,) = written_entries(step(entry))

    assert written.text == entry
    assert [name for name, run in RUNS.items() if may_fire(written, run)] == [
        name for name in RUNS if name in fires.split()
    ]
    assert need_of(written).startswith(need)


def test_lines_and_entries_that_cannot_be_read() -> None:
    """Each entry has its line of the file; comments, and lines that are none, are passed over."""
    found = list(written_entries(step("type=sha\n# no\n\ntype=what\ntype=edge,branch=x")))

    assert [(one.text, one.line, is_of_branch(one)) for one in found] == [
        ("type=sha", 8, ""),
        ("type=edge,branch=x", 12, "x"),
    ]
    assert list(written_entries(step('"'))) == []
    assert list(written_entries(Step(1))) == []
