"""Templates of the tag language: what Handlebars 4.7 (https://handlebarsjs.com/guide/) makes of them.

Everything the peer's engine does without partials and decorators: `{{name}}` with HTML escaped, `{{{name}}}` and
`{{&name}}` without, helpers with arguments (`{{date 'YYYY' tz='UTC'}}`) and within another (`(…)`), `if`, `unless`,
`each`, `with`, `lookup`, blocks over values, paths, `else` chains, literals, comments, `~`, raw blocks and backslashes.
A name that does not exist is empty; with arguments it is an error. Partials and decorators are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from go_release_gate.oci.handlebars.errors import TemplateError

__all__ = ["TemplateError", "is_only", "render"]

_NAME = re.compile(r"\{\{([a-z]+)\}\}")
_SPECIAL = re.compile(r"[{}\\\x00]")
_HARMLESS = re.compile(r"[0-9A-Za-z.+-]*")
_EXACT = 1 << 53  # JavaScript's whole numbers


def render(text: str, values: Mapping[str, object], helpers: Mapping[str, Callable[..., object]]) -> str:
    """`text` with its tags replaced.

    Args:
        text: the template.
        values: what names stand for: text, numbers, truth values, lists, mappings, None.
        helpers: called as `helper(*positional, **named)` with what the template gives; one that takes nothing is called
            with nothing, and what does not fit its parameters is an error. Helpers themselves raise TemplateError.

    Raises:
        TemplateError: the template cannot be read, a helper does not exist or fails, or nesting is too deep.
    """
    if "{{" not in text and "\x00" not in text:
        return text
    if (simple := _simple(text, values, helpers)) is not None:
        return simple
    from go_release_gate.oci.handlebars import evaluation, parser, spacing

    try:
        program = spacing.trim(parser.parse(text))
        return evaluation.evaluate(program, {**values, **helpers})
    except RecursionError:
        raise TemplateError("a template is nested too deeply; expected fewer blocks and brackets") from None


def is_only(text: str, name: str) -> bool:
    """Whether `text` is one tag with this name and nothing around it, whatever its arguments; False for no template."""
    if name not in text:
        return False
    from go_release_gate.oci.handlebars import parser
    from go_release_gate.oci.handlebars.tree import Mustache, Path

    try:
        body = parser.parse(text).body
    except (TemplateError, RecursionError):
        return False
    if len(body) != 1 or not isinstance(body[0], Mustache):
        return False
    callee = body[0].call.callee
    return isinstance(callee, Path) and callee.parts == (name,)


def _simple(text: str, values: Mapping[str, object], helpers: Mapping[str, object]) -> str | None:
    """What comes of names in double braces that stand for versions or numbers; None: it takes the whole engine.

    Nearly every pattern is like this, and loading the engine takes longer than all the rest of it.
    """
    pieces = _NAME.split(text)
    for at, piece in enumerate(pieces):
        if at % 2 == 0:
            if _SPECIAL.search(piece):
                return None
            continue
        value = None if piece in helpers else values.get(piece)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _EXACT:
            pieces[at] = str(value)
        elif isinstance(value, str) and _HARMLESS.fullmatch(value):
            pieces[at] = value
        else:
            return None
    return "".join(pieces)
