"""On which ports a program is told to listen: by flags, by variables, by the names that are usual for them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from go_release_gate.dockerfile.expand import value_at
from go_release_gate.dockerfile.model import Dockerfile, Stage
from go_release_gate.facts.workloads import ANY, Container

_FLAG = re.compile(r"--?(?P<name>[A-Za-z][\w.-]*)(?:=(?P<value>.*))?")
_FLAGS = re.compile(
    r"(?:(?:http|grpc|https|web|server|serve|api)[._-])?"
    r"(?:addr|address|bind|bind-?addr(?:ess)?|listen|listen-?addr(?:ess)?|listen-?port|port)|http|https|grpc"
)
_VARIABLES = re.compile(
    r"(?:APP_|HTTP_|HTTPS_|GRPC_|SERVER_|WEB_|API_)?(?:PORT|LISTEN|LISTEN_ADDR|LISTEN_ADDRESS|LISTEN_PORT|BIND_ADDR|"
    r"BIND_ADDRESS)|(?:HTTP|GRPC|SERVER|BIND|LISTEN|APP|API)_ADDR|ADDR"
)
_ADDRESS = re.compile(r"(?:(?:0\.0\.0\.0|\[::\]|\*|tcp://0\.0\.0\.0|localhost|127\.0\.0\.1)?:)?(?P<port>[0-9]{2,5})")
_DEBUGGER = re.compile(r"(?:.*/)?dlv")
_NUMBERS = re.compile(r"(?<![0-9.])[0-9]{2,5}(?![0-9.])")


@dataclass(slots=True)
class Listening:
    """What is known of a container's ports.

    Attributes:
        told: port → what says so (`--addr=:9090`).
        mentioned: every number that stands in a command, an argument or a variable.
        exposed: what the image says with EXPOSE; `place`: path and line of the first of them.
        is_open: variables may come from elsewhere, or a part of the command is not known, or a debugger is started.
        has_more: it is told of a file with settings, which may name other ports.
    """

    told: dict[str, str] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)
    exposed: dict[str, int] = field(default_factory=dict)
    is_open: bool = False
    has_more: bool = False

    def knows(self, port: str) -> bool:
        """Whether anything speaks of a port."""
        return port in self.told or port in self.mentioned or port in self.exposed


def of_image(file: Dockerfile, stage: Stage) -> Listening:
    """What an image says by itself."""
    found = Listening()
    entrypoint, command = start_of(file, stage)
    _variables(found, {name: value for name, value in stage.environment.items() if isinstance(value, str)}, "ENV ")
    _words(found, (*entrypoint, *command))
    found.exposed = _exposed(file, stage)
    return found


def of_container(container: Container, built: tuple[Dockerfile, Stage] | None) -> Listening:
    """What a container says, and its image where that is known."""
    found = Listening(
        is_open=ANY in container.from_fields or not {"args", "command", "env"}.isdisjoint(container.patched)
    )
    words: tuple[str, ...] = (*container.command, *container.arguments)
    if built:
        file, stage = built
        entrypoint, command = start_of(file, stage)
        inherited = () if container.has_command else entrypoint
        words = (*inherited, *words) if container.arguments or container.has_command else (*entrypoint, *command)
        values = {name: value for name, value in stage.environment.items() if isinstance(value, str)}
        _variables(found, {name: value for name, value in values.items() if not container.is_given(name)}, "ENV ")
        found.exposed = _exposed(file, stage)
    _variables(found, container.environment, "")
    _words(found, words)
    return found


def start_of(file: Dockerfile, stage: Stage) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """ENTRYPOINT and CMD of an image as words; a CMD before the ENTRYPOINT of a later stage does not count."""
    entrypoint: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    for one in file.ancestry(stage):
        for instruction in reversed(one.instructions):
            words = instruction.array if instruction.array is not None else tuple(instruction.value.split())
            if instruction.keyword == "CMD" and command is None and (entrypoint is None or one is stage):
                command = words
            if instruction.keyword == "ENTRYPOINT" and entrypoint is None:
                entrypoint = words
    return entrypoint or (), command or ()


def _exposed(file: Dockerfile, stage: Stage) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in file.ancestry(stage):
        for instruction in one.instructions:
            if instruction.keyword == "EXPOSE":
                for word in instruction.value.split():
                    value = value_at(file, one, instruction, word)
                    number = value.partition("/")[0] if isinstance(value, str) else ""
                    found.setdefault(number if number.isdigit() else f"?{word}", instruction.line)
    return {} if any(port.startswith("?") for port in found) else found


def _variables(found: Listening, environment: Mapping[str, str], prefix: str) -> None:
    for name, value in environment.items():
        found.mentioned.update(_NUMBERS.findall(value))
        match = _ADDRESS.fullmatch(value)
        if match and _VARIABLES.fullmatch(name):
            found.told.setdefault(match["port"], f"{prefix}{name}={value}")


def _words(found: Listening, words: Sequence[str]) -> None:
    listed = [word.strip("\"'") for text in words for word in text.split()]
    found.is_open = found.is_open or any("$" in word or _DEBUGGER.fullmatch(word) for word in listed)
    found.has_more = found.has_more or any("conf" in word for word in listed)
    for word in listed:
        found.mentioned.update(_NUMBERS.findall(word))
    for name, value in _flags(listed):
        match = _ADDRESS.fullmatch(value)
        if match and _FLAGS.fullmatch(name):
            found.told.setdefault(match["port"], f"--{name}={value}")


def _flags(words: Sequence[str]) -> Iterable[tuple[str, str]]:
    for word, following in zip(words, (*words[1:], ""), strict=False):
        match = _FLAG.fullmatch(word)
        if match:
            yield match["name"], match["value"] if match["value"] is not None else following
