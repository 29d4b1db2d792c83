"""Tokens to a tree, by the peer's grammar (handlebars.yy of @handlebars/parser)."""

from __future__ import annotations

import re
from collections.abc import Callable

from go_release_gate.oci.handlebars.errors import TemplateError
from go_release_gate.oci.handlebars.lexer import Token, tokens
from go_release_gate.oci.handlebars.tree import (
    Argument,
    Block,
    Call,
    Comment,
    Content,
    Literal,
    Mustache,
    Path,
    Program,
    Statement,
    Strip,
    Unsupported,
    Value,
)
from go_release_gate.oci.javascript import number

_NAMES = {"id", "data", "string", "number", "boolean", "undefined", "null"}
_WORDS = {
    "end": "nothing more",
    "close": "}}",
    "close-unescaped": "}}}",
    "close-raw": "}}}}",
    "close-sexpr": ")",
    "close-block-params": "|",
    "open-end": "{{/ and the name of the block",
    "end-raw": "{{{{/ and the name of the block",
    "equals": "=",
}
_BRACKETS = re.compile("\\[[^\n\r\u2028\u2029]*\\]")


def parse(template: str) -> Program:
    """The tree of `template`, its white space untouched.

    Raises:
        TemplateError: the template is not in the grammar, or an end tag does not fit its block.
    """
    reader = _Reader(list(tokens(template)))
    program = reader.program()
    reader.take("end")
    return program


