"""A tree and a context to text, with the peer's rules for what a name means."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence

from go_release_gate.oci.handlebars import builtin
from go_release_gate.oci.handlebars.errors import TemplateError
from go_release_gate.oci.handlebars.frame import Body, Budget, Data, Frame, Options, nothing
from go_release_gate.oci.handlebars.tree import (
    Argument,
    Block,
    Call,
    Content,
    Mustache,
    Path,
    Program,
    Unsupported,
    Value,
)
from go_release_gate.oci.handlebars.values import added, escaped, get, is_true, text

_SCOPED = re.compile(r"^\.|this\b", re.ASCII)


def evaluate(program: Program, context: Mapping[str, object]) -> str:
    """The text of `program` in `context`, whose callables are helpers.

    Raises:
        TemplateError: a helper is missing or fails, or the template needs what is not supported.
    """
    frame = Frame((context,), Data({"root": context}), ((),), (), Budget())
    return text(_program(program, frame))


def _program(program: Program, frame: Frame) -> object:
    """The value of a program: usually text; a single unescaped value stays what it is.

    Pieces are added with JavaScript's `+`, so that numbers without text before them are added up (observed). Where a
    block needs statements of its own, the generated code starts a new sum: `_Sums` follows it.
    """
    frame.budget.spend()
    sums = _Sums()
    for statement in program.body:
        if isinstance(statement, Content):
            if statement.value:
                sums.add(statement.value)
        elif isinstance(statement, Mustache):
            value = _call(statement.call, frame)
            sums.add(escaped(value) if statement.escaped else "" if value is None else value)
        elif isinstance(statement, Block):
            value, breaks = _block(statement, frame)
            if breaks:
                sums.break_with(value)
            else:
                sums.add("" if value is None else value)
        elif isinstance(statement, Unsupported):
            raise _unsupported(statement.what)
    return sums.result(is_simple=len(program.body) == 1)


class _Sums:
    """The buffer of the generated code, and the sum that is still to be added to it."""

    def __init__(self) -> None:
        self._buffer: object = None
        self._last: object = ""
        self._terms: list[object] = []
        self._broken = False

    def add(self, value: object) -> None:
        self._terms.append(value)

    def break_with(self, value: object) -> None:
        """Adds a value that is computed by statements of its own."""
        self._flush()
        self._broken = True
        self._last = "" if value is None else value
        self._buffer = added(self._buffer, self._last)

    def result(self, *, is_simple: bool) -> object:
        if not self._broken:
            return _sum(self._terms)
        if is_simple:
            return self._last
        for term in self._terms:
            self._buffer = added(self._buffer, term)
        return self._buffer

    def _flush(self) -> None:
        if not self._broken:
            self._buffer = _sum(self._terms)
        elif self._terms:
            self._buffer = added(self._buffer, _sum(self._terms))
        self._terms = []


def _sum(terms: Sequence[object]) -> object:
    if not terms:
        return ""
    total = terms[0]
    for term in terms[1:]:
        total = added(total, term)
    return total


def _block(block: Block, frame: Frame) -> tuple[object, bool]:
    """The value of a block, and whether the generated code computes it in statements of its own."""
    if block.unsupported:
        raise _unsupported(block.unsupported)
    body, otherwise = _body(block.program, frame), _body(block.inverse, frame)
    call = block.call
    path = _path(call.callee)
    kind = _kind(call, path, frame)
    if kind == "helper":
        return _helper(call, path, frame, body, otherwise), False
    options = Options(frame, {}, body, otherwise)
    value = _plain(path, frame) if kind == "simple" else _ambiguous(path, frame)
    return builtin.block_value(value, options), kind == "ambiguous"


def _body(program: Program | None, frame: Frame) -> Body:
    if program is None:
        return nothing
    if any(isinstance(part, Unsupported) and not part.stands_alone for part in program.body):
        raise _unsupported("a decorator")  # it counts where its block stands, evaluated or not

    def evaluated(context: object, data: Data | None, named: Sequence[object] | None) -> object:
        return _program(program, frame.inner(context, program.block_params, data, named))

    return evaluated


def _call(call: Call, frame: Frame) -> object:
    path = _path(call.callee)
    kind = _kind(call, path, frame)
    if kind == "helper":
        return _helper(call, path, frame, None, None)
    return _plain(path, frame) if kind == "simple" else _ambiguous(path, frame)


def _path(callee: Path | Value) -> Path:
    """A literal in the place of a name is a name."""
    if isinstance(callee, Path):
        return callee
    name = "undefined" if callee.undefined else "null" if callee.value is None else text(callee.value)
    return Path((name,), name)


def _kind(call: Call, path: Path, frame: Frame) -> str:
    """`helper`: certainly a call; `ambiguous`: a call or a value; `simple`: a value."""
    is_simple_id = len(path.parts) == 1 and not _SCOPED.search(path.original) and not path.depth
    if is_simple_id and _named_value(path.parts[0], frame):
        return "simple"
    if call.params or call.named or (is_simple_id and path.parts[0] in builtin.HELPERS):
        return "helper"
    return "ambiguous" if is_simple_id else "simple"


def _helper(call: Call, path: Path, frame: Frame, body: Body | None, otherwise: Body | None) -> object:
    params = [_argument(param, frame) for param in call.params]
    named: dict[str, object] = {}
    for key, argument in reversed(dict(reversed(call.named)).items()):  # the first of two with one name counts
        if not (isinstance(argument, Value) and argument.undefined):  # `undefined` is as good as not given
            named[key] = _argument(argument, frame)
    if path.parts and path.parts[0] in builtin.HELPERS:
        options = Options(frame, named, body, otherwise)
        return builtin.call(path.parts[0], params, options, _resolved)
    found = _lookup(path, frame, falsy=True)
    if not is_true(found):
        if params:
            raise TemplateError(f"a template calls {path.original!r}, which does not exist; expected a known helper")
        return None
    if not callable(found):
        raise TemplateError(f"a template calls {path.original!r}, which is a value; expected it without arguments")
    return _applied(found, path.original, params, named)


def _ambiguous(path: Path, frame: Frame) -> object:
    found = _lookup(path, frame)
    return _applied(found, path.original, [], {}) if callable(found) else found


def _plain(path: Path, frame: Frame) -> object:
    return _resolved(_lookup(path, frame))


def _resolved(value: object) -> object:
    return _applied(value, "a helper", [], {}) if callable(value) else value


def _applied(
    function: Callable[..., object], name: str, params: Sequence[object], named: Mapping[str, object]
) -> object:
    """Calls a helper; one without parameters ignores arguments, as functions of JavaScript do."""
    signature = inspect.signature(function)
    if not signature.parameters:
        return function()
    try:
        signature.bind(*params, **named)
    except TypeError as error:
        raise TemplateError(f"{name} cannot be called so: {error}") from None
    return function(*params, **named)


def _argument(argument: Argument, frame: Frame) -> object:
    """The value of an argument; a helper's name alone is the helper, not its result."""
    if isinstance(argument, Value):
        return argument.value
    if isinstance(argument, Path):
        return _lookup(argument, frame)
    path = _path(argument.callee)
    is_simple_id = len(path.parts) == 1 and not _SCOPED.search(path.original) and not path.depth
    if is_simple_id and _named_value(path.parts[0], frame):
        return _plain(path, frame)
    return _helper(argument, path, frame, None, None)


