"""What stages take from one another, from other images and from the build context.

https://docs.docker.com/reference/dockerfile/#copy---from and https://docs.docker.com/reference/dockerfile/#run---mount
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from go_release_gate.dockerfile.expand import value_at
from go_release_gate.dockerfile.model import Dockerfile, Flag, Instruction, Stage, Value
from go_release_gate.dockerfile.substitution import SubstitutionError
from go_release_gate.dockerfile.syntax import heredoc, words


@dataclass(frozen=True, slots=True)
class Copy:
    """A COPY or ADD.

    Attributes:
        instruction: the instruction.
        sources: paths or addresses with their variables in place; here-documents are left out.
        destination: as written, variables in place.
        stage: index of the stage the sources are in, None: elsewhere.
        image: the image the sources are in, None: none.
        is_context: whether the sources are in the build context (or on the network).
        chown, chmod: as given, variables in place, empty where they are not.
    """

    instruction: Instruction
    sources: tuple[Value, ...]
    destination: Value
    stage: int | None = None
    image: Value | None = None
    is_context: bool = False
    chown: Value = ""
    chmod: Value = ""


@dataclass(frozen=True, slots=True)
class Mount:
    """A `RUN --mount=…`. `kind`: bind, cache, tmpfs, secret or ssh; `stage` and `image` as in Copy."""

    instruction: Instruction
    flag: Flag
    kind: str
    target: Value = ""
    source: Value = ""
    identifier: Value = ""
    stage: int | None = None
    image: Value | None = None
    is_context: bool = False


def copies(dockerfile: Dockerfile, stage: Stage) -> tuple[Copy, ...]:
    """The stage's COPY and ADD instructions, in order."""
    return tuple(_copy(dockerfile, stage, one) for one in stage.instructions if one.keyword in ("COPY", "ADD"))


def mounts(dockerfile: Dockerfile, stage: Stage) -> tuple[Mount, ...]:
    """The mounts of the stage's RUN instructions, in order."""
    return tuple(
        _mount(dockerfile, stage, one, flag)
        for one in stage.instructions
        if one.keyword == "RUN"
        for flag in one.flags
        if flag.name == "mount"
    )


def needed(dockerfile: Dockerfile, target: Stage | None = None) -> tuple[Stage, ...]:
    """The stages that are built for the target (the last stage where none is given), in their order."""
    wanted = {(target or dockerfile.final).index}
    waiting = list(wanted)
    while waiting:
        found = set(_sources(dockerfile, dockerfile.stages[waiting.pop()])) - wanted
        wanted |= found
        waiting += found
    return tuple(stage for stage in dockerfile.stages if stage.index in wanted)


def shipped(dockerfile: Dockerfile) -> tuple[Stage, ...]:
    """The stages whose layers the final image holds: the last one and those it begins from."""
    return tuple(dockerfile.ancestry(dockerfile.final))


def _sources(dockerfile: Dockerfile, stage: Stage) -> Iterator[int]:
    if stage.parent is not None:
        yield stage.parent
    origins: list[Copy | Mount] = [*copies(dockerfile, stage), *mounts(dockerfile, stage)]
    yield from (one.stage for one in origins if one.stage is not None)


def _origin(dockerfile: Dockerfile, name: str, *, takes_index: bool) -> tuple[int | None, Value | None]:
    """The stage or the image that `from=` names. Docker expands no variables in it."""
    if takes_index and name.isascii() and name.isdecimal():
        index = int(name[:9])
        return (index, None) if index < len(dockerfile.stages) else (None, None)
    for stage in reversed(dockerfile.stages):
        if stage.name and stage.name == name.lower():
            return stage.index, None
    return None, name


def _copy(dockerfile: Dockerfile, stage: Stage, one: Instruction) -> Copy:
    found = list(one.array) if one.array is not None else [word for word, _ in words(one.value)]
    values = [value_at(dockerfile, stage, one, word) for word in found[:-1] if not _is_heredoc(one, word)]
    origin = one.flag("from") if one.keyword == "COPY" else ""
    index, image = _origin(dockerfile, origin, takes_index=True) if origin else (None, None)
    return Copy(
        one,
        tuple(values),
        value_at(dockerfile, stage, one, found[-1]),
        index,
        image,
        is_context=not origin,
        chown=value_at(dockerfile, stage, one, one.flag("chown")),
        chmod=value_at(dockerfile, stage, one, one.flag("chmod")),
    )


def _is_heredoc(one: Instruction, word: str) -> bool:
    try:
        return bool(one.heredocs) and heredoc(word) is not None
    except SubstitutionError:
        return False


def _mount(dockerfile: Dockerfile, stage: Stage, one: Instruction, flag: Flag) -> Mount:
    raw = _fields(flag.value)
    values = {name: value_at(dockerfile, stage, one, value) for name, value in raw.items()}
    origin = raw.get("from", "")
    kind = values.get("type", "bind")
    index, image = _origin(dockerfile, origin, takes_index=False) if origin else (None, None)
    if image == "scratch":
        image = None
    kind = kind.lower() if isinstance(kind, str) else ""
    return Mount(
        one,
        flag,
        kind,
        _first(values, "target", "dst", "destination"),
        _first(values, "source", "src"),
        values.get("id", ""),
        index,
        image,
        is_context=kind == "bind" and not origin,
    )


def _first(values: dict[str, Value], *names: str) -> Value:
    return next((values[name] for name in names if name in values), "")


def _fields(text: str) -> dict[str, str]:
    """`type=bind,from=build`: a line of CSV; a field without a value is true."""
    try:
        row = next(csv.reader([text]), [])
    except csv.Error:
        row = text.split(",")
    pairs = (field.partition("=") for field in row)
    return {name.strip().lower(): value if sign else "true" for name, sign, value in pairs}
