"""Positions shared by the parsers of go.mod and go.work."""

from __future__ import annotations


class SyntaxProblemError(ValueError):
    """A file Go would refuse: `message` in our words, `line` and `column` from 1."""

    def __init__(self, message: str, line: int, column: int = 1) -> None:
        super().__init__(f"line {line}: {message}")
        self.message = message
        self.line = line
        self.column = column
