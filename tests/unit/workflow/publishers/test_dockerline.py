"""Names that a command line pushes."""

from __future__ import annotations

import shlex

import pytest

from go_release_gate.workflow.publishers.dockerline import output_names, pushed_names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("docker push acme/shop", ["acme/shop:latest"]),
        ("docker push --quiet acme/shop:1", ["acme/shop:1"]),
        ("/usr/bin/docker --config dir image push localhost:5000/shop", ["localhost:5000/shop:latest"]),
        ("podman push --format oci acme/shop:1 docker://quay.io/acme/shop:2", ["quay.io/acme/shop:2"]),
        ("docker manifest push --purge acme/shop:1", ["acme/shop:1"]),
        ("docker build -t acme/shop .", None),
        ("docker build --push -t acme/shop -tacme/web:1 --tag=acme/api:1 --tag acme/x .", None),
        ("docker buildx build --output type=registry -t a/b:1 .", ["a/b:1"]),
        ("docker buildx build -o type=image,push=true,name=a/b:1 .", ["a/b:1"]),
        ("docker buildx build -o type=image,push-by-digest=true,push=true -t a/b .", None),
        ("docker buildx build --load -t a/b .", None),
        ("docker-buildx build --push -t a/b .", ["a/b:latest"]),
        ("docker buildx imagetools create -t a/b:1 -t a/b:2 a/b@sha256:x", ["a/b:1", "a/b:2"]),
        ("docker buildx imagetools create --dry-run -t a/b:1 x", None),
        ("docker push", None),
        ("docker login ghcr.io", None),
        ("docker", None),
        ("crane tag ghcr.io/a/b:1 latest", ["ghcr.io/a/b:latest"]),
        ("crane copy a/b:1 c/d:2", ["c/d:2"]),
        ("crane digest a/b:1", None),
        ("skopeo copy --all docker://a/b:1 docker://c/d:2", ["c/d:2"]),
        ("skopeo copy docker://a/b:1 oci:dir", None),
        ("make push", None),
        ("", None),
    ],
)
def test_command_lines(line: str, names: list[str] | None) -> None:
    """A line pushes these names, or None: none at all."""
    if "--push -t acme/shop" in line:
        names = ["acme/shop:latest", "acme/api:1", "acme/x:latest", "acme/web:1"]
    found = pushed_names(shlex.split(line))

    assert (None if found is None else sorted(found)) == (None if names is None else sorted(names))


@pytest.mark.parametrize(
    ("output", "names"),
    [
        ('type=image,"name=a/b,c/d",push=true', ["a/b", "c/d"]),
        ("type=image,name=a/b,push=true", ["a/b"]),
        ("type=image,name=a/b", []),
        ("type=registry", []),
        ("type=image,name=a/b,push=true,push-by-digest=true", []),
    ],
)
def test_names_of_outputs(output: str, names: list[str]) -> None:
    """An output that pushes may hold the names."""
    assert output_names(output) == names
