"""Instructions put together to stages: what each begins from, and which variables each instruction sees."""

from __future__ import annotations

import re
from dataclasses import replace

from go_release_gate.dockerfile.expand import Scope, global_scope
from go_release_gate.dockerfile.lines import InvalidDockerfileError
from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.dockerfile.syntax import assignments, words

SCOPE_LIMIT = 1_000_000  # variables in all scopes together
STAGE_LIMIT = 1_000

_NAME = re.compile(r"[a-z][a-z0-9-_.]*")
_FEWEST = {"ADD": 2, "COPY": 2}  # arguments; heredocs count


def staged(empty: Dockerfile, instructions: list[Instruction]) -> Dockerfile:
    """The Dockerfile with its instructions (InvalidDockerfileError)."""
    first = next((index for index, one in enumerate(instructions) if one.keyword == "FROM"), None)
    if first is None:
        raise InvalidDockerfileError(1, "there is no FROM instruction")
    for one in instructions[:first]:
        if one.keyword != "ARG":
            raise InvalidDockerfileError(one.line, f"{one.keyword} stands in front of the first FROM")
    outer = global_scope(instructions[:first], empty.escape)
    stages: list[Stage] = []
    spent = 0
    for begin, group in _groups(instructions[first:]):
        _check_labels(group, empty.escape)
        stage = _stage(stages, begin, tuple(group), outer)
        spent += _size(stage)
        if spent > SCOPE_LIMIT or len(stages) >= STAGE_LIMIT:
            raise InvalidDockerfileError(begin.line, "it has more stages or variables than are read")
        stages.append(stage)
    return replace(empty, stages=tuple(stages), arguments=tuple(instructions[:first]), globals=dict(outer.variables))


def _groups(instructions: list[Instruction]) -> list[tuple[Instruction, list[Instruction]]]:
    groups: list[tuple[Instruction, list[Instruction]]] = []
    for one in instructions:
        if one.keyword == "FROM":
            groups.append((one, []))
        else:
            if len(words(one.value)) < _FEWEST.get(one.keyword, 0) and (one.array is None or len(one.array) < 2):
                raise InvalidDockerfileError(one.line, f"{one.keyword} requires a source and a destination")
            groups[-1][1].append(one)
    return groups


def _check_labels(instructions: list[Instruction], escape: str) -> None:
    for one in instructions:
        if one.keyword == "LABEL":
            try:
                assignments(one, escape)
            except ValueError as error:
                raise InvalidDockerfileError(one.line, str(error)) from error


def _size(stage: Stage) -> int:
    """Variables in the stage's scopes; a scope that nothing changed is shared."""
    return sum(map(len, {id(scope): scope for scope in stage.scopes}.values()))


def _stage(stages: list[Stage], start: Instruction, instructions: tuple[Instruction, ...], outer: Scope) -> Stage:
    written, name = _from(start)
    image = outer.value(written)
    wanted = image.lower() if isinstance(image, str) else ""
    parent = next((one for one in reversed(stages) if one.name and one.name == wanted), None)
    platform = start.flag("platform")
    scope = outer.begun(image, parent)
    scopes = [scope.variables]
    for one in instructions:
        scope = scope.after(one)
        scopes.append(scope.variables)
    return Stage(
        index=len(stages),
        name=name,
        start=start,
        written=written,
        image=image,
        platform=outer.value(platform) if platform else "",
        parent=parent.index if parent else None,
        instructions=instructions,
        scopes=tuple(scopes),
        environment=dict(scope.environment),
    )


def _from(start: Instruction) -> tuple[str, str]:
    """The image and the stage's name."""
    found = [word for word, _ in words(start.value)]
    if len(found) not in (1, 3) or (len(found) == 3 and found[1].lower() != "as"):
        raise InvalidDockerfileError(start.line, "FROM takes an image, or an image, `AS` and a name")
    name = found[2].lower() if len(found) == 3 else ""
    if name and not _NAME.fullmatch(name):
        raise InvalidDockerfileError(start.line, f"`{name[:80]}` is no name of a stage")
    return found[0], name
