"""Images of a repository's Dockerfile, built by the Docker engine that DOCKER_HOST names. Nothing needs a registry."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.programs import commit_all, go_build, write_module

pytestmark = pytest.mark.e2e

DOCKERFILE = """FROM scratch
COPY shop /shop
USER 65532:65532
ENTRYPOINT ["/shop"]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A committed repository whose image holds a cross-compiled program."""
    root = write_module(tmp_path / "shop")
    go_build(root, root / "shop", "-trimpath", GOARCH="amd64", CGO_ENABLED="0")
    (root / "Dockerfile").write_text(DOCKERFILE)
    return root


def built(root: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON report of `build --with-images`."""
    docker = Path(os.environ.get("DOCKER", "/usr/bin/docker")).parent
    source = Path(__file__).parents[2] / "src"
    env = {**os.environ, "PATH": f"{docker}:{os.environ['PATH']}", "PYTHONPATH": str(source)}
    env = {name: value for name, value in env.items() if not name.startswith("GITHUB_")}
    command = [sys.executable, "-m", "go_release_gate", "build", "--with-images", "--format", "json", *words]
    done = subprocess.run(command, cwd=root, env=env, check=False, capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)


def test_the_image_is_built_and_read(shop: Path) -> None:
    """Platform, labels of the commit, and the program inside, without anything pushed."""
    commit = commit_all(shop)
    code, report = built(shop)
    (image,) = report["images"]["images"]
    assert (code, image["outcome"], image["platforms"]) == (0, "built", ["linux/amd64"])
    assert image["labels"]["org.opencontainers.image.revision"] == commit
    assert image["limits"]


def test_what_makes_two_builds_differ_is_named(shop: Path) -> None:
    """An engine that sets no times in layers gives other times for files that are as new as those of a checkout."""
    commit_all(shop)
    old = 1_600_000_000
    os.utime(shop / "shop", (old, old))
    _, report = built(shop, "--reproducible")
    (image,) = report["images"]["images"]
    assert image["reproducible"] is False
    first = image["differences"][0]
    assert (first["part"], first["path"]) == ("layer 1", "shop")
    assert first["what"].startswith(f"mtime {old} against ")
    assert "irreproducible-image" in [finding["rule"] for finding in report["findings"]]


def test_an_image_is_judged_as_inspect_does(shop: Path) -> None:
    """An image that runs as root has the finding of the finished image."""
    (shop / "Dockerfile").write_text(DOCKERFILE.replace("USER 65532:65532\n", ""))
    commit_all(shop)
    _, report = built(shop)
    assert "root-user" in [finding["rule"] for finding in report["findings"]]


def test_what_the_engine_refuses_is_no_pass(shop: Path) -> None:
    """A Dockerfile that cannot be built leaves the answer incomplete, with the engine's words."""
    (shop / "Dockerfile").write_text(DOCKERFILE.replace("COPY shop", "COPY gone"))
    commit_all(shop)
    code, report = built(shop)
    (image,) = report["images"]["images"]
    assert image["outcome"] == "failed"
    assert "gone" in image["failure"]
    assert (code, report["complete"]) == (3, False)
