"""What the suites share, each made once: the service, a registry, the engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
