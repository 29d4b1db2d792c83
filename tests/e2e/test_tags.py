"""The built image names images: outputs as a later step reads them, dates in any zone."""

from __future__ import annotations

import json

import pytest

from support.containerstep import WorkDirectory

pytestmark = pytest.mark.e2e
TAG = {
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_REF": "refs/tags/v1.4.2",
    "GITHUB_REF_NAME": "v1.4.2",
    "GITHUB_REF_TYPE": "tag",
    "SOURCE_DATE_EPOCH": "1735689600",  # 2025-01-01T00:00:00Z
}


def test_a_pushed_tag_is_named(image: str, work: WorkDirectory) -> None:
    """Version, tags and labels of a release, without network, git or Go; the bake file lies where later steps look."""
    work.own()
    inputs = {
        "verb": "tags",
        "images": "ghcr.io/acme/shop",
        "tags": "type=semver,pattern={{version}}\ntype=raw,value=built-{{date 'YYYY-MM-DD-HH' tz='Asia/Tokyo'}}",
    }
    result = work.run(image, inputs, TAG)

    assert result.code == 0, result.stdout + result.stderr
    assert result.outputs["version"] == "1.4.2"
    assert result.outputs["tags"].splitlines() == [
        "ghcr.io/acme/shop:1.4.2",
        "ghcr.io/acme/shop:built-2025-01-01-09",
        "ghcr.io/acme/shop:latest",
    ]
    assert json.loads(result.outputs["json"])["tags"] == result.outputs["tags"].splitlines()
    assert result.outputs["bake-file"].startswith("/github/runner_temp/")
    [path] = json.loads(result.outputs["bake-files"]).values()
    definition = json.loads((work.temp / path.removeprefix("/github/runner_temp/")).read_text())
    assert definition["target"]["docker-metadata-action"]["tags"] == result.outputs["tags"].splitlines()


def test_a_name_that_no_registry_takes_fails(image: str, work: WorkDirectory) -> None:
    """Exit code 1 before anything is built, with the name and what is wrong."""
    work.own()
    result = work.run(image, {"verb": "tags", "images": "ghcr.io/acme/shop", "tags": "type=raw,value=-dash"}, TAG)

    assert result.code == 1, result.stdout + result.stderr
    assert "-dash" in result.stdout
