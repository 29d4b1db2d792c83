"""Images by BuildKit, for two platforms, with attestations: good ones pass, and each planted fault is named."""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from go_release_gate.cli import app
from pipeline_story.machine import images
from real_images.builder import Builder
from real_images.crane import Crane
from real_images.faults import FAULTS, with_roots
from real_images.judging import assert_named, assert_passes, inspect
from real_images.service import TAG, Recipe, Service
from support.dockerregistry import RealRegistry

pytestmark = pytest.mark.e2e
PLATFORMS = ("linux/amd64", "linux/arm64")
COMPILED = """FROM --platform=$BUILDPLATFORM {go} AS build
WORKDIR /src
COPY go.mod go.sum ./
COPY . .
ARG TARGETOS TARGETARCH
ENV CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH
ENV GOPROXY=file:///src/proxy GONOSUMDB=* GOFLAGS="-trimpath -mod=readonly"
RUN --mount=type=cache,target=/tmp/cache ["/usr/local/go/bin/go", "build", "-o", "/out/tell", "./cmd/tell"]

FROM scratch
COPY --from=build /out/tell /app/tell
{labels}USER 65532:65532
ENTRYPOINT ["/app/tell"]
"""


def test_a_good_image_passes_as_layout(builder: Builder, service: Service, release: Recipe, tmp_path: Path) -> None:
    """As the archive that `type=oci` leaves, and unpacked; attestations are no platforms."""
    archive = builder.layout(release.context(tmp_path / "context"), tmp_path / "image.tar")
    folder = tmp_path / "layout"
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    answers = [inspect(service, place, tmp_path) for place in (archive, folder)]
    for answer in answers:
        assert_passes(answer, *PLATFORMS)
    assert answers[0].report["image"]["digest"] == answers[1].report["image"]["digest"]


def test_a_good_image_passes_from_the_registry(
    *, builder: Builder, registry: RealRegistry, service: Service, release: Recipe, crane: Crane, tmp_path: Path
) -> None:
    """BuildKit pushes it; the tag's digest is crane's, and the image under that digest passes as well."""
    name = builder.push(release.context(tmp_path / "context"), f"{registry.domain}/kit/shop:1.4.2")
    answer = inspect(service, name, tmp_path)
    assert_passes(answer, *PLATFORMS)
    assert answer.report["image"]["digest"] == crane.digest(name)
    assert_passes(inspect(service, f"{name.rpartition(':')[0]}@{crane.digest(name)}", tmp_path), *PLATFORMS)


def test_a_program_compiled_in_the_dockerfile_passes(
    builder: Builder, registry: RealRegistry, service: Service, tmp_path: Path
) -> None:
    """`go build` of each platform's program in a stage for the builder's machine."""
    context = tmp_path / "context"
    service.git("clone", "-q", "--branch", TAG, str(service.root), str(context))
    (context / ".dockerignore").write_text(".git\n")
    shutil.copytree(service.proxy.files, context / "proxy")
    labels = "".join(f'LABEL {key}="{value}"\n' for key, value in service.labels().items())
    (context / "Dockerfile").write_text(COMPILED.format(go=images.push_go(registry), labels=labels))
    answer = inspect(service, builder.layout(context, tmp_path / "image.tar"), tmp_path)
    assert_passes(answer, *PLATFORMS)
    built = [one["binaries"][0]["build"] for one in answer.platforms.values()]
    assert all(one["dependencies"][0]["sum"] == service.proxy.content_hash("example.com/dep@v1.1.0") for one in built)


def test_roots_are_found(builder: Builder, service: Service, tmp_path: Path) -> None:
    """A program that calls others, in an image with root certificates."""
    context = with_roots(service).context(tmp_path / "context")
    assert_passes(inspect(service, builder.layout(context, tmp_path / "image.tar"), tmp_path), *PLATFORMS)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named(
    name: str,
    *,
    builder: Builder,
    registry: RealRegistry,
    service: Service,
    recipes: dict[str, Recipe],
    tmp_path: Path,
) -> None:
    """The rule for what is wrong and no other, in the layout and in the registry."""
    fault, context = FAULTS[name], recipes[name].context(tmp_path / "context")
    pushed = f"{registry.domain}/kit/{name.lower().replace(' ', '-')}:1.4.2"
    for image in (builder.layout(context, tmp_path / "image.tar"), builder.push(context, pushed)):
        assert_named(inspect(service, image, tmp_path, tag=fault.tag), fault)


def test_the_layout_is_pushed_as_it_is(
    *, builder: Builder, registry: RealRegistry, service: Service, release: Recipe, crane: Crane, tmp_path: Path
) -> None:
    """`push --require sbom,provenance`: crane sees the layout's digest and each platform's attestations."""
    archive = builder.layout(release.context(tmp_path / "context"), tmp_path / "image.tar")
    name = f"{registry.domain}/pushed/shop:1.4.2"
    assert _push(tmp_path, [str(archive), name, "--require", "sbom,provenance"]) == 0
    here = inspect(service, archive, tmp_path).report["image"]["digest"]
    assert crane.digest(name) == here
    kinds = [one.get("annotations", {}).get("vnd.docker.reference.type") for one in crane.manifest(name)["manifests"]]
    assert kinds == [None, None, "attestation-manifest", "attestation-manifest"]
    assert_passes(inspect(service, name, tmp_path), *PLATFORMS)


def test_attestations_of_a_nameless_image(
    *, builder: Builder, registry: RealRegistry, release: Recipe, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a name BuildKit's statements are about nothing at all: what to give the build is said."""
    archive = builder.layout(release.context(tmp_path / "context"), tmp_path / "image.tar", name="")
    assert _push(tmp_path, [str(archive), f"{registry.domain}/kept/shop:1.4.2", "--require", "sbom"]) == 5
    assert "no sbom of linux/amd64: it names no image, as the build was given no name" in capsys.readouterr().err


@pytest.mark.parametrize("attested", [(), ("sbom",), ("provenance",)])
def test_a_layout_without_what_is_required_stays_here(
    attested: Sequence[str], builder: Builder, registry: RealRegistry, release: Recipe, tmp_path: Path
) -> None:
    """Nothing reaches the registry where an attestation is missing."""
    archive = builder.layout(release.context(tmp_path / "context"), tmp_path / "image.tar", attested)
    writes = registry.writes()
    code = _push(tmp_path, [str(archive), f"{registry.domain}/kept/shop:1.4.2", "--require", "sbom,provenance"])
    assert (code, registry.writes()) == (5, writes)


def test_the_same_build_is_the_same_image(builder: Builder, release: Recipe, tmp_path: Path) -> None:
    """The commit's time in all of it: a second build, from other files with other times, has the same bytes."""
    layouts = [
        builder.layout(release.context(tmp_path / f"context{at}"), tmp_path / f"{at}.tar", ()) for at in range(2)
    ]
    assert layouts[0].read_bytes() == layouts[1].read_bytes()


def _push(folder: Path, words: Sequence[str]) -> int:
    return app.run(["push", *words], {"PATH": os.environ["PATH"], "HOME": str(folder)})
