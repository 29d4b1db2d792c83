"""Images that a GitHub workflow runs in: containers, services and steps that are images.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idcontainer
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from go_release_gate.oci.manifests.nodes import Node
from go_release_gate.oci.manifests.use import WORKFLOW, ImageUse, Part

DIRECTORY = ".github/workflows"
_SCHEME = "docker://"


def images(path: str, document: Node) -> Iterator[ImageUse]:
    """The images of a workflow's jobs."""
    for name, job in document.get("jobs").pairs.items():
        place = f"jobs.{name}"
        container = job.get("container")
        yield from _use(path, container.part or container.get("image").part, f"{place}.container")
        for service, given in job.get("services").pairs.items():
            yield from _use(path, given.get("image").part, f"{place}.services.{service}.image")
        for number, step in enumerate(job.get("steps").items):
            yield from _use(path, _of_step(step.get("uses").part), f"{place}.steps[{number}].uses")


def _use(path: str, part: Part | None, field: str) -> Iterator[ImageUse]:
    if part and part.text:
        yield ImageUse(path, WORKFLOW, part, field=field)


def _of_step(part: Part | None) -> Part | None:
    """`docker://image` without its scheme; None for an action."""
    if part is None or not part.text.startswith(_SCHEME):
        return None
    return replace(part, text=part.text.removeprefix(_SCHEME), column=part.column + len(_SCHEME))
