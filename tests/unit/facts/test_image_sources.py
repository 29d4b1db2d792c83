"""Which images are the repository's own, and from which Dockerfile they are built."""

from __future__ import annotations

import pytest

from go_release_gate.facts.image_builds import ImageBuild, ImageBuilds
from go_release_gate.facts.image_sources import Sources
from go_release_gate.facts.release_table import ReleaseTable, Row
from go_release_gate.facts.workflows import Outcome, Workflows
from go_release_gate.facts.workloads import Container, GoModule, Workload, Workloads
from go_release_gate.model.finding import Location
from go_release_gate.workflow.document import Workflow
from go_release_gate.workflow.pushes import Push
from go_release_gate.workflow.runs import Run

SHOP = GoModule(".", "example.com/acme/shop", commands=frozenset({"worker"}))


def found(*documents: str, images: tuple[str, ...] = (), modules: tuple[GoModule, ...] = (SHOP,)) -> Workloads:
    """Workloads of a repository with these files."""
    containers = tuple(Container(f"c{number}", 1, image) for number, image in enumerate(images))
    return Workloads((Workload("a.yaml", 1, "Pod", "a", containers=containers),), documents=documents, modules=modules)


@pytest.mark.parametrize(
    ("image", "dockerfile"),
    [
        ("ghcr.io/acme/shop:1.2.3", "Dockerfile"),
        ("shop", "Dockerfile"),
        ("registry.example.com/team/api:1", "services/api/Dockerfile"),
        ("registry.example.com/team/cron:1", "build/cron.Dockerfile"),
        ("registry.example.com/team/other:1", ""),
        ("postgres:17", ""),
    ],
)
def test_an_image_is_known_by_its_last_word(image: str, dockerfile: str) -> None:
    """The module's name, a Dockerfile's directory or its own name; between several nothing is guessed."""
    sources = Sources(found("Dockerfile", "services/api/Dockerfile", "build/cron.Dockerfile", "test/Dockerfile"))

    assert sources.dockerfile_of(image) == dockerfile


def test_an_official_image_is_not_the_directory_of_the_same_name() -> None:
    """`redis` is Docker's, whatever directories there are; with an owner it is the directory's."""
    sources = Sources(found("redis/Dockerfile"))

    assert sources.of_image("redis:7") is None
    assert sources.dockerfile_of("ghcr.io/acme/redis:7") == "redis/Dockerfile"


def test_an_image_of_a_command_is_built_from_the_only_dockerfile() -> None:
    """`shop-worker` and `worker` are the images of cmd/worker."""
    sources = Sources(found("Dockerfile"))

    assert [sources.dockerfile_of(f"ghcr.io/x/{name}") for name in ("worker", "shop-worker", "api")] == [
        "Dockerfile",
        "Dockerfile",
        "",
    ]


def test_the_only_image_of_the_owner_is_that_of_the_only_dockerfile() -> None:
    """With two images of the owner it is not said which."""
    one = found("Dockerfile", images=("ghcr.io/acme/api:1", "postgres:17"))
    two = found("Dockerfile", images=("ghcr.io/acme/api:1", "ghcr.io/acme/web:1"))

    assert Sources(one).dockerfile_of("ghcr.io/acme/api:1") == "Dockerfile"
    assert Sources(two).of_image("ghcr.io/acme/api:1") is None


def test_a_workflow_names_dockerfile_and_target() -> None:
    """What a step pushes is built from the file and to the stage that the step names."""
    push = Push("w.yml", "build", "push", 7, "push", ("ghcr.io/acme/storefront:1",))
    workflows = Workflows((), outcomes=(Outcome(Workflow("w.yml"), Run("push", "refs/heads/main"), (push,)),))
    build = ImageBuild("w.yml", 7, "build/push", "deploy/Dockerfile.web", ".", target="web")
    sources = Sources(found("Dockerfile", "deploy/Dockerfile.web"), workflows, None, ImageBuilds((build,)))

    source = sources.of_image("ghcr.io/acme/storefront:2")

    assert source is not None
    assert (source.dockerfile, source.target) == ("deploy/Dockerfile.web", "web")


def test_the_configuration_names_the_module() -> None:
    """An image of the table is built from its module."""
    api = GoModule("api", "example.com/acme/api", "1.24")
    table = ReleaseTable((Row("ghcr.io/acme/x", "api", (), (), Location("c.yml", 1)),), ())

    source = Sources(found("api/Dockerfile", modules=(SHOP, api)), None, table).of_image("ghcr.io/acme/x:1")

    assert source is not None
    assert source.module == api


def test_a_compose_service_is_built_from_what_it_says() -> None:
    """Its own Dockerfile counts, whatever its image is called."""
    container = Container("web", 1, "web", dockerfile="web/Dockerfile", target="run")

    source = Sources(found("Dockerfile", "web/Dockerfile")).of(container)

    assert source is not None
    assert (source.dockerfile, source.target) == ("web/Dockerfile", "run")
