"""A build that makes images, too: which, with which engine, and what is said of them beside the programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from go_release_gate.adapters.docker import Docker
from go_release_gate.engine.building.image_orders import Naming, image_orders
from go_release_gate.engine.building.images import ImageSite, build_images, judge_images, merged
from go_release_gate.engine.context import Edges, Facts, phase
from go_release_gate.engine.judging_facts import Judgement, judge_facts
from go_release_gate.facts.built_images import BuiltImages
from go_release_gate.rules.build import irreproducible_image

if TYPE_CHECKING:
    from go_release_gate.engine.building.run import BuildRequest


@dataclass(frozen=True, slots=True)
class ImageWishes:
    """How images are built: `naming` gives names and labels, `docker` finds the engine, once one is needed."""

    naming: Naming
    docker: Callable[[], Docker]


def with_images(
    judgement: Judgement, request: BuildRequest, wishes: ImageWishes, facts: Facts, edges: Edges
) -> tuple[Judgement, BuiltImages | None]:
    """The judgement of programs and images together, and the images; None where none could be built.

    Raises:
        UnavailableError: no engine answers.
    """
    built = _built(request, wishes, facts, edges)
    if built is None:
        return judgement, None
    settings = request.settings
    unreadable = [one.error.message for one in built.images if one.error]
    unreadable += [f"{one.order.name} was not built: {one.failure}" for one in built.images if one.failure]
    facts.notices += unreadable
    own = judge_facts(
        {BuiltImages: built},
        settings,
        unreadable=unreadable,
        baseline=request.baseline,
        rules=(irreproducible_image.RULE,),
    )
    return merged([judgement, own, *judge_images(built, edges, settings, request.stamp, request.baseline)]), built


def _built(request: BuildRequest, wishes: ImageWishes, facts: Facts, edges: Edges) -> BuiltImages | None:
    """The images of the Dockerfiles, where this event may run what they say."""
    if not request.settings.trusted:
        facts.notices.append("no image was built: this event is not trusted")
        return None
    orders = image_orders(facts, request.settings, edges, wishes.naming)
    if not orders:
        facts.notices.append("no image was built: there is no Dockerfile")
        return None
    with phase("build images", len(orders), facts, edges):
        docker = wishes.docker()
        site = ImageSite(request.root, docker, edges.scratch, request.stamp, twice=request.wishes.reproducible)
        built = build_images(orders, site)
    facts.notices += [f"{docker.version}: {limit}" for limit in docker.limits]
    facts.notices += [f"{one.order.name}: {said}" for one in built.images for said in one.order.unknown]
    return built
