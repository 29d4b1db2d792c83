"""Where a piece of a template is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from go_release_gate.oci.handlebars.errors import TemplateError
from go_release_gate.oci.handlebars.values import is_same


@dataclass(frozen=True)
class Data:
    """The loop variables: `@root`, `@index` and so on; those of the loop around are its parent."""

    values: Mapping[str, object]
    parent: Data | None = None

    def inner(self, values: Mapping[str, object]) -> Data:
        """The variables of a loop within."""
        return Data({**self.values, **values}, self)


@dataclass
class Budget:
    """How many programs are still evaluated: loops within loops would else run for ever."""

    left: int = 10_000

    def spend(self) -> None:
        """Counts one more; raises TemplateError when there were too many."""
        self.left -= 1
        if self.left < 0:
            raise TemplateError("a template loops more than 10,000 times; expected fewer loops within loops")


@dataclass(frozen=True)
class Frame:
    """The contexts from the inner to the outer, the loop variables, and the values that blocks gave names to.

    Attributes:
        names: for each program from the inner to the outer, the names after `as`.
        named: the values of the same; None where a block gives none.
    """

    contexts: tuple[object, ...]
    data: Data
    names: tuple[tuple[str, ...], ...] = ()
    named: tuple[Sequence[object] | None, ...] = ()
    budget: Budget = field(default_factory=Budget)

    @property
    def context(self) -> object:
        """What names are looked up in."""
        return self.contexts[0]

    def inner(
        self, context: object, names: tuple[str, ...], data: Data | None, named: Sequence[object] | None
    ) -> Frame:
        """The frame of a block within."""
        contexts = self.contexts if is_same(context, self.context) else (context, *self.contexts)
        if contexts is self.contexts and context is not self.context:
            contexts = (context, *self.contexts[1:])
        return replace(
            self, contexts=contexts, data=data or self.data, names=(names, *self.names), named=(named, *self.named)
        )


Body = Callable[[object, Data | None, Sequence[object] | None], object]
"""A block's program, to be evaluated in a context, with loop variables and named values."""


def nothing(_context: object, _data: Data | None, _named: Sequence[object] | None) -> object:
    """The program of a block without one."""
    return ""


@dataclass(frozen=True)
class Options:
    """What a call knows beside its arguments; `body` and `otherwise` are None outside of blocks."""

    frame: Frame
    named: Mapping[str, object] = field(default_factory=dict)
    body: Body | None = None
    otherwise: Body | None = None
