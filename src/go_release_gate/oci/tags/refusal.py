"""An input that is refused: which one, at which line, what was found and what was expected."""

from __future__ import annotations

from go_release_gate.errors import UsageError


class RefusedInputError(UsageError):
    """An input that the peer refuses too (exit 2).

    Attributes:
        name: the input, `tags` for one; empty while only the reader of a line knows of it.
        line: from 1; 0: unknown.
    """

    def __init__(self, message: str, hint: str = "", *, name: str = "", line: int = 0) -> None:
        place = f"{name}, line {line}: " if name and line else f"{name}: " if name else ""
        super().__init__(f"{place}{message}", hint)
        self.text = message
        self.name = name
        self.line = line

    def at(self, name: str, line: int) -> RefusedInputError:
        """The same, with the place filled in where none was known."""
        return self if self.name else RefusedInputError(self.text, self.hint, name=name, line=line)
