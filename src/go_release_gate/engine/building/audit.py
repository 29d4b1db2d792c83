"""Programs that were built are looked at: what their files say and what Go recorded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from go_release_gate.binary.read import read_binary
from go_release_gate.engine.building.compile import Compiled
from go_release_gate.facts.binary import Binary
from go_release_gate.facts.built import BuiltProgram, Order
from go_release_gate.model.outcome import ErrorClass, ModuleError


def audited(compiled: Iterable[Compiled]) -> tuple[BuiltProgram, ...]:
    """What came of every order, its program read."""
    return tuple(_audited(one) for one in compiled)


def name_of(order: Order) -> str:
    """What the program of an order is called: `linux_arm64/api`."""
    return f"{order.platform.replace('/', '_')}/{order.output or order.service}"


def read(order: Order, file: Path) -> Binary | None:
    """Read a program file; None: it is none."""
    with file.open("rb") as stream:
        return read_binary(name_of(order), stream, file.stat().st_size)


def _audited(one: Compiled) -> BuiltProgram:
    binary = read(one.order, one.file) if one.file else None
    error = one.error
    if one.file and binary is None:
        error = ModuleError(ErrorClass.INTERNAL, f"{one.order.name}: what go build wrote is no program")
    return BuiltProgram(one.order, binary, one.failure, error, seconds=one.seconds)
