"""How GitHub's runner reads a log: a port of the behaviour of its two command parsers and of stop-commands.

The newer syntax `::name key=value,…::data` counts at the beginning of a line, after white space; the legacy syntax
`##[name key=value;…]data` counts anywhere in a line. Names match without regard to case. After stop-commands
nothing counts until its token comes as a command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_SETTERS = ("set-env", "add-path", "set-output", "save-state", "add-mask", "add-matcher", "remove-matcher")
_SPEAKERS = ("debug", "warning", "error", "notice", "group", "endgroup", "echo")
KNOWN = frozenset((*_SETTERS, *_SPEAKERS, "internal-set-repo-path", "stop-commands"))
# Characters that culture-aware comparison may skip, as if they were not there.
_SKIPPED = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)


@dataclass
class Found:
    """A command that the runner would obey."""

    name: str
    data: str = ""
    properties: dict[str, str] = field(default_factory=dict)


def commands(log: bytes | str) -> list[Found]:
    """Every command in a log, obeying stop-commands; read literally."""
    text = log.decode("utf-8", "replace") if isinstance(log, bytes) else log
    return list(_obeyed(re.split(r"\r\n|\n|\r", text)))


def lenient_commands(log: bytes | str) -> list[Found]:
    """The same for a runner whose string comparison skips invisible characters."""
    text = log.decode("utf-8", "replace") if isinstance(log, bytes) else log
    return commands(_SKIPPED.sub("", text))


def _obeyed(lines: list[str]) -> Iterator[Found]:
    token: str | None = None
    for line in lines:
        known = KNOWN | ({token} if token else set())
        found = parse_new(line, known) or parse_legacy(line, known)
        if found is None or (token and found.name != token):
            continue
        token = found.data.lower() if found.name == "stop-commands" else None if found.name == token else token
        yield found


def parse_new(line: str, known: frozenset[str] | set[str] = KNOWN) -> Found | None:
    """`::name key=value,…::data`."""
    line = line.lstrip()
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return None
    return _found(line[2:end], line[end + 2 :], ",", known)


def parse_legacy(line: str, known: frozenset[str] | set[str] = KNOWN) -> Found | None:
    """`##[name key=value;…]data`."""
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    return _found(line[start + 3 : end], line[end + 1 :], ";", known)


def _found(info: str, data: str, separator: str, known: frozenset[str] | set[str]) -> Found | None:
    name, _, rest = info.partition(" ")
    if name.lower() not in known:
        return None
    pairs = (part.partition("=") for part in rest.strip().split(separator) if "=" in part)
    return Found(name.lower(), _unescaped(data), {key.strip(): _unescaped(value) for key, _, value in pairs})


def _unescaped(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text
