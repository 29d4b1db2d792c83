"""go.mod: the grammar of https://go.dev/ref/mod#go-mod-file, with the line of every directive."""

from __future__ import annotations

import re
from dataclasses import dataclass

from go_release_gate.gomod import directives, syntax
from go_release_gate.gomod.modform import form_problems

__all__ = [
    "Directive",
    "Exclude",
    "ModFile",
    "Replace",
    "Require",
    "Retract",
    "form_problems",
    "parse",
]

_BLOCK_VERBS = frozenset({"module", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore"})
_LAX_VERBS = frozenset({"go", "module", "retract", "require", "ignore"})
_DEPRECATED = re.compile(r"(?:^|\n\n)Deprecated: *(.*?)(?:\Z|\n\n)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Require:
    """`require path version [// indirect]`."""

    path: str
    version: str
    indirect: bool
    line: int


@dataclass(frozen=True, slots=True)
class Replace:
    """`replace path [version] => target [target_version]`; a target without version is a directory."""

    path: str
    version: str  # empty: every version
    target: str
    target_version: str  # empty: `target` is a local directory
    line: int

    @property
    def is_local(self) -> bool:
        """Whether the target is a directory."""
        return not self.target_version


@dataclass(frozen=True, slots=True)
class Exclude:
    """`exclude path version`."""

    path: str
    version: str
    line: int


@dataclass(frozen=True, slots=True)
class Retract:
    """`retract version` or `retract [low, high]`; `rationale` from its comments."""

    low: str
    high: str
    rationale: str
    line: int


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive of one value: go, toolchain, tool, ignore, godebug (`key=value`)."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class ModFile:
    """A parsed go.mod. Every `line` counts from 1."""

    path: str
    path_line: int
    deprecated: str = ""
    go: Directive | None = None
    toolchain: Directive | None = None
    requires: tuple[Require, ...] = ()
    replaces: tuple[Replace, ...] = ()
    excludes: tuple[Exclude, ...] = ()
    retracts: tuple[Retract, ...] = ()
    tools: tuple[Directive, ...] = ()
    ignores: tuple[Directive, ...] = ()
    godebugs: tuple[Directive, ...] = ()


def parse(data: bytes, *, strict: bool = True) -> ModFile:
    """Parse go.mod. Raises SyntaxProblemError where Go would refuse the file.

    Strict: as the main module. Versions that are no canonical version (`main`, `v1.2`) are kept as written
    (see version.is_canonical). A file without a module line gives `path` "" and `path_line` 0.
    Not strict: as a dependency. Only module, go, require, retract and ignore are read, unknown directives are passed
    over, short versions are completed, and queries are refused.
    """
    reader = _Reader(strict=strict)
    for statement in syntax.parse(syntax.decode(data)):
        if isinstance(statement, syntax.Statement):
            reader.read(statement)
        elif len(statement.head) == 1 and statement.head[0] in _BLOCK_VERBS:
            for line in statement.statements:
                reader.read(line)
        elif strict:
            raise syntax.SyntaxProblemError(f"unknown block {' '.join(statement.head)}", statement.line)
    return reader.result()


class _Reader:
    """Collects the directives of one file."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self._module: tuple[str, int, str] | None = None
        self._go: Directive | None = None
        self._toolchain: Directive | None = None
        self._requires: list[Require] = []
        self._replaces: list[Replace] = []
        self._excludes: list[Exclude] = []
        self._retracts: list[Retract] = []
        self._lists: dict[str, list[Directive]] = {"tool": [], "ignore": [], "godebug": []}

    def read(self, statement: syntax.Statement) -> None:
        verb = statement.verb
        if not self._strict and verb not in _LAX_VERBS:
            return
        try:
            if verb == "require":
                self._require(statement)
            else:
                self._other(verb, statement)
        except directives.DirectiveError as error:
            raise syntax.SyntaxProblemError(str(error), statement.line) from None

    def result(self) -> ModFile:
        path, line, deprecated = self._module or ("", 0, "")
        if self._strict:
            _check_retracts(path, self._retracts)
        return ModFile(
            path=path,
            path_line=line,
            deprecated=deprecated,
            go=self._go,
            toolchain=self._toolchain,
            requires=tuple(self._requires),
            replaces=tuple(self._replaces),
            excludes=tuple(self._excludes),
            retracts=tuple(self._retracts),
            tools=tuple(self._lists["tool"]),
            ignores=tuple(self._lists["ignore"]),
            godebugs=tuple(self._lists["godebug"]),
        )

    def _require(self, statement: syntax.Statement) -> None:
        path, version = directives.module_version(statement.args, "require", queries=self._strict)
        self._requires.append(Require(path, version, _is_indirect(statement.suffix), statement.line))

    def _other(self, verb: str, statement: syntax.Statement) -> None:
        args, line = statement.args, statement.line
        match verb:
            case "module":
                _once(self._module, verb)
                self._module = (directives.one(args, verb), line, _deprecation(statement))
            case "go":
                _once(self._go, verb)
                self._go = Directive(directives.go_version(args, strict=self._strict), line)
            case "toolchain":
                _once(self._toolchain, verb)
                self._toolchain = Directive(directives.toolchain(args), line)
            case "replace":
                self._replaces.append(Replace(*directives.replacement(args, queries=True), line))
            case "exclude":
                self._excludes.append(Exclude(*directives.module_version(args, verb, queries=True), line))
            case "retract":
                self._retract(statement)
            case "tool" | "ignore":
                self._lists[verb].append(Directive(directives.one(args, verb), line))
            case "godebug":
                self._lists[verb].append(Directive(directives.godebug(args), line))
            case _:
                raise directives.DirectiveError(f"unknown directive {verb}")

    def _retract(self, statement: syntax.Statement) -> None:
        try:
            low, high, rest = directives.interval(statement.args)
        except directives.DirectiveError:
            if self._strict:
                raise
            return  # a later Go may know more forms; a dependency may use them
        if rest and self._strict:
            raise directives.DirectiveError(f"unexpected {rest[0]} after the version")
        self._retracts.append(Retract(low, high, statement.comment_text(), statement.line))


def _once(earlier: object, verb: str) -> None:
    if earlier is not None:
        raise directives.DirectiveError(f"a second {verb} directive")


def _check_retracts(path: str, retracts: list[Retract]) -> None:
    """Retracted versions are the module's own, whose path may stand behind them."""
    for retract in retracts:
        if not path:
            raise syntax.SyntaxProblemError("retract without a module directive", retract.line)
        try:
            for version in (retract.low, retract.high):
                directives.agreed_version(path, version, queries=True)
        except directives.DirectiveError as error:
            raise syntax.SyntaxProblemError(f"retract {error}", retract.line) from None


def _is_indirect(suffix: str) -> bool:
    """`// indirect`, alone or followed by `;` and more."""
    if "indirect" not in suffix:
        return False
    words = suffix[2:].split()
    return words == ["indirect"] or (len(words) > 1 and words[0] == "indirect;")


def _deprecation(statement: syntax.Statement) -> str:
    match = _DEPRECATED.search(statement.comment_text())
    return match[1] if match else ""
