"""What files name: digests anywhere, tags of the repositories that count."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from go_release_gate.adapters.environment import Surroundings, child_environment
from go_release_gate.adapters.git import Git
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.programs import find
from go_release_gate.errors import UnavailableError
from go_release_gate.oci.manifests.use import ImageUse, Part
from go_release_gate.release.pruning import named
from go_release_gate.release.pruning.named import Named, named_by_uses, named_in, named_on_branches

SHOP = "registry.example.com/acme/shop"
ONE, TWO = (f"sha256:{letter * 64}" for letter in "ab")
SETUP = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


@pytest.mark.parametrize(
    ("text", "digests", "tags"),
    [
        (f"image: {SHOP}@{ONE}\n", {ONE}, set()),
        (f"digest: {ONE}, {TWO}", {ONE, TWO}, set()),
        (f"sha256:{'a' * 65}", set(), set()),
        (f"image: {SHOP}:1.4.2\nother: '{SHOP}:v2'", set(), {"1.4.2", "v2"}),
        (f"we rolled back to {SHOP}:1.4.2.", set(), {"1.4.2"}),
        (f"image: mirror.{SHOP}:1.4.2", set(), set()),
        (f"image: {SHOP}-worker:1.4.2", set(), set()),
    ],
)
def test_a_text(text: str, digests: set[str], tags: set[str]) -> None:
    """Every whole digest counts; a tag counts behind the very repository."""
    assert named_in(text.encode(), [SHOP]) == Named(frozenset(digests), frozenset(tags))


def test_image_names() -> None:
    """Where tag and repository stand apart, what was read from manifests is put together."""
    uses = [
        ImageUse("a", "kustomize", Part(SHOP, 1, 1), tag=Part("1.4.2", 2, 1)),
        ImageUse("a", "helm", Part("acme/shop", 1, 1), registry="registry.example.com", tag=Part("v2", 1, 1)),
        ImageUse("a", "helm", Part("acme/other", 1, 1), digest=Part(ONE, 1, 1), tag=Part("v3", 1, 1)),
        ImageUse("a", "helm", Part("NOT AN IMAGE", 1, 1)),
    ]
    assert named_by_uses(uses, [SHOP]) == Named(frozenset({ONE}), frozenset({"1.4.2", "v2"}))


def test_branches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each named revision is read as it was committed, whatever is checked out, in batches; one that is not there is
    no answer."""
    root = tmp_path / "repo"
    root.mkdir()

    def do(*args: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *who, *args], cwd=root, env=SETUP, check=True, capture_output=True)

    do("init", "-q", "-b", "main")
    (root / "one.txt").write_text(ONE)
    (root / "large").write_text(TWO + "x" * (1 << 20))
    do("add", "-A")
    do("commit", "-qm", "one")
    do("checkout", "-qb", "release")
    (root / "two.yaml").write_text(f"image: {SHOP}:1.4.2")
    do("add", "-A")
    do("commit", "-qm", "two")
    do("checkout", "-q", "main")
    environment = child_environment({}, Surroundings(root, tmp_path)).variables
    git = Git(ProcessRunner(), find("git", os.environ, root), environment, root)
    monkeypatch.setattr(named, "BATCH", 10)
    assert named_on_branches(git, ["main"], [SHOP]) == Named(frozenset({ONE}))
    assert named_on_branches(git, ["main", "release"], [SHOP]) == Named(frozenset({ONE}), frozenset({"1.4.2"}))
    with pytest.raises(UnavailableError):
        named_on_branches(git, ["elsewhere"], [SHOP])
