"""devtools/release/commits.py: what a release's commits change, and that they change nothing else."""

from __future__ import annotations

import re

import pytest
import yaml

from support.ownrelease import DIGEST, VERSION, World, git

import commits  # isort: skip - on the path by now
from checkout import RefusedError  # isort: skip

FULL = re.compile(r"[0-9a-f]{40}")


def changed(world: World, before: str, after: str) -> set[str]:
    """Files that differ between two commits."""
    return set(git(world.checkout.root, "diff", "--name-only", before, after).splitlines())


def test_three_commits_one_on_the_other(world: World) -> None:
    """Actions, workflows and release follow each other upon the commit that was built."""
    made = commits.make(world.checkout, VERSION, world.built, DIGEST)
    line = git(world.checkout.root, "rev-list", "--max-count=4", made.release).splitlines()
    assert line == [made.release, made.workflows, made.actions, world.built]


def test_the_action_runs_the_digest(world: World) -> None:
    """action.yml of the release runs the image by the digest given, and says nothing else than before."""
    made = commits.make(world.checkout, VERSION, world.built, DIGEST)
    before, after = (yaml.safe_load(world.checkout.text(at, "action.yml")) for at in (world.built, made.release))
    assert after["runs"] == {"using": "docker", "image": f"docker://ghcr.io/acme/go-release-gate@{DIGEST}"}
    assert {**after, "runs": before["runs"]} == before
    assert commits.digest_at(world.checkout, made.release) == DIGEST
    assert commits.digest_at(world.checkout, world.built) == ""


def test_everything_of_ours_is_named_by_a_commit_that_exists(world: World) -> None:
    """No workflow, starter workflow or action calls this repository by a tag; each hash is a commit of it."""
    made = commits.make(world.checkout, VERSION, world.built, DIGEST)
    found = commits.own_references(world.checkout, made.release)
    assert len(found) == len(commits.own_references(world.checkout, world.built)) > 20
    for path, ref in found:
        assert FULL.fullmatch(ref), (path, ref)
        assert world.checkout.commit(ref) == ref
    text = "".join(world.checkout.text(made.release, path) for path, _ in found)
    assert not re.search(r"acme/go-release-gate\S*@v\d", text)
    assert "zizmor: ignore[unpinned-uses]" not in text


def test_what_is_called_is_pinned_itself(world: World) -> None:
    """Who calls a workflow at the commit that a starter workflow names gets actions of a commit, not of a tag."""
    made = commits.make(world.checkout, VERSION, world.built, DIGEST)
    refs = dict(commits.own_references(world.checkout, made.release))
    for path, ref in refs.items():
        assert ref == (made.workflows if path.startswith("workflow-templates/") else made.actions), path
    assert {ref for path, ref in commits.own_references(world.checkout, made.workflows) if ".github/" in path} == {
        made.actions
    }
    assert commits.digest_at(world.checkout, made.actions) == DIGEST


def test_nothing_else_changes(world: World) -> None:
    """Each commit touches its own files alone, and in them nothing but the lines that it is for."""
    made = commits.make(world.checkout, VERSION, world.built, DIGEST)
    assert changed(world, world.built, made.actions) == {"action.yml"}
    assert all(re.fullmatch(r"\.github/workflows/.*", path) for path in changed(world, made.actions, made.workflows))
    assert all(path.startswith("workflow-templates/") for path in changed(world, made.workflows, made.release))
    diff = git(world.checkout.root, "diff", "--unified=0", world.built, made.release)
    for line in re.findall(r"(?m)^[+-](?!\+\+|--)(.*)$", diff):
        assert re.search(r"^\s*(- )?uses: acme/go-release-gate|^  image: ", line), line
    summary = git(world.checkout.root, "diff", "--summary", world.built, made.release)
    assert summary == ""  # no mode changes, nothing new, nothing gone


def test_equal_input_gives_equal_hashes_and_leaves_no_trace(world: World) -> None:
    """A second run makes the same commits; branches, index and files of the clone stay as they were."""
    before = git(world.checkout.root, "for-each-ref")
    first = commits.make(world.checkout, VERSION, world.built, DIGEST)
    assert commits.make(world.checkout, VERSION, world.built, DIGEST) == first
    assert git(world.checkout.root, "for-each-ref") == before
    assert git(world.checkout.root, "status", "--porcelain") == ""


@pytest.mark.parametrize("digest", ["", "sha256:abc", "latest", DIGEST.upper()])
def test_what_is_no_digest_is_refused(world: World, digest: str) -> None:
    """Nothing but a whole digest gets into action.yml."""
    with pytest.raises(RefusedError, match="no digest"):
        commits.make(world.checkout, VERSION, world.built, digest)


@pytest.mark.parametrize("version", ["v0.1.0", "0.1", "01.0.0", "0.1.0\n"])
def test_what_is_no_version_is_refused(world: World, version: str) -> None:
    """A version is three numbers, without a v."""
    with pytest.raises(RefusedError, match="no version"):
        commits.make(world.checkout, version, world.built, DIGEST)


def test_a_release_is_not_made_of_a_release(world: World) -> None:
    """A commit whose action.yml runs an image already is refused."""
    made = commits.make(world.checkout, VERSION, world.built, DIGEST)
    with pytest.raises(RefusedError, match="release from main"):
        commits.make(world.checkout, VERSION, made.release, DIGEST)


def test_a_use_that_would_stay_behind_is_refused(world: World) -> None:
    """A file that calls this repository where no commit rewrites it stops the release."""
    action = world.checkout.root / "setup/action.yml"
    text = action.read_text("utf-8").replace("  steps:\n", "  steps:\n    - uses: acme/go-release-gate@v1\n")
    action.write_text(text, "utf-8")
    git(world.checkout.root, "commit", "-qam", "An action that calls another")
    with pytest.raises(RefusedError, match=r"setup/action\.yml still calls acme/go-release-gate@v1"):
        commits.make(world.checkout, VERSION, world.built, DIGEST)
