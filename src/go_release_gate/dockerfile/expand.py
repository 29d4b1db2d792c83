"""Variables of a Dockerfile: which ARG and ENV an instruction sees, and words with them in place.

ARGs in front of the first FROM are seen by FROM lines alone, and by an `ARG NAME` without a value in a stage. A value
written there hides them, and what the builder would say of the platform. Stages pass on what they set to those that
begin from them. https://docs.docker.com/reference/dockerfile/#arg and
https://github.com/moby/buildkit/blob/v0.26.3/frontend/dockerfile/dockerfile2llb/convert.go
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from go_release_gate.dockerfile.bases import base_of
from go_release_gate.dockerfile.lines import InvalidDockerfileError
from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage, Value
from go_release_gate.dockerfile.substitution import SubstitutionError, Words
from go_release_gate.dockerfile.syntax import Assignment, assignments
from go_release_gate.shell.unknown import Holes, Unknown

PLATFORM_ARGUMENTS = frozenset(
    {
        "BUILDPLATFORM",
        "BUILDOS",
        "BUILDOSVERSION",
        "BUILDARCH",
        "BUILDVARIANT",
        "TARGETPLATFORM",
        "TARGETOS",
        "TARGETOSVERSION",
        "TARGETARCH",
        "TARGETVARIANT",
        "TARGETSTAGE",
    }
)
_NO_VARIABLES = frozenset({"BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"})


@dataclass(frozen=True, slots=True)
class Unset(Unknown):
    """An ARG without a value: unknown when the build is told one, empty else."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The variables at one place.

    Attributes:
        variables: ARG and ENV. environment: ENV alone.
        outer: those in front of the first FROM.
        is_open: whether the image that the stage begins from may set more.
        escape: the escape character.
    """

    variables: dict[str, Value] = field(default_factory=dict)
    environment: dict[str, Value] = field(default_factory=dict)
    outer: dict[str, Value] = field(default_factory=dict)
    is_open: bool = False
    escape: str = "\\"

    def value(self, word: str) -> Value:
        """A word as Docker expands it here."""
        return expanded(word, self.variables, escape=self.escape, is_open=self.is_open)

    def begun(self, image: Value, parent: Stage | None) -> Scope:
        """The scope at the begin of a stage; `self` is that of FROM lines."""
        if parent is not None:
            return Scope(
                dict(parent.scopes[-1]), dict(parent.environment), self.variables, is_open=True, escape=self.escape
            )
        return Scope(dict(base_of(image).environment), {}, self.variables, image != "scratch", self.escape)

    def after(self, instruction: Instruction) -> Scope:
        """The scope behind an instruction (InvalidDockerfileError)."""
        if instruction.keyword not in ("ARG", "ENV"):
            return self
        try:
            found = assignments(instruction, self.escape)
        except ValueError as error:
            raise InvalidDockerfileError(instruction.line, str(error)) from error
        return self._arguments(found) if instruction.keyword == "ARG" else self._environment(found)

    def _environment(self, found: Iterable[Assignment]) -> Scope:
        """All values of one ENV are expanded before any of them counts."""
        values = {}
        for one in found:
            name = self.value(one.name)
            if isinstance(name, str):
                values[name] = self.value(one.value or "")
        return replace(self, variables=self.variables | values, environment=self.environment | values)

    def _arguments(self, found: Iterable[Assignment]) -> Scope:
        """The arguments of one ARG, each sees those before."""
        scope = replace(self, variables=dict(self.variables))
        for one in found:
            if one.value is not None:
                scope.variables[one.name] = scope.value(one.value)
            elif one.name in self.outer:
                scope.variables[one.name] = self.outer[one.name]
            elif one.name not in scope.variables and one.name not in _NO_VARIABLES:
                scope.variables[one.name] = unset(one.name)
        return scope


def unset(name: str) -> Unset:
    """The value of an argument that has none."""
    return Unset(f"${name} is only known when the image is built", f"${{{name}}}")


def global_scope(arguments: Iterable[Instruction], escape: str) -> Scope:
    """What FROM lines see: the platform arguments, and the ARGs in front of the first FROM."""
    variables: dict[str, Value] = {
        name: Unknown(f"${name} is the builder's platform argument, known when the image is built", f"${{{name}}}")
        for name in PLATFORM_ARGUMENTS
    }
    scope = Scope(variables, escape=escape)
    for argument in arguments:
        scope = scope.after(argument)
    return scope


def expanded(word: str, variables: Mapping[str, Value], *, escape: str = "\\", is_open: bool = False) -> Value:
    """A word with its variables in place, quotes and escapes taken away as Docker does.

    Args:
        is_open: whether variables that are not there may be set by an image nobody has looked at.
    """
    if not any(char in word for char in "$'\"<" + escape):
        return word
    holes = Holes()

    def lookup(name: str) -> tuple[str, bool]:
        value = variables.get(name)
        if value is None:
            if name != "PATH" and (not is_open or name in PLATFORM_ARGUMENTS):
                return "", False
            return holes.mark(f"${name} may be set by the base image", f"${{{name}}}"), True
        if isinstance(value, str):
            return value, True
        return holes.mark(value.reason, value.text), not isinstance(value, Unset)

    try:
        return holes.result(Words(word, lookup, escape).word())
    except SubstitutionError as error:
        return Unknown(f"it cannot be expanded: {error}", word)


def value_at(dockerfile: Dockerfile, stage: Stage, instruction: Instruction, word: str) -> Value:
    """A word of an instruction with the variables it sees in place."""
    is_open = dockerfile.base(stage).image != "scratch"
    return expanded(word, stage.scope(instruction), escape=dockerfile.escape, is_open=is_open)
