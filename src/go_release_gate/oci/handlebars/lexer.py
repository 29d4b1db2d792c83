"""A template's text to tokens: outside of tags, within them, in comments and in raw blocks."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from go_release_gate.oci.handlebars.errors import TemplateError
from go_release_gate.oci.javascript import SPACES

_S = f"[{SPACES}]"
_END = rf"(?=[=~}}{SPACES}/.)|])"
_LITERAL_END = rf"(?=[~}}{SPACES})])"
_NAME = rf"""[^{SPACES}!"#%-,./;->@\[-^`{{-~]+"""

_ESCAPED_TAG = re.compile(r"[^\x00]{2,}?(?=\{\{|\\\{\{|\\\\\{\{|\Z)")
_COMMENT = re.compile(r"[^\x00]*?--~?\}\}")
_RAW_OPEN = re.compile(r"\{\{\{\{(?=[^/])")
_RAW_CLOSE = re.compile(rf"\{{\{{\{{\{{/{_NAME}(?=[=}}{SPACES}/.])\}}\}}\}}\}}")
_RAW_TEXT = re.compile(r"[^\x00]+?(?=\{\{\{\{)")

# Within a tag the first that fits counts, not the longest.
_RULES = [
    ("open-sexpr", r"\("),
    ("close-sexpr", r"\)"),
    ("open-raw", r"\{\{\{\{"),
    ("close-raw", r"\}\}\}\}"),
    ("open-partial", r"\{\{~?>"),
    ("open-partial-block", r"\{\{~?#>"),
    ("open-block", r"\{\{~?#\*?"),
    ("open-end", r"\{\{~?/"),
    ("inverse", rf"\{{\{{~?\^{_S}*~?\}}\}}|\{{\{{~?{_S}*else{_S}*~?\}}\}}"),
    ("open-inverse", r"\{\{~?\^"),
    ("open-chain", rf"\{{\{{~?{_S}*else\b"),
    ("open-unescaped", r"\{\{~?\{"),
    ("open", r"\{\{~?&"),
    ("long-comment", r"\{\{~?!--"),
    ("comment", r"\{\{~?!(?s:.)*?\}\}"),
    ("open", r"\{\{~?\*?"),
    ("equals", r"="),
    ("id", rf"\.\.|\.{_END}"),
    ("separator", r"[/.]"),
    ("space", rf"{_S}+"),
    ("close-unescaped", r"\}~?\}\}"),
    ("close", r"~?\}\}"),
    ("double", r'"(?:\\"|[^"])*"'),
    ("single", r"'(?:\\'|[^'])*'"),
    ("data", r"@"),
    ("boolean", rf"(?:true|false){_LITERAL_END}"),
    ("undefined", rf"undefined{_LITERAL_END}"),
    ("null", rf"null{_LITERAL_END}"),
    ("number", rf"-?[0-9]+(?:\.[0-9]+)?{_LITERAL_END}"),
    ("open-block-params", rf"as{_S}+\|"),
    ("close-block-params", r"\|"),
    ("id", rf"{_NAME}{_END}"),
    ("bracketed", r"\[(?:\\\]|[^\]])*\]"),
]
_TAG = re.compile("|".join(f"(?P<r{number}>{pattern})" for number, (_, pattern) in enumerate(_RULES)), re.ASCII)
_LEAVING = {"inverse", "comment", "close-unescaped", "close"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a template; `text` is how it was written, for a string without quotes and backslashes."""

    kind: str
    text: str


def tokens(template: str) -> Iterator[Token]:
    """The tokens of `template`, the last of kind `end`.

    Raises:
        TemplateError: a character that can stand nowhere, or a comment or raw block without its end.
    """
    if "\x00" in template:
        raise TemplateError("a template has a NUL character; expected text")
    position = 0
    while position < len(template):
        text, position, escaped = _text(template, position)
        if escaped:
            if text:
                yield Token("content", text)
            match = _ESCAPED_TAG.match(template, position)
            assert match is not None  # noqa: S101 - two braces stand here
            text, position = match[0], match.end()
            yield Token("content", text)
            continue
        if text:
            yield Token("content", text)
        if position < len(template):
            position = yield from _tag(template, position)
    yield Token("end", "")


def _text(template: str, position: int) -> tuple[str, int, bool]:
    """The text up to the next tag, where it ends, and whether a backslash makes that tag text."""
    end = template.find("{{", position)
    if end < 0:
        return template[position:], len(template), False
    text = template[position:end]
    if text.endswith("\\\\"):
        return text[:-1], end, False
    if text.endswith("\\"):
        return text[:-1], end, True
    return text, end, False


def _tag(template: str, position: int) -> Generator[Token, None, int]:
    """The tokens of one tag, from its braces on; returns where it ends."""
    while position < len(template):
        match = _TAG.match(template, position)
        if match is None and "}}" not in template[position:]:
            raise TemplateError("a template has braces that nothing closes; expected }} behind the name")
        if match is None:
            raise TemplateError(f"a template has {template[position]!r} inside of braces; expected a name or a quote")
        kind = _RULES[int((match.lastgroup or "r0")[1:])][0]
        if kind == "long-comment":
            match = _matched(_COMMENT, template, position, "a comment has no --}}")
            yield Token("comment", match[0])
            return match.end()
        position = match.end()
        if kind != "space":
            yield _token(kind, match[0])
        if kind in _LEAVING:
            return position
        if kind == "close-raw":
            return (yield from _raw(template, position))
    return position


def _token(kind: str, text: str) -> Token:
    if kind in {"double", "single"}:
        quote = text[0]
        return Token("string", text[1:-1].replace("\\" + quote, quote))
    if kind == "bracketed":
        return Token("id", re.sub(r"\\([\\\]])", r"\1", text))
    return Token(kind, text)


def _raw(template: str, position: int) -> Generator[Token, None, int]:
    """The content of a raw block up to its end; raw blocks within are content."""
    depth = 1
    while depth:
        if match := _RAW_OPEN.match(template, position):
            depth += 1
            yield Token("content", match[0])
        elif match := _RAW_CLOSE.match(template, position):
            depth -= 1
            yield Token("content", match[0]) if depth else Token("end-raw", match[0][5:-4])
        else:
            match = _matched(_RAW_TEXT, template, position, "a raw block has no end")
            yield Token("content", match[0])
        position = match.end()
    return position


def _matched(pattern: re.Pattern[str], template: str, position: int, otherwise: str) -> re.Match[str]:
    match = pattern.match(template, position)
    if match is None:
        raise TemplateError(f"{otherwise}; expected one before the end of the template")
    return match
