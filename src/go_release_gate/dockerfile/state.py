"""What a stage's instructions leave behind for those after them: directory, shell, user, what a container starts."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace

from go_release_gate.dockerfile.bases import base_of
from go_release_gate.dockerfile.expand import value_at
from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage, Value
from go_release_gate.shell.unknown import Unknown

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh", "busybox"})


@dataclass(frozen=True, slots=True)
class ImageState:
    """The image's configuration at one place.

    Attributes:
        directory: the working directory, absolute; empty: not known.
        user: that commands run as. user_by: the USER instruction that says so, None: the base image does.
        shell: the words in front of commands in shell form, None: the default of the platform, `/bin/sh -c`.
        entrypoint, command: the instructions that count, None: none of this file.
        entrypoint_index, command_index: of the stage they stand in.
    """

    directory: str
    user: Value
    user_by: Instruction | None = None
    shell: tuple[str, ...] | None = None
    entrypoint: Instruction | None = None
    command: Instruction | None = None
    entrypoint_index: int = -1
    command_index: int = -1

    @property
    def is_posix(self) -> bool:
        """Whether commands in shell form are read by a POSIX shell."""
        return self.shell is None or (bool(self.shell) and self.shell[0].rpartition("/")[2] in _SHELLS)


def states(dockerfile: Dockerfile, stage: Stage) -> tuple[ImageState, ...]:
    """The state in front of each of the stage's instructions, and one more for its end."""
    found: list[ImageState] = []
    for one in reversed(list(dockerfile.ancestry(stage))):
        current = found[-1] if found else _first(one)
        found = [current]
        for instruction in one.instructions:
            current = _after(dockerfile, one, instruction, current)
            found.append(current)
    return tuple(found)


def end_state(dockerfile: Dockerfile, stage: Stage) -> ImageState:
    """The state of the finished stage."""
    return states(dockerfile, stage)[-1]


def _first(stage: Stage) -> ImageState:
    base = base_of(stage.image)
    shown = stage.image if isinstance(stage.image, str) else stage.image.text
    user: Value = base.user or Unknown(f"the user of {shown} is not known")
    return ImageState(base.directory, user)


def _after(dockerfile: Dockerfile, stage: Stage, one: Instruction, state: ImageState) -> ImageState:
    match one.keyword:
        case "WORKDIR":
            return replace(state, directory=_joined(state.directory, value_at(dockerfile, stage, one, one.value)))
        case "USER":
            return replace(state, user=value_at(dockerfile, stage, one, one.value), user_by=one)
        case "SHELL":
            return replace(state, shell=one.array or ())
        case "CMD":
            return replace(state, command=one, command_index=stage.index)
        case "ENTRYPOINT":
            return _with_entrypoint(stage, one, state)
    return state


def _with_entrypoint(stage: Stage, one: Instruction, state: ImageState) -> ImageState:
    """An ENTRYPOINT drops a CMD that comes from the image the stage begins from."""
    is_own = state.command_index == stage.index
    return replace(
        state,
        entrypoint=one,
        entrypoint_index=stage.index,
        command=state.command if is_own else None,
        command_index=stage.index if is_own else -1,
    )


def _joined(directory: str, path: Value) -> str:
    if isinstance(path, Unknown) or not path or (not directory and not path.startswith("/")):
        return ""
    return posixpath.normpath(posixpath.join(directory, path)).replace("//", "/")
