"""Templates of workflows made into files: placeholders `@NAME@`, and lines that stand or fall with a block's name.

A template is the text of a workflow. `@NAME@` is replaced by the value of NAME. A line that is nothing but
`#? if NAME` opens a block and `#? end` closes it; the two lines go, and what is between them stays where NAME is among
the blocks asked for (`#? if not NAME`: where it is not). Blocks may lie in blocks.

Values come from repositories, so that they are held to characters that cannot end a YAML scalar or begin an expression.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from importlib.resources import files

_PLACEHOLDER = re.compile(r"@([A-Z][A-Z0-9_]*)@")
_LINE = re.compile(r"\s*#\?\s*(?P<word>\S*)(?:\s+(?P<rest>.*?))?\s*")
_BLOCK = re.compile(r"(?P<negated>not\s+)?(?P<name>[a-z][a-z0-9-]*)")
_LISTS = frozenset({"IMAGES", "SERVICES", "ENVIRONMENTS", "DEFAULT_BRANCH"})  # those that are YAML, made by `quoted`
_VALUE = re.compile(r"[A-Za-z0-9._/:,+*~=@!?()|\[\] '-]*")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._/-]*")
_MEANT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})  # YAML 1.1 or 1.2 reads no text here


class TemplateError(ValueError):
    """A template that is not well formed, or a value that it cannot take."""


def rendered(name: str, values: Mapping[str, str], blocks: Collection[str]) -> str:
    """The text of template `name` (without `.yml`) with its values, and with the blocks that were asked for.

    Raises:
        TemplateError: a placeholder without a value, a block without its end, or a value that holds more than letters,
            digits and the marks of names and lists. FileNotFoundError: there is no such template.
    """
    return render(template(name), values, blocks, name)


def template(name: str) -> str:
    """The source of a template."""
    return files("go_release_gate.pipeline").joinpath("templates", f"{name}.yml").read_text("utf-8")


def render(text: str, values: Mapping[str, str], blocks: Collection[str], name: str = "template") -> str:
    """What `rendered` does, of a template's text."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise TemplateError(f"{name}: @{match[1]}@ has no value")
        return _checked(match[1], values[match[1]])

    return _PLACEHOLDER.sub(value, "".join(_standing(text, blocks, name)))


def placeholders(text: str, blocks: Collection[str] | None = None) -> frozenset[str]:
    """The names of the placeholders of a template's text: of all of it, or of what stands with these blocks."""
    return frozenset(_PLACEHOLDER.findall(text if blocks is None else "".join(_standing(text, blocks, "template"))))


def is_writable(value: str) -> bool:
    """Whether a value may stand in a workflow as it is."""
    return _VALUE.fullmatch(value) is not None and ": " not in value and not value.endswith(":")


def quoted(text: str) -> str:
    """A text as YAML inside a list: in quotes where it could be read as a number, a truth value or a mark.

    Raises TemplateError: a text that a workflow cannot take.
    """
    if not is_writable(text):
        raise TemplateError(f"{text!r} holds characters that a workflow cannot take as they are")
    return text if _PLAIN.fullmatch(text) and text.lower() not in _MEANT else f'"{text}"'


def _checked(name: str, value: str) -> str:
    if not is_writable(re.sub(r"[{}\"]|: ", "", value) if name in _LISTS else value):
        raise TemplateError(f"the value of @{name}@ holds characters that a workflow cannot take as they are")
    return value


def _standing(text: str, blocks: Collection[str], name: str) -> Iterator[str]:
    """The lines that stand."""
    open_blocks: list[bool] = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            if all(open_blocks):
                yield line
        elif match["word"] == "if":
            open_blocks.append(_is_asked(match["rest"] or "", blocks, f"{name}:{number}"))
        elif match["word"] == "end" and not match["rest"] and open_blocks:
            open_blocks.pop()
        else:
            raise TemplateError(f"{name}:{number}: expected `#? if NAME` or the `#? end` of an open block")
    if open_blocks:
        raise TemplateError(f"{name}: a block has no `#? end`")


def _is_asked(words: str, blocks: Collection[str], place: str) -> bool:
    match = _BLOCK.fullmatch(words)
    if match is None:
        raise TemplateError(f"{place}: expected `#? if NAME` or `#? if not NAME`")
    return (match["name"] in blocks) is not bool(match["negated"])
