"""The image builds of a bake file, HCL or JSON: https://docs.docker.com/build/bake/reference/.

Only what is written out: a value with a variable or a function in it is not known.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from go_release_gate.facts.image_builds import ImageBuild

NAMES = ("docker-bake.hcl", "docker-bake.json", "docker-bake.override.hcl", "docker-bake.override.json")
TARGETS = 200  # of one file
_TARGET = re.compile(r'^[ \t]*target[ \t]+"([^"]+)"[ \t]*\{', re.MULTILINE)
_VARIABLE = re.compile(r'^[ \t]*variable[ \t]+"(\w+)"[ \t]*\{', re.MULTILINE)
_TEXT = re.compile(
    r'^[ \t]*(dockerfile|context|target|default)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[\w.]+)[ \t]*(?:#.*|//.*)?$',
    re.MULTILINE,
)
_LIST = re.compile(r"^[ \t]*(platforms|inherits)[ \t]*=[ \t]*\[([^\]]*)\]", re.MULTILINE)
_ARGS = re.compile(r"^[ \t]*(args)[ \t]*=?[ \t]*\{", re.MULTILINE)
_BRACE = re.compile(r"[{}]")
_ARG = re.compile(r'^[ \t]*"?(\w+)"?[ \t]*[=:][ \t]*(.+?)[ \t]*,?[ \t]*$', re.MULTILINE)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_OPEN = "\ue000"


@dataclass(slots=True)
class _Target:
    line: int
    texts: dict[str, str] = field(default_factory=dict)
    platforms: list[str] | None = None
    inherits: list[str] = field(default_factory=list)
    arguments: dict[str, str] = field(default_factory=dict)


def bake_builds(path: str, text: str) -> tuple[ImageBuild, ...]:
    """The targets of a file that build from a Dockerfile of the repository. Never raises."""
    targets = _of_json(text) if path.endswith(".json") else _of_hcl(text)
    whole: dict[str, _Target] = {}
    bases = {base for target in targets.values() for base in target.inherits}  # they are seldom built themselves
    return tuple(_build(path, name, _whole(name, targets, whole)) for name in targets if name not in bases)


def _build(path: str, name: str, target: _Target) -> ImageBuild:
    context = target.texts.get("context", ".")
    context = "" if _OPEN in context or "://" in context else _inside(context)
    file = target.texts.get("dockerfile", "Dockerfile")
    known = {key: value for key, value in target.arguments.items() if _OPEN not in value}
    platforms = target.platforms or []
    return ImageBuild(
        path,
        target.line,
        name,
        _inside(f"{context}/{file}") if context and _OPEN not in file else "",
        context,
        target.texts.get("target", "") if _OPEN not in target.texts.get("target", "") else "",
        arguments=known,
        unknown=frozenset(target.arguments) - frozenset(known),
        lines=dict.fromkeys(target.arguments, target.line),
        platforms=tuple(dict.fromkeys(one for one in platforms if _OPEN not in one)),
        is_open=any(_OPEN in one for one in platforms),
    )


def _inside(path: str) -> str:
    normal = posixpath.normpath(path)
    return "" if normal.startswith(("..", "/")) else normal


def _whole(name: str, targets: Mapping[str, _Target], done: dict[str, _Target]) -> _Target:
    """The target with what it inherits; what it says itself wins. One that inherits from itself is as it is so far."""
    if name in done:
        return done[name]
    own = targets[name]
    found = done[name] = _Target(own.line)
    for base in dict.fromkeys(own.inherits):
        if base in targets:
            other = _whole(base, targets, done)
            found.texts |= other.texts
            found.arguments |= other.arguments
            found.platforms = other.platforms if other.platforms is not None else found.platforms
    found.texts |= own.texts
    found.arguments |= own.arguments
    found.platforms = own.platforms if own.platforms is not None else found.platforms
    return found


def _of_hcl(text: str) -> dict[str, _Target]:
    defaults = ((name, _texts(body, {}).get("default")) for name, body, _ in _blocks(_VARIABLE, text))
    variables = {name: value for name, value in defaults if value}
    found: dict[str, _Target] = {}
    for name, body, line in _blocks(_TARGET, text):
        target = _Target(line, _texts(body, variables))
        for key, inner in _LIST.findall(body):
            values = [_value(f'"{one}"', variables) for one in _STRING.findall(inner)]
            if key == "inherits":
                target.inherits = values
            else:
                target.platforms = values
        arguments = _blocks(_ARGS, body)[:1]
        for key, value in _ARG.findall(arguments[0][1]) if arguments else ():
            target.arguments[key] = _value(value, variables)
        found[name] = target
    return found


def _blocks(start: re.Pattern[str], text: str) -> list[tuple[str, str, int]]:
    """Name, body and line of each block."""
    return [
        (match[1], text[match.end() : _end(text, match.end())], text.count("\n", 0, match.start(1)) + 1)
        for match in islice(start.finditer(text), TARGETS)
    ]


def _end(text: str, at: int) -> int:
    """Where the brace that was opened before `at` is closed."""
    depth = 1
    for brace in _BRACE.finditer(text, at):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.start()
    return len(text)


def _texts(body: str, variables: Mapping[str, str]) -> dict[str, str]:
    return {name: _value(value, variables) for name, value in _TEXT.findall(body)}


def _value(word: str, variables: Mapping[str, str]) -> str:
    """A literal, or a variable with a default; anything else is open."""
    string = _STRING.fullmatch(word.strip())
    if string is None:
        return variables.get(word.strip(), _OPEN)
    return re.sub(r"\$\{(\w+)\}", lambda match: variables.get(match[1], _OPEN), string[1]).replace("${", _OPEN)


def _of_json(text: str) -> dict[str, _Target]:
    try:
        tree: Any = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    targets = tree.get("target") if isinstance(tree, dict) else None
    return {
        name: _json_target(body, text, name)
        for name, body in (list(targets.items())[:TARGETS] if isinstance(targets, dict) else ())
        if isinstance(body, dict)
    }


def _json_target(body: dict[str, Any], text: str, name: str) -> _Target:
    at = text.find(json.dumps(name))
    target = _Target(text.count("\n", 0, at) + 1 if at >= 0 else 1)
    target.texts = {
        key: _plain(value) for key, value in body.items() if key in ("dockerfile", "context", "target") and value
    }
    platforms, inherits, arguments = (body.get(key) for key in ("platforms", "inherits", "args"))
    target.platforms = [_plain(one) for one in platforms] if isinstance(platforms, list) else None
    target.inherits = [str(one) for one in inherits] if isinstance(inherits, list) else []
    target.arguments = {key: _plain(one) for key, one in arguments.items()} if isinstance(arguments, dict) else {}
    return target


def _plain(value: object) -> str:
    return value if isinstance(value, str) and "${" not in value else _OPEN
