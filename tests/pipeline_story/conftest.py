"""A world for each chapter; what all chapters share is made once. A step that fails ends its chapter."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.github import GitHub
from pipeline_story.machine import acting, buildkit, images
from pipeline_story.machine.acting import Runner
from pipeline_story.machine.cluster import Cluster
from pipeline_story.machine.origin import Origin
from pipeline_story.machine.world import NAME, World, login
from support import dockerregistry
from support.dockerregistry import PASSWORD, USER, RealRegistry

FAILED = pytest.StashKey[dict[Path, str]]()


@pytest.fixture(scope="session")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A registry with what builds start from."""
    folder = tmp_path_factory.mktemp("bases")
    with dockerregistry.running(folder, storage=folder / "storage") as found:
        yield found


@pytest.fixture(scope="session")
def go_image(bases: RealRegistry) -> str:
    """The image that services are built in."""
    return images.push_go(bases)


@pytest.fixture(scope="session")
def scanner(bases: RealRegistry, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The generator of SBOMs."""
    return images.push_scanner(bases, tmp_path_factory.mktemp("scanner"))


@pytest.fixture(scope="session")
def builder(bases: RealRegistry) -> Iterator[Path]:
    """The folder with the socket of a BuildKit daemon."""
    with tempfile.TemporaryDirectory(prefix="bk") as folder, buildkit.running(Path(folder), bases.domain) as found:
        yield found


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tool's repository as a release has it."""
    return acting.ship(tmp_path_factory.mktemp("tool"), os.environ["E2E_IMAGE"])


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, go_image: str, scanner: str, builder: Path, shipped: Path
) -> Iterator[World]:
    """A repository, its GitHub, its registry, its runner."""
    folder = tmp_path_factory.mktemp("world")
    for name in ("origin", "registry", "runs", "caches"):
        (folder / name).mkdir()
    auth = dockerregistry.with_passwords(folder / "registry")
    stored = {
        "auth": auth,
        "authorization": dockerregistry.basic(),
        "storage": folder / "registry/storage",
        "validates": True,
    }
    with (
        Origin(folder / "origin") as origin,
        dockerregistry.running(folder / "registry", **stored) as registry,
        GitHub(repository=NAME) as github,
        Cluster(f"{registry.domain}/{NAME}", folder / "docker", login()) as cluster,
    ):
        env = {
            "GITHUB_SERVER_URL": origin.url, "GITHUB_API_URL": github.api_url, "GITHUB_GRAPHQL_URL": github.graphql_url,
            "GITHUB_REPOSITORY": NAME, "GITHUB_REPOSITORY_OWNER": NAME.partition("/")[0], "GITHUB_RETENTION_DAYS": "1",
            "GOPROXY": "off", "GOCACHE": "/caches/go", "PIP_CACHE_DIR": "/caches/pip", "STORY_SBOM_GENERATOR": scanner,
        }  # fmt: skip
        secrets = {"GITHUB_TOKEN": github.token, "REGISTRY_CREDENTIALS": f"{registry.domain} {USER}:{PASSWORD}"}
        mounts = {builder: "/run/buildkit", folder / "caches": "/caches"}
        runner = Runner(folder / "runs", shipped, mounts, env, secrets)
        yield World(folder, origin.url, go_image, github, registry, runner, cluster).make()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember the first step of a chapter that failed."""
    report = yield
    if report.failed:
        item.session.stash.setdefault(FAILED, {}).setdefault(item.path, item.name)
    return report


@pytest.fixture(autouse=True)
def _in_order(request: pytest.FixtureRequest) -> None:
    """Each step goes on where the one before it ended."""
    if before := request.session.stash.get(FAILED, {}).get(request.path):
        pytest.fail(f"the step before this one failed: {before}")
