"""go.work: the grammar of https://go.dev/ref/mod#go-work-file, with the line of every directive."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.gomod import directives, syntax
from go_release_gate.gomod.modfile import Directive, Replace

_BLOCK_VERBS = frozenset({"godebug", "use", "replace"})


@dataclass(frozen=True, slots=True)
class WorkFile:
    """A parsed go.work; `uses` are directories as written."""

    go: Directive | None = None
    toolchain: Directive | None = None
    uses: tuple[Directive, ...] = ()
    replaces: tuple[Replace, ...] = ()
    godebugs: tuple[Directive, ...] = ()


def parse(data: bytes) -> WorkFile:
    """Parse go.work. Raises SyntaxProblemError where Go would refuse the file."""
    reader = _Reader()
    for statement in syntax.parse(syntax.decode(data)):
        if isinstance(statement, syntax.Statement):
            reader.read(statement)
        elif len(statement.head) == 1 and statement.head[0] in _BLOCK_VERBS:
            for line in statement.statements:
                reader.read(line)
        else:
            raise syntax.SyntaxProblemError(f"unknown block {' '.join(statement.head)}", statement.line)
    return WorkFile(
        go=reader.single.get("go"),
        toolchain=reader.single.get("toolchain"),
        uses=tuple(reader.uses),
        replaces=tuple(reader.replaces),
        godebugs=tuple(reader.godebugs),
    )


class _Reader:
    """Collects the directives of one file."""

    def __init__(self) -> None:
        self.single: dict[str, Directive] = {}
        self.uses: list[Directive] = []
        self.replaces: list[Replace] = []
        self.godebugs: list[Directive] = []

    def read(self, statement: syntax.Statement) -> None:
        try:
            self._read(statement.verb, statement.args, statement.line)
        except directives.DirectiveError as error:
            raise syntax.SyntaxProblemError(str(error), statement.line) from None

    def _read(self, verb: str, args: list[str], line: int) -> None:
        if verb in self.single:
            raise directives.DirectiveError(f"a second {verb} directive")
        match verb:
            case "go":
                self.single[verb] = Directive(directives.go_version(args, strict=True), line)
            case "toolchain":
                self.single[verb] = Directive(directives.toolchain(args), line)
            case "use":
                self.uses.append(Directive(directives.one(args, verb), line))
            case "replace":
                self.replaces.append(Replace(*directives.replacement(args, queries=False), line))
            case "godebug":
                self.godebugs.append(Directive(directives.godebug(args), line))
            case _:
                raise directives.DirectiveError(f"unknown directive {verb}")