class _Reader:
    """Recursive descent; each method reads one rule of the grammar."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._next = 0

    def kind(self, ahead: int = 0) -> str:
        index = min(self._next + ahead, len(self._tokens) - 1)
        return self._tokens[index].kind

    def take(self, *kinds: str) -> Token:
        token = self._tokens[self._next]
        if token.kind not in kinds:
            found = "the end of the template" if token.kind == "end" else repr(token.text[:40])
            expected = "a name or a value" if set(kinds) <= _NAMES else " or ".join(_WORDS.get(k, k) for k in kinds)
            raise TemplateError(f"a template has {found}; expected {expected} there")
        self._next += token.kind != "end"
        return token

    def program(self) -> Program:
        body: list[Statement] = []
        while statement := self.statement():
            body.append(statement)
        return Program(body)

    def statement(self) -> Statement | None:
        readers: dict[str, Callable[[], Statement]] = {
            "content": self.content,
            "comment": self.comment,
            "open": self.mustache,
            "open-unescaped": self.mustache,
            "open-block": self.block,
            "open-inverse": self.inverse_block,
            "open-raw": self.raw_block,
            "open-partial": self.partial,
            "open-partial-block": self.partial_block,
        }
        reader = readers.get(self.kind())
        return reader() if reader else None

    def content(self) -> Content:
        text = self.take("content").text
        return Content(text, text)

    def comment(self) -> Comment:
        text = self.take("comment").text
        return Comment(_strip(text, text))

    def mustache(self) -> Mustache | Unsupported:
        opened = self.take("open", "open-unescaped")
        call = self.call()
        closed = self.take("close" if opened.kind == "open" else "close-unescaped")
        strip = _strip(opened.text, closed.text)
        if "*" in opened.text:
            return Unsupported("a decorator", strip, stands_alone=False)
        is_escaped = opened.text[2:].lstrip("~") not in {"{", "&"}
        return Mustache(call, escaped=is_escaped, strip=strip)

    def block(self) -> Block:
        opened = self.take("open-block")
        call, params, strip = self.opening(opened)
        program = self.program()
        program.block_params = params
        block = Block(call, program, None, open_strip=strip)
        chained = self.inverse_chain(block)
        if "*" in opened.text:
            block.unsupported = "a decorator"
            if block.inverse:
                raise TemplateError("a decorator has an else; expected none")
        block.close_strip = self.closing(call)
        if chained:
            chained.close_strip = block.close_strip
        return block

    def inverse_block(self) -> Block:
        call, params, strip = self.opening(self.take("open-inverse"))
        program = self.program()
        program.block_params = params
        block = Block(call, None, program, open_strip=strip)
        if self.kind() == "inverse":
            block.inverse_strip, block.program = self.plain_inverse()
        block.close_strip = self.closing(call)
        return block

    def inverse_chain(self, block: Block) -> Block | None:
        """Reads what follows a block's program; the first block of an `else if` chain, where there is one."""
        if self.kind() == "inverse":
            block.inverse_strip, block.inverse = self.plain_inverse()
            return None
        if self.kind() != "open-chain":
            return None
        opened = self.take("open-chain")
        call, params, strip = self.opening(opened)
        program = self.program()
        program.block_params = params
        inner = Block(call, program, None, open_strip=strip)
        chained = self.inverse_chain(inner)
        inner.close_strip = inner.inverse_strip
        if chained:
            chained.close_strip = inner.close_strip
        block.inverse, block.inverse_strip = Program([inner], chained=True), strip
        return inner

    def plain_inverse(self) -> tuple[Strip, Program]:
        text = self.take("inverse").text
        return _strip(text, text), self.program()

    def raw_block(self) -> Block:
        self.take("open-raw")
        call = self.call()
        self.take("close-raw")
        body: list[Statement] = []
        while self.kind() == "content":
            body.append(self.content())
        _check_closed(call.callee.original, self.take("end-raw").text)
        return Block(call, Program(body), None)

    def partial(self) -> Unsupported:
        opened = self.take("open-partial")
        self.partial_call()
        strip = _strip(opened.text, self.take("close").text)
        return Unsupported("a partial", strip, stands_alone=True)

    def partial_block(self) -> Block:
        opened = self.take("open-partial-block")
        call = self.partial_call()
        strip = _strip(opened.text, self.take("close").text)
        program = self.program()
        block = Block(call, program, None, open_strip=strip, unsupported="a partial")
        block.close_strip = self.closing(call)
        return block

    def partial_call(self) -> Call:
        """A partial's name may itself be a call."""
        if self.kind() != "open-sexpr":
            return self.call()
        self.sub_expression()
        return Call(Path((), "\x00"), *self.arguments())

    def opening(self, opened: Token) -> tuple[Call, tuple[str, ...], Strip]:
        call = self.call()
        params: list[str] = []
        if self.kind() == "open-block-params":
            self.take("open-block-params")
            params.append(_unbracketed(self.take("id").text))
            while self.kind() == "id":
                params.append(_unbracketed(self.take("id").text))
            self.take("close-block-params")
        return call, tuple(params), _strip(opened.text, self.take("close").text)

    def closing(self, call: Call) -> Strip:
        opened = self.take("open-end")
        _check_closed(call.callee.original, self.name().original)
        return _strip(opened.text, self.take("close").text)

    def call(self) -> Call:
        return Call(self.name(), *self.arguments())

    def arguments(self) -> tuple[tuple[Argument, ...], tuple[tuple[str, Argument], ...]]:
        params: list[Argument] = []
        while self.is_param() and not self.is_named():
            params.append(self.param())
        named: list[tuple[str, Argument]] = []
        while self.is_named():
            key = _unbracketed(self.take("id").text)
            self.take("equals")
            named.append((key, self.param()))
        return tuple(params), tuple(named)

    def is_param(self) -> bool:
        return self.kind() in _NAMES or self.kind() == "open-sexpr"

    def is_named(self) -> bool:
        return self.kind() == "id" and self.kind(1) == "equals"

    def param(self) -> Argument:
        return self.sub_expression() if self.kind() == "open-sexpr" else self.name()

    def sub_expression(self) -> Call:
        self.take("open-sexpr")
        call = self.call()
        self.take("close-sexpr")
        return call

    def name(self) -> Path | Value:
        kind = self.kind()
        if kind == "data":
            self.take("data")
            return self.path(data=True)
        if kind == "id":
            return self.path(data=False)
        text = self.take("string", "number", "boolean", "undefined", "null").text
        values: dict[str, Literal] = {"string": text, "boolean": text == "true"}
        value = number(text) if kind == "number" else values.get(kind)
        return Value(value, undefined=kind == "undefined")

    def path(self, *, data: bool) -> Path:
        original, parts, depth = "@" if data else "", list[str](), 0
        separator = ""
        while True:
            written = self.take("id").text
            part = _unbracketed(written)
            original += separator + part
            if part == written and part in {"..", ".", "this"}:
                if parts:
                    raise TemplateError(f"a template has the path {original!r}; expected {part!r} at its start only")
                depth += part == ".."
            else:
                parts.append(part)
            if self.kind() != "separator":
                return Path(tuple(parts), original, depth, data)
            separator = self.take("separator").text


def _strip(opened: str, closed: str) -> Strip:
    return Strip(opened[2:3] == "~", len(closed) > 2 and closed[-3] == "~")


def _unbracketed(text: str) -> str:
    return text[1:-1] if _BRACKETS.fullmatch(text) else text


def _check_closed(opened: object, closed: object) -> None:
    if opened != closed or type(opened) is not type(closed):
        raise TemplateError(f"a template opens {opened!r} and closes {closed!r}; expected the same name")
