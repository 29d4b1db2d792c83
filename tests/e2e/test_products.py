"""The built image compiles programs and opens finished images."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.containerstep import WorkDirectory
from support.shopimage import Build, make_shop

pytestmark = pytest.mark.e2e
MAIN = "package main\n\nfunc main() { println(1) }\n"


def test_programs_are_built_and_audited(image: str, work: WorkDirectory) -> None:
    """Every platform of the configuration, with the outputs that a later step reads; the tree stays as it was."""
    (work.workspace / "go.mod").write_text("module example.com/shop\n\ngo 1.21\n")
    (work.workspace / "main.go").write_text(MAIN)
    (work.workspace / ".go-release-gate.yml").write_text(
        "build:\n  platforms: [linux/amd64, linux/arm64]\n  services:\n    - {name: shop, package: .}\n"
    )
    work.own()
    before = sorted(path.name for path in work.workspace.iterdir())
    result = work.run(image, {"verb": "build", "reproducible": "true"}, {})

    assert result.code == 0, result.stdout + result.stderr
    binaries = json.loads(result.outputs["binaries"])
    assert sorted(one["platform"] for one in binaries) == ["linux/amd64", "linux/arm64"]
    assert sorted(path.name for path in work.workspace.iterdir()) == before


def test_an_image_is_held_against_its_tag(image: str, work: WorkDirectory, tmp_path: Path) -> None:
    """A layout in the workspace: the planted fault is an annotation, the digest an output."""
    shop = make_shop(tmp_path)
    store, digest = Build(
        {"linux/amd64": shop.program("amd64"), "linux/arm64": shop.program("amd64")}, shop.labels()
    ).store()
    store.layout(work.workspace / "layout", ("1.4.2", digest))
    work.own()
    result = work.run(image, {"verb": "inspect", "image": "layout"}, {})

    assert result.code == 1, result.stdout + result.stderr
    assert result.outputs["digest"] == digest
    assert "wrong-architecture" in result.stdout
