"""What a template consists of."""

from __future__ import annotations

from dataclasses import dataclass, field

Literal = str | int | float | bool | None


@dataclass(frozen=True)
class Path:
    """A name such as `branch`, `this.x`, `../x` or `@index`.

    Attributes:
        parts: the names to follow, without `this`, `.` and `..`.
        depth: how many contexts up.
        data: whether it starts at the loop variables (`@`).
        original: the text as written, without brackets.
    """

    parts: tuple[str, ...]
    original: str
    depth: int = 0
    data: bool = False


@dataclass(frozen=True)
class Value:
    """A literal."""

    value: Literal
    undefined: bool = False

    @property
    def original(self) -> Literal:
        """What a closing tag is compared with."""
        return self.value


@dataclass(frozen=True)
class Call:
    """A name with arguments: `date 'YYYY' tz='UTC'`; also `(…)` within another."""

    callee: Path | Value
    params: tuple[Argument, ...] = ()
    named: tuple[tuple[str, Argument], ...] = ()


Argument = Path | Value | Call


@dataclass(frozen=True)
class Strip:
    """Which sides of a tag have a `~`."""

    open: bool = False
    close: bool = False


@dataclass
class Content:
    """Text between tags; `value` is what white space control leaves of it."""

    original: str
    value: str
    left_stripped: bool = False
    right_stripped: bool = False


@dataclass(frozen=True)
class Comment:
    """`{{! … }}`."""

    strip: Strip


@dataclass(frozen=True)
class Mustache:
    """`{{ … }}`, or without escaping `{{{ … }}}` and `{{& … }}`."""

    call: Call
    escaped: bool
    strip: Strip


@dataclass(frozen=True)
class Unsupported:
    """A partial or a decorator: read, so that the rest is understood, and refused when it is reached."""

    what: str
    strip: Strip
    stands_alone: bool


@dataclass
class Program:
    """A sequence of statements, with the names its block gives to values."""

    body: list[Statement]
    block_params: tuple[str, ...] = ()
    chained: bool = False


@dataclass
class Block:
    """`{{#name}} … {{else}} … {{/name}}`; `{{^name}}` has its program as inverse."""

    call: Call
    program: Program | None
    inverse: Program | None
    open_strip: Strip = field(default_factory=Strip)
    inverse_strip: Strip = field(default_factory=Strip)
    close_strip: Strip = field(default_factory=Strip)
    unsupported: str = ""


Statement = Content | Comment | Mustache | Unsupported | Block
