"""What findings about built programs share: where they point, what they are about, what holds for all platforms."""

from __future__ import annotations

from collections.abc import Iterable

from go_release_gate.facts.built import BuiltProgram, Order
from go_release_gate.model.finding import Location, Target


def place(order: Order) -> Location:
    """Where the program is asked for; its module's go.mod where nothing asks."""
    return Location(order.path, order.line) if order.path else Location(order.mod_file)


def target(order: Order) -> Target:
    """The program as the target of a finding."""
    return Target("binary", order.name)


def by_service(programs: Iterable[BuiltProgram]) -> dict[str, list[BuiltProgram]]:
    """Service → its programs, of all platforms: one finding says what holds for several."""
    found: dict[str, list[BuiltProgram]] = {}
    for program in programs:
        found.setdefault(program.order.service, []).append(program)
    return found


def platforms(programs: Iterable[BuiltProgram]) -> str:
    """Their platforms, in words."""
    return ", ".join(program.order.platform for program in programs)
