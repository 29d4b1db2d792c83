"""What the containers of manifests and compose files bring to an image: volumes and variables. Shared by rules."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.dockerfile.model import Dockerfile
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_sources import Sources
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Container, Workload, Workloads


class Deployed:
    """The containers that may run a repository's images.

    Args:
        sources: the facts that tell of them, in any order; others among them are passed over.
    """

    def __init__(self, *sources: object) -> None:
        workloads = next((one for one in sources if isinstance(one, Workloads)), Workloads())
        workflows = next((one for one in sources if isinstance(one, Workflows)), None)
        builds = next((one for one in sources if isinstance(one, ImageBuilds)), None)
        self._origins = Sources(workloads, workflows, None, builds)
        self._containers = [(workload, one) for workload in workloads.workloads for one in workload.containers]

    def built(self, dockerfile: Dockerfile) -> Iterator[tuple[Workload, Container]]:
        """The containers whose image is built from a Dockerfile, with their workloads."""
        for workload, one in self._containers:
            source = self._origins.of(one)
            if source is not None and source.dockerfile == dockerfile.path:
                yield workload, one

    def of(self, dockerfile: Dockerfile) -> list[Container]:
        """The containers whose image is built from a Dockerfile, or may be."""
        return [one for _, one in self._containers if self._may_be(one, dockerfile.path)]

    def brings(self, dockerfile: Dockerfile, *places: str) -> bool:
        """Whether a volume lies at one of the places, above it or below it."""
        mounts = [path.rstrip("/") for one in self.of(dockerfile) for path in one.mounts if path.startswith("/")]
        return any(
            f"{place}/".startswith(f"{path}/") or path.startswith(f"{place}/") for path in mounts for place in places
        )

    def is_set(self, dockerfile: Dockerfile, *names: str) -> bool:
        """Whether one of the variables is set by name."""
        given = (one for container in self.of(dockerfile) for one in (*container.environment, *container.from_fields))
        return not set(names).isdisjoint(given)

    def _may_be(self, container: Container, path: str) -> bool:
        source = self._origins.of(container)
        return source is None or source.dockerfile in ("", path)
