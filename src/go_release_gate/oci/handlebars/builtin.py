"""The helpers that every template has: if, unless, with, each, lookup, log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from go_release_gate.oci.handlebars.errors import TemplateError
from go_release_gate.oci.handlebars.frame import Body, Options
from go_release_gate.oci.handlebars.values import get, is_empty, is_true, keys, text

Resolve = Callable[[object], object]
"""Gives a function's result, and every other value unchanged."""


def call(name: str, params: Sequence[object], options: Options, resolve: Resolve) -> object:
    """What the built-in helper `name` gives.

    Raises:
        TemplateError: it needs another number of arguments, or a block; or is one that only the engine calls.
    """
    helper = HELPERS[name]
    if helper is None:
        raise TemplateError(f"a template calls {name}, which only the engine calls; expected another name")
    return helper(params, options, resolve)


def block_value(value: object, options: Options) -> object:
    """A block over a value, `{{#name}}`: true and other values once, a list for each item, nothing otherwise."""
    body, otherwise = _programs("a block", options)
    here = options.frame.context
    if value is True:
        return body(here, None, None)
    if value is None or value is False:
        return otherwise(here, None, None)
    if isinstance(value, list | tuple):
        return _each([value], options, lambda item: item) if value else otherwise(here, None, None)
    return body(value, None, list(options.frame.named))  # the names of such a block mean those around (observed)


def _if(params: Sequence[object], options: Options, resolve: Resolve) -> object:
    condition = resolve(_only("if", params))
    body, otherwise = _programs("if", options)
    counts_zero = is_true(options.named.get("includeZero"))
    is_negative = (not counts_zero and not is_true(condition)) or is_empty(condition)
    return (otherwise if is_negative else body)(options.frame.context, None, None)


def _unless(params: Sequence[object], options: Options, resolve: Resolve) -> object:
    _only("unless", params)
    swapped = Options(options.frame, options.named, options.otherwise, options.body)
    return _if(params, swapped, resolve)


def _with(params: Sequence[object], options: Options, resolve: Resolve) -> object:
    context = resolve(_only("with", params))
    body, otherwise = _programs("with", options)
    if is_empty(context):
        return otherwise(options.frame.context, None, None)
    return body(context, None, [context])


def _each(params: Sequence[object], options: Options, resolve: Resolve) -> object:
    items = resolve(_only("each", params))
    body, otherwise = _programs("each", options)
    pairs: list[tuple[object, object]] = []
    if isinstance(items, list | tuple):
        pairs = list(enumerate(items))
    elif isinstance(items, Mapping):
        pairs = [(key, items[key]) for key in keys(items)]
    if not pairs:
        return otherwise(options.frame.context, None, None)
    written = ""
    for index, (key, item) in enumerate(pairs):
        loop = {"key": key, "index": index, "first": index == 0, "last": index == len(pairs) - 1}
        written += text(body(item, options.frame.data.inner(loop), [item, key]))
    return written


def _lookup(params: Sequence[object], _options: Options, _resolve: Resolve) -> object:
    if params and not is_true(params[0]):
        return params[0]
    if len(params) != 2:
        raise TemplateError(f"lookup has {len(params)} arguments; expected an object and a name")
    return None if callable(params[1]) else get(params[0], text(params[1]))


def _log(_params: Sequence[object], _options: Options, _resolve: Resolve) -> object:
    return None


def _only(name: str, params: Sequence[object]) -> object:
    if len(params) != 1:
        raise TemplateError(f"{name} has {len(params)} arguments; expected one")
    return params[0]


def _programs(name: str, options: Options) -> tuple[Body, Body]:
    if options.body is None or options.otherwise is None:
        raise TemplateError(f"{name} is used as a value; expected {{{{#{name} …}}}} with its end")
    return options.body, options.otherwise


HELPERS: dict[str, Callable[[Sequence[object], Options, Resolve], object] | None] = {
    "if": _if,
    "unless": _unless,
    "with": _with,
    "each": _each,
    "lookup": _lookup,
    "log": _log,
    "helperMissing": None,
    "blockHelperMissing": None,
}
