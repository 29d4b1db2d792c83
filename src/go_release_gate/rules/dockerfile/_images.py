"""What rules about the things a program reads at run time share: its images, and what is copied to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from go_release_gate.dockerfile.bases import Base, base_of
from go_release_gate.dockerfile.graph import Copy
from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import GoCalls
from go_release_gate.facts.image_parts import Parts, arrivals, parts
from go_release_gate.facts.image_programs import shipped
from go_release_gate.facts.programs import Need, Program, Programs
from go_release_gate.model.finding import Location, Related


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A stage that becomes an image, with the repository's programs in it."""

    dockerfile: Dockerfile
    stage: Stage
    base: Base
    added: Parts
    programs: tuple[Program, ...]

    @property
    def name(self) -> str:
        """The stage's name or number, for keys."""
        return self.stage.name or str(self.stage.index)

    @property
    def written(self) -> str:
        """The base image as it is written."""
        return self.dockerfile.base(self.stage).written

    def is_set(self, *names: str) -> bool:
        """Whether one of the variables is set in the image, to whatever."""
        return any(self.stage.environment.get(name, "") != "" for name in names)

    def brings(self, *places: str, hint: str) -> bool:
        """Whether something is copied to one of these places or may be: to one that is not known, or in a directory
        that is copied whole and whose stage mentions the `hint` (of other content one cannot tell)."""
        return any(
            not target or _meets(target, place) or self._may_hold(copy, source, target, place, hint)
            for copy, source, target in arrivals(self.added)
            for place in places
        )

    def _may_hold(self, copy: Copy, source: str, target: str, place: str, hint: str) -> bool:
        if not place.startswith(f"{target.rstrip('/')}/"):
            return False
        if copy.stage is None:
            return copy.image is not None or "." not in source.strip("./")
        lineage = self.dockerfile.ancestry(self.dockerfile.stages[copy.stage])
        return any(hint in _text(one) for stage in lineage for one in stage.instructions)


def images(dockerfiles: Dockerfiles, calls: GoCalls, programs: Programs) -> Iterator[Image]:
    """The images with programs that are known."""
    for dockerfile in dockerfiles.files:
        inside: dict[int, dict[Program, None]] = {}
        stages: dict[int, Stage] = {}
        for one in shipped(dockerfile, calls, programs):
            inside.setdefault(one.target.index, {}).update(dict.fromkeys(one.programs))
            stages[one.target.index] = one.target
        for index, stage in stages.items():
            base = base_of(dockerfile.base(stage).image)
            yield Image(dockerfile, stage, base, parts(dockerfile, stage), tuple(inside[index]))


def first_need(needs: Iterable[Need | None]) -> Need | None:
    """The one to report: a certain one before the others."""
    known = [need for need in needs if need]
    return next((need for need in known if need.is_certain), known[0] if known else None)


def seen_at(need: Need) -> tuple[Related, ...]:
    """Where the code asks for it."""
    return (Related(need.what, Location(need.path, need.line)),)


def ending(dockerfile: Dockerfile, line: int) -> str:
    """What ends a line of the file, for one that is put behind it."""
    return "\r\n" if dockerfile.text.split("\n")[line - 1].endswith("\r") else "\n"


def _meets(target: str, place: str) -> bool:
    return target == place or target.startswith(f"{place}/")


def _text(one: Instruction) -> str:
    return one.value + "".join(body.body for body in one.heredocs)