def _lookup(path: Path, frame: Frame, *, falsy: bool = False) -> object:
    """The value a path leads to; None as soon as there is nothing."""
    parts = path.parts
    value: object
    place = None if path.depth or not parts or _SCOPED.search(path.original) else _named_value(parts[0], frame)
    if place is not None:
        value, parts, falsy = _block_param(place, frame, path), parts[1:], False
    elif path.data and parts:
        value, falsy = _data(path, frame), True
        if path.depth and value is None:
            return None
    else:
        value = frame.contexts[path.depth] if path.depth < len(frame.contexts) else None
    for part in parts:
        if value is None or (falsy and not is_true(value)):
            return value
        value = get(value, part)
    return value


def _data(path: Path, frame: Frame) -> object:
    data: Data | None = frame.data
    for _ in range(path.depth):
        data = data.parent if data else None
    return data.values if data else None


def _named_value(name: str, frame: Frame) -> tuple[int, int] | None:
    """Where the name of a block's value stands: which program, and which of its names."""
    for program, names in enumerate(frame.names):
        if name in names:
            return program, names.index(name)
    return None


def _block_param(place: tuple[int, int], frame: Frame, path: Path) -> object:
    program, index = place
    values = frame.named[program]
    if values is None:
        raise TemplateError(f"a template names {path.parts[0]!r} in a block that gives no value; expected each or with")
    return values[index] if index < len(values) else None


def _unsupported(what: str) -> TemplateError:
    return TemplateError(f"a template has {what}; expected values, helpers and blocks")
