"""Workflows are read from the checkout as files of strangers."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from go_release_gate.config.settings import Settings
from go_release_gate.engine.context import Facts
from go_release_gate.engine.workflow_reading import COUNT_LIMIT, collect_workflows, read_checkout
from go_release_gate.facts.repository import Repository
from go_release_gate.model.severity import Event
from go_release_gate.workflow.tree import SIZE_LIMIT

WORKFLOW = "on: push\njobs: {a: {steps: [{run: docker push acme/shop}]}}\n"


def lay(root: Path, files: dict[str, str]) -> None:
    """Write workflow files."""
    folder = root / ".github/workflows"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)


def read(root: Path) -> tuple[list[str], list[str]]:
    """Paths of what was read, and the notices."""
    notices: list[str] = []
    found, _ = read_checkout(root, "", None, notices)
    return [one.path for one in found.files] if found else [], notices


def test_files_that_count(tmp_path: Path) -> None:
    """Files that end in .yml and .yaml are read, in their order; others and folders below are not."""
    lay(tmp_path, {"b.yml": WORKFLOW, "a.yaml": WORKFLOW, "c.txt": WORKFLOW})
    (tmp_path / ".github/workflows/d").mkdir()

    assert read(tmp_path) == ([".github/workflows/a.yaml", ".github/workflows/b.yml"], [])


def test_nothing_there(tmp_path: Path) -> None:
    """Without workflows there is no fact."""
    assert read(tmp_path) == ([], [])


def test_refused_files_are_said(tmp_path: Path) -> None:
    """A link, a folder with a file's name, one that is too large and one that is no YAML are said; the rest is read."""
    lay(tmp_path, {"a.yml": WORKFLOW, "large.yml": "#" * (SIZE_LIMIT + 1), "broken.yml": "on: [\n"})
    (tmp_path / ".github/workflows/link.yml").symlink_to("a.yml")
    (tmp_path / ".github/workflows/folder.yml").mkdir()

    paths, notices = read(tmp_path)

    assert paths == [".github/workflows/a.yml"]
    assert [notice.split(":")[0].rpartition("/")[2] for notice in sorted(notices)] == [
        "broken.yml",
        "folder.yml",
        "large.yml",
        "link.yml",
    ]


def test_linked_folder_is_not_followed(tmp_path: Path) -> None:
    """A folder of workflows that is a link leads nowhere."""
    lay(tmp_path / "elsewhere", {"a.yml": WORKFLOW})
    (tmp_path / "here/.github").mkdir(parents=True)
    (tmp_path / "here/.github/workflows").symlink_to(tmp_path / "elsewhere/.github/workflows")

    assert read(tmp_path / "here") == ([], [])


def test_very_many_files(tmp_path: Path) -> None:
    """More files than the limit are not read, and that is said."""
    lay(tmp_path, {f"{number:04}.yml": "on: push\njobs: {}" for number in range(COUNT_LIMIT + 1)})

    paths, notices = read(tmp_path)

    assert len(paths) == COUNT_LIMIT
    assert notices == [".github/workflows: 301 files, only the first 300 are read"]


def test_goreleaser_file_is_read(tmp_path: Path) -> None:
    """The names of a GoReleaser file count where a workflow runs it."""
    lay(tmp_path, {"a.yml": "on: push\njobs: {a: {steps: [{run: goreleaser release}]}}"})
    (tmp_path / ".goreleaser.yaml").write_text("dockers: [{image_templates: [acme/shop:x]}]")
    found, _ = read_checkout(tmp_path, "", None, [])

    assert found
    assert {push.names for outcome in found.outcomes for push in outcome.pushes} == {("acme/shop:x",)}


class Told:
    """A git that says what it is told to."""

    def __init__(self, objects: dict[str, str], address: str = "", commit: str = "c") -> None:
        self.known, self.address, self.found = objects, address, commit

    def origin(self) -> str:
        """The address."""
        return self.address

    def default_branch(self) -> str:
        """The branch."""
        return "trunk"

    def commit(self, revision: str) -> str:
        """The commit of origin's branch."""
        assert revision == "refs/remotes/origin/trunk"
        return self.found

    def objects(self, revision: str) -> dict[str, str]:
        """Object ids."""
        return self.known if revision.endswith("/trunk") else {}


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://github.com/acme/shop.git", "acme/shop"),
        ("git@github.com:acme/shop", "acme/shop"),
        ("https://git.example.com/acme/shop", ""),
    ],
)
def test_git_tells_repository_and_branch(tmp_path: Path, address: str, name: str) -> None:
    """The remote's address gives the repository's name, its HEAD the default branch."""
    lay(tmp_path, {"a.yml": WORKFLOW})
    git: Any = Told({}, address)
    found, _ = read_checkout(tmp_path, "", git, [])

    assert found
    assert (found.repository, found.default_branch, found.is_branch_known) == (name, "trunk", True)


@pytest.mark.parametrize("event", [Event.TAG, Event.BRANCH])
def test_differences_are_said_on_a_tag(tmp_path: Path, event: Event) -> None:
    """On a tag each file it starts is named that differs from the default branch's, told by git's own object ids."""
    others = {"d.yml": "on: schedule\njobs: {}\n", "e.yml": "on: {push: {tags: [w*]}}\njobs: {}\n"}
    lay(tmp_path, {"a.yml": WORKFLOW, "b.yml": WORKFLOW, "c.yml": WORKFLOW, **others})
    path = tmp_path / ".github/workflows/a.yml"
    same = subprocess.run(["git", "hash-object", path], capture_output=True, text=True, check=True).stdout.strip()
    git = Told({".github/workflows/a.yml": same, ".github/workflows/b.yml": "0" * 40})
    facts = Facts(Repository(tmp_path, ()))
    edges: Any = SimpleNamespace(git=git)

    assert collect_workflows(facts, Settings(event=event, tag="v1.2.3"), edges)
    expected = [".github/workflows/b.yml", ".github/workflows/c.yml"] if event is Event.TAG else []
    assert [notice.partition(":")[0] for notice in facts.notices] == expected
