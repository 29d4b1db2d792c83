"""A script gone through from top to bottom: the commands with their words expanded, the variables and outputs they set.

Nothing is run. What only a run can tell (a substituted command, a variable of the runner) is a hole; what stands in an
`if` or a loop is conditional.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from go_release_gate.shell.conditions import RESERVED, Conditions
from go_release_gate.shell.parameters import applied, default_of, is_default, split_form
from go_release_gate.shell.unknown import Holes, has_hole
from go_release_gate.shell.words import Command, Kind, Piece, Word, commands

WORD_LIMIT = 64 << 10  # characters of an expanded word
SUBSTITUTION_LIMIT = 4096  # characters of a substituted command that is looked into
NESTING_LIMIT = 4

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")
_JOINING = frozenset({"do", "{", "}", "!", "time", "sudo", "exec", "command", "nohup", "-E"})
_DECLARING = frozenset({"export", "readonly", "local", "declare", "typeset"})
_SET_OUTPUT = re.compile(r"::set-output name=([\w-]+)::(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Called:
    """A command with its words; `line` counts from 0 in the script; `depth`: subshells around it (`( … )`).

    `offset`: where its first word begins in the script; `inside`: which subshells those are, by their offsets.
    """

    words: tuple[str, ...]
    line: int
    is_conditional: bool
    environment: dict[str, str] = field(default_factory=dict)
    depth: int = 0
    offset: int = 0
    inside: tuple[int, ...] = ()


@dataclass(slots=True)
class Script:
    """What going through a script found: `environment` and `outputs` hold what it set for later steps."""

    variables: dict[str, str]
    holes: Holes
    environment: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    _inside: set[str] = field(default_factory=set)
    _where: Conditions = field(default_factory=Conditions)
    _nesting: int = 0

    def called(self, script: str) -> Iterator[Called]:
        """The commands that are reached, in order, each with the variables as they are when it is."""
        for command in commands(script):
            words, is_negated = self._opened(command)
            active = self._where.active(command.after)
            if active is False or not (words or command.redirections):
                continue
            own, rest = self._assignments(words)
            if not rest:
                self._set_all(own, active is None)
                continue
            expanded = tuple(part for word in rest for part in self._fields(word))
            self._where.passed(expanded, command.after, is_negated=is_negated)
            if expanded[:1] and expanded[0] in _DECLARING:
                self._set_all(self._assignments(rest[1:])[0], active is None)
                continue
            self._record(expanded, command, active is None)
            if expanded:
                offset = command.offsets[len(command.words) - len(rest)]
                variables = {**self.variables, **own}
                where = (command.depth, offset, command.inside)
                yield Called(expanded, command.line, active is None, variables, *where)

    def _opened(self, command: Command) -> tuple[list[Word], bool]:
        """The command's words without the reserved ones in front, and whether its answer is turned round."""
        words, is_negated = list(command.words), False
        while words and (first := _literal(words[0])) is not None:
            if first in RESERVED:
                self._where.word(first)
                self._left()
                if first in ("for", "select", "case"):
                    self._unset(_literal(words[1]) or "" if len(words) > 1 else "")
                    return [], False
            elif first not in _JOINING:
                break
            is_negated = is_negated is not (first == "!")
            words = words[1:]
        return words, is_negated

    def _left(self) -> None:
        """What was set in a condition that only a run can tell is not known behind it."""
        if self._where.depth == 0:
            for name in self._inside:
                self._unset(name)
            self._inside.clear()

    def _unset(self, name: str) -> None:
        if name:
            self.variables[name] = self.holes.mark("it is set in a condition or a loop", f"${name}")

    def _assignments(self, words: list[Word]) -> tuple[dict[str, str], list[Word]]:
        found: dict[str, str] = {}
        for index, word in enumerate(words):
            match = _ASSIGNMENT.match(word[0].text) if word and word[0].kind is Kind.TEXT else None
            if not match or word[0].is_quoted:
                return found, words[index:]
            rest = (Piece(Kind.TEXT, word[0].text[match.end() :], False), *word[1:])
            found[match[1]] = self._text(rest)
        return found, []

    def _set_all(self, values: dict[str, str], is_conditional: bool) -> None:
        self.variables.update(values)
        if is_conditional and self._where.depth:
            self._inside.update(values)
        elif is_conditional:
            for name in values:
                self._unset(name)

    def _record(self, words: tuple[str, ...], command: Command, is_conditional: bool) -> None:
        """`echo name=value >> $GITHUB_OUTPUT` and `>> $GITHUB_ENV`, and the old `::set-output`."""
        body = self._text(command.heredoc) if command.heredoc else ""
        if words[:1] and words[0] in ("echo", "printf"):
            body = " ".join(word for word in words[1:] if word not in ("-e", "-n", "-E")).removesuffix("\\n")
        if match := _SET_OUTPUT.match(body):
            self._keep(self.outputs, match[1], match[2], is_conditional)
        for operator, target in command.redirections:
            place = "".join(piece.text for piece in target).removeprefix("env:")
            if operator in (">>", ">") and place in ("GITHUB_OUTPUT", "GITHUB_ENV"):
                into = self.outputs if place == "GITHUB_OUTPUT" else self.environment
                for line in body.split("\n"):
                    name, sign, value = line.strip().partition("=")
                    if sign and "<<" not in name:
                        self._keep(into, name, value, is_conditional)

    def _keep(self, into: dict[str, str], name: str, value: str, is_conditional: bool) -> None:
        if is_conditional or name in into:
            value = self.holes.mark("it is set in a condition", f"${name}")
        into[name] = value

    def _fields(self, word: Word) -> list[str]:
        """The word expanded; an expansion outside quotes is split at white space."""
        fields = [""]
        is_quoted = not word
        for piece in word:
            is_quoted = is_quoted or piece.is_quoted
            text = self._piece(piece)
            if piece.kind is Kind.TEXT or piece.is_quoted:
                fields[-1] += text
                continue
            parts = text.split()
            if not parts:
                continue
            fields[-1] += parts[0]
            fields += parts[1:]
        return fields if is_quoted or fields != [""] else []

    def _text(self, word: Word) -> str:
        return "".join(self._piece(piece) for piece in word)[:WORD_LIMIT]

    def _piece(self, piece: Piece) -> str:
        if piece.kind is Kind.TEXT:
            return piece.text
        if piece.kind is Kind.COMMAND:
            shown = " ".join(piece.text.split())
            return self._substituted(piece.text) or self.holes.mark(
                f"`{shown}` is only known when it runs", f"$({shown})"
            )
        return self._parameter(piece.text)[:WORD_LIMIT]

    def _substituted(self, script: str) -> str:
        """The answer of `echo`, where it is a substituted command's only one; empty: not known."""
        if self._nesting >= NESTING_LIMIT or len(script) > SUBSTITUTION_LIMIT:
            return ""
        self._nesting += 1
        try:
            found = list(commands(script))
            if len(found) == 1 and len(found[0].words) > 1 and _literal(found[0].words[0]) == "echo":
                return " ".join(self._text(word) for word in found[0].words[1:])
            return ""
        finally:
            self._nesting -= 1

    def _parameter(self, text: str) -> str:
        form = split_form(text)
        if form is None:
            hole = f"${text}" if len(text) == 1 else f"${{{text}}}"
            return self.holes.mark("the shell's own variables are only known when it runs", hole)
        name, operation = form
        hole = f"${{{text}}}" if operation else f"${text}"
        value = self.variables.get(name)
        if value is None:
            return self.holes.mark(f"${name} is only known when it runs", hole)
        default = default_of(operation, is_empty=not value)
        if default is not None and any(sign in default for sign in "$`\"'?"):
            return self.holes.mark(f"`{hole}` is not read here", hole)
        if default is not None or is_default(operation):
            return default or value
        if has_hole(value) and operation:
            return self.holes.mark(self.holes.reason(value), hole)
        changed = applied(value, self._quoted(operation))
        return self.holes.mark(f"`{hole}` is not read here", hole) if changed is None else changed

    def _quoted(self, operation: str) -> str:
        """A pattern without its quotes."""
        return operation.replace('"', "").replace("'", "")


def _literal(word: Word) -> str | None:
    """The word where it is plain text, else None."""
    return word[0].text if len(word) == 1 and word[0].kind is Kind.TEXT and not word[0].is_quoted else None
