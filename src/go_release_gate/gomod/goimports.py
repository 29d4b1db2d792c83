"""What a .go file says before its first declaration: package, imports with their lines, build constraint.

Nothing behind the imports is looked at, and nothing raises: of a broken file comes what could be read up to the
fault, which is what `go mod tidy` works with too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from go_release_gate.gomod import buildtags, quoting
from go_release_gate.gomod.syntax import GO_SPACE

_BOM = b"\xef\xbb\xbf"
_IDENT = rb"[0-9A-Za-z_\x80-\xff]"
# White space, semicolons and comments; possessive, so that no input makes it try again.
_GAP = rb"(?:[ \f\t\r\n;]++|//[^\n]*+(?:\n|\Z)|/\*(?:[^*]|\*(?!/))*+\*/)*+"
_LEADING = re.compile(_GAP)
_PACKAGE = re.compile(rb"package(?!" + _IDENT + rb")" + _GAP + rb"(" + _IDENT + rb"++)")
_IMPORT = re.compile(_GAP + rb"import(?!" + _IDENT + rb")" + _GAP + rb"(\(?)")
_SPEC = re.compile(
    _GAP + rb"(?:\.|" + _IDENT + rb"++)?" + _GAP + rb"(\"(?:[^\"\\\n]|\\.)*+\"|`[^`]*+`)",
    re.DOTALL,
)
_GROUP_END = re.compile(_GAP + rb"\)")


@dataclass(frozen=True, slots=True)
class GoFile:
    """The head of a .go file.

    Attributes:
        package: its name, empty when there is no package clause.
        imports: paths (`C` too) and the lines they stand on, in file order, duplicates kept.
        constraint: what must hold for it to be built, as one expression; empty: nothing.
            Made of the //go:build line, else the +build lines, and of the GOOS and GOARCH in its name.
        is_test: whether its name ends in `_test.go`.
        ignored: whether tidy leaves it out: by the tag `ignore`, a malformed constraint, or its name (`_x.go`).
    """

    package: str
    imports: tuple[tuple[str, int], ...]
    constraint: str
    is_test: bool
    ignored: bool


def scan(name: str, data: bytes) -> GoFile:
    """Read the head of the file called `name` (no directory)."""
    data = data.removeprefix(_BOM)
    leading = _LEADING.match(data)
    start = leading.end() if leading else 0
    package = _PACKAGE.match(data, start)
    constraint, considered = _constraint(name, data, package.start() if package else len(data))
    return GoFile(
        package=package[1].decode("utf-8", "replace") if package else "",
        imports=_imports(data, package.end()) if package else (),
        constraint=constraint,
        is_test=name.endswith("_test.go"),
        ignored=not considered or name.startswith(("_", ".")),
    )


def _imports(data: bytes, start: int) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    line, counted = 1, 0
    for literal, text in _literals(data, start):
        line += data.count(b"\n", counted, literal)
        counted = literal
        path = quoting.unquote(text.decode("utf-8", "replace"))
        if path is not None:
            found.append((path, line))
    return tuple(found)


def _literals(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Where each import's string begins, and the string as written; ends at the first thing that is no import."""
    while head := _IMPORT.match(data, at):
        at = head.end()
        spec = _SPEC.match(data, at)
        while spec:
            yield spec.start(1), spec[1]
            at = spec.end()
            if not head[1]:
                break
            spec = _SPEC.match(data, at)
        end = _GROUP_END.match(data, at) if head[1] else spec
        if end is None:
            return
        at = end.end()


def _constraint(name: str, data: bytes, package_at: int) -> tuple[str, bool]:
    """The constraint as one expression, and whether tidy reads a file under it."""
    end = data.find(b"\n", package_at)
    header = data[:end] if end >= 0 else data
    expressions: list[str] = []
    considered = True
    if b"build" in header:
        modern, legacy = _header(header.decode("utf-8", "replace"))
        if modern:
            expressions = modern[:1]
            considered = len(modern) == 1 and buildtags.is_considered(modern[0])
        else:
            expressions = [buildtags.legacy_expression(text) for text in legacy]
            considered = all(map(buildtags.is_legacy_considered, legacy))
    tags = buildtags.name_tags(name)
    return _join([*expressions, *tags]), considered


def _join(expressions: list[str]) -> str:
    if len(expressions) == 1:
        return expressions[0]
    return " && ".join(f"({text})" if "||" in text else text for text in expressions)


def _header(text: str) -> tuple[list[str], list[str]]:
    """The expressions of all //go:build lines, and the texts of the +build lines that stand where they count.

    The former count anywhere outside a block comment before the package clause; the latter only in the first run of
    // comments, with a blank line somewhere behind them.
    """
    modern: list[str] = []
    legacy: list[str] = []
    waiting: list[str] = []  # +build lines that no blank line follows yet
    in_first_run, in_block = True, False
    for raw in text.removesuffix("\n").split("\n"):
        line = raw.strip(GO_SPACE)
        if in_first_run and not line:
            legacy += waiting
            waiting = []
            continue
        in_first_run = in_first_run and line.startswith("//")
        if not in_block and (expression := _after(line, "//go:build")) is not None:
            modern.append(expression)
        if in_first_run and (plus := _after(line[2:].strip(GO_SPACE), "+build")) is not None:
            waiting.append(plus)
        in_block, has_code = _skip_comments(line, in_block=in_block)
        if has_code:
            break
    return modern, legacy


def _after(line: str, prefix: str) -> str | None:
    """What follows a prefix and white space; None where the line does not begin so."""
    if not line.startswith(prefix):
        return None
    rest = line[len(prefix) :]
    text = rest.strip(GO_SPACE)
    return text if not rest or text != rest else None


def _skip_comments(line: str, *, in_block: bool) -> tuple[bool, bool]:
    """Whether a block comment is open after the line, and whether the line holds anything but comments."""
    while line:
        if in_block:
            _, closed, line = line.partition("*/")
            if not closed:
                return True, False
            in_block = False
            line = line.strip(GO_SPACE)
        elif line.startswith("//"):
            return False, False
        elif line.startswith("/*"):
            in_block = True
            line = line[2:]
        else:
            return False, True
    return in_block, False
