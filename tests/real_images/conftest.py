"""What the suites share, each made once: the service, a registry, the engine, BuildKit."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline_story.machine import buildkit, images
from real_images.builder import Builder
from real_images.crane import Crane
from real_images.engine import Engine
from real_images.faults import FAULTS, good
from real_images.service import Recipe, Service, make_service
from support import dockerregistry
from support.dockerregistry import RealRegistry


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """The service with its release."""
    return make_service(tmp_path_factory.mktemp("service"))


@pytest.fixture(scope="session")
def release(service: Service) -> Recipe:
    """The image as it should be."""
    return good(service)


@pytest.fixture(scope="session")
def recipes(service: Service) -> dict[str, Recipe]:
    """Every fault, compiled."""
    return {name: fault.make(service) for name, fault in FAULTS.items()}


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A registry on the loopback, which refuses manifests whose parts are not there."""
    folder = tmp_path_factory.mktemp("registry")
    with dockerregistry.running(folder, storage=folder / "storage", validates=True) as found:
        yield found


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The Docker engine."""
    return Engine(tmp_path_factory.mktemp("docker"))


@pytest.fixture(scope="session")
def builder(registry: RealRegistry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    """BuildKit, which asks the registry over plain http."""
    scanner = images.push_scanner(registry, tmp_path_factory.mktemp("scanner"))
    with tempfile.TemporaryDirectory(prefix="bk") as folder, buildkit.running(Path(folder), registry.domain) as found:
        yield Builder(found / "socket", scanner)


@pytest.fixture(scope="session")
def crane() -> Crane:
    """crane, as devtools/images.sh names it."""
    return Crane(os.environ["CRANE"])
