"""Images by the Docker engine: saved and pushed good ones pass, and each planted fault is named by its rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from real_images.engine import Engine
from real_images.faults import FAULTS, with_roots
from real_images.judging import assert_named, assert_passes, inspect
from real_images.service import MACHINES, Recipe, Service
from support.dockerregistry import RealRegistry

pytestmark = pytest.mark.e2e


def test_a_good_image_passes_as_archive(engine: Engine, service: Service, release: Recipe, tmp_path: Path) -> None:
    """`docker save`, for each machine, is held against the tag without an engine, and nothing is found."""
    context = release.context(tmp_path / "context")
    for machine in MACHINES:
        saved = engine.save(engine.build(context, f"shop:1.4.2-{machine}", machine), tmp_path / f"{machine}.tar")
        answer = inspect(service, saved, tmp_path)
        assert_passes(answer, f"linux/{machine}")
        (binary,) = answer.platforms[f"linux/{machine}"]["binaries"]
        assert (binary["path"], binary["elf"]["architecture"]) == ("/app/shop", machine)
        assert binary["build"]["settings"]["vcs.revision"] == service.revision


def test_a_good_image_passes_from_the_registry(
    engine: Engine, registry: RealRegistry, service: Service, release: Recipe, tmp_path: Path
) -> None:
    """`docker push` of each machine's, and of a list of them, to a real registry; by tag, and by the digest of that."""
    name = engine.push(release.context(tmp_path / "context"), registry, "acme/shop", "1.4.2")
    answer = inspect(service, name, tmp_path)
    assert_passes(answer, "linux/amd64", "linux/arm64")
    again = inspect(service, f"{name.rpartition(':')[0]}@{answer.report['image']['digest']}", tmp_path)
    assert_passes(again, "linux/amd64", "linux/arm64")


def test_roots_are_found(engine: Engine, service: Service, tmp_path: Path) -> None:
    """A program that calls others, in an image with root certificates."""
    context = with_roots(service).context(tmp_path / "context")
    saved = engine.save(engine.build(context, "shop:mirror", "amd64"), tmp_path / "image.tar")
    assert_passes(inspect(service, saved, tmp_path), "linux/amd64")


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_in_an_archive(
    name: str, engine: Engine, service: Service, recipes: dict[str, Recipe], tmp_path: Path
) -> None:
    """The image for one machine, saved: the rule for what is wrong, and no other."""
    fault, context = FAULTS[name], recipes[name].context(tmp_path / "context")
    machine = "arm64" if name == "wrong machine" else "amd64"
    saved = engine.save(engine.build(context, "shop:fault", machine), tmp_path / "image.tar")
    assert_named(inspect(service, saved, tmp_path, tag=fault.tag), fault)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_in_the_registry(
    name: str, *, engine: Engine, registry: RealRegistry, service: Service, recipes: dict[str, Recipe], tmp_path: Path
) -> None:
    """The image for both machines, pushed."""
    fault, context = FAULTS[name], recipes[name].context(tmp_path / "context")
    image = engine.push(context, registry, f"acme/{name.lower().replace(' ', '-')}", "1.4.2")
    assert_named(inspect(service, image, tmp_path, tag=fault.tag), fault)
