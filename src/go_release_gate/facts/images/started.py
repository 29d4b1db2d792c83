"""What an image starts, and as whom. Pure.

https://github.com/opencontainers/image-spec/blob/v1.1.1/conversion.md (config.User, Entrypoint and Cmd)
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from go_release_gate.facts.image_content import ImageConfig
from go_release_gate.facts.shebang import interpreters as named

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "busybox"})
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_WORDS = 32  # looked at of a command line
_DRIVE = re.compile(r"^[A-Za-z]:")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


@dataclass(frozen=True, slots=True)
class Accounts:
    """Users and groups of an image. `users`: name → (number, group); `groups`: name → (number, members)."""

    users: Mapping[str, tuple[int, int]]
    groups: Mapping[str, tuple[int, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Runtime:
    """Whom the image's processes run as; None: nothing tells."""

    user: int
    groups: frozenset[int]


def places(config: ImageConfig) -> tuple[tuple[str, ...], ...]:
    """For each program that the command line names, where it may be: absolute paths, the first that is there counts.

    The first is what is started; further ones are what a shell or a wrapper starts then.
    """
    words = (*config.entrypoint, *config.command)[:_WORDS]
    found = [_places(words[0], config)] if words else []
    if len(words) > 2 and posixpath.basename(words[0]) in SHELLS and words[1].endswith("c") and words[1][:1] == "-":
        inner = _first_of_script(words[2])
        found += [_places(inner, config)] if inner else []
    found += [_places(word, config) for word in words[1:] if word.startswith(("/", "./"))]
    return tuple(one for one in dict.fromkeys(found) if one)


def interpreters(shebang: str, config: ImageConfig) -> tuple[tuple[str, ...], ...]:
    """For each program that the first line of a script names, where it may be."""
    return tuple(_places(word, config) for word in named(shebang))


def names(config: ImageConfig) -> frozenset[bytes]:
    """Last parts of the paths that are started, and the usual shells."""
    last = {posixpath.basename(path) for each in places(config) for path in each}
    return frozenset(name.encode("utf-8", "surrogateescape") for name in (*last, *SHELLS) if name)


def accounts(passwd: bytes, group: bytes) -> Accounts:
    """Read /etc/passwd and /etc/group; lines that are none are passed over, the first of a name counts."""
    users: dict[str, tuple[int, int]] = {}
    for fields in _lines(passwd):
        if len(fields) >= 4 and fields[2].isdecimal() and fields[3].isdecimal():
            users.setdefault(fields[0], (int(fields[2][:10]), int(fields[3][:10])))
    groups: dict[str, tuple[int, tuple[str, ...]]] = {}
    for fields in _lines(group):
        if len(fields) >= 3 and fields[2].isdecimal():
            members = tuple(filter(None, fields[3].split(","))) if len(fields) > 3 else ()
            groups.setdefault(fields[0], (int(fields[2][:10]), members))
    return Accounts(users, groups)


def runtime(user: str, known: Accounts) -> Runtime | None:
    """Whom `USER` means: `name`, `number`, either with `:group`; empty: root."""
    name, colon, group = user.partition(":")
    if not name:
        number, main, name = 0, 0, "root"
    elif name.isdecimal():
        number = int(name[:10])
        by_number = ((key, value) for key, value in known.users.items() if value[0] == number)
        name, (_, main) = next(by_number, ("", (number, 0)))
    elif name in known.users:
        number, main = known.users[name]
    else:
        return None
    if colon and group:
        if not group.isdecimal() and group not in known.groups:
            return None
        return Runtime(number, frozenset({int(group[:10]) if group.isdecimal() else known.groups[group][0]}))
    further = {number_ for number_, members in known.groups.values() if name and name in members}
    return Runtime(number, frozenset({main, *further}))


def _places(word: str, config: ImageConfig) -> tuple[str, ...]:
    if "\0" in word or not word:
        return ()
    if config.os == "windows":
        return _windows_places(word, config)
    if "/" in word:
        return (posixpath.normpath(posixpath.join("/", config.directory, word)),)
    folders = config.environment.get("PATH", PATH).split(":")[:64]
    return tuple(posixpath.join("/", config.directory, folder, word) for folder in folders)


def _windows_places(word: str, config: ImageConfig) -> tuple[str, ...]:
    """Below `Files`, where layers of Windows images have their files; names without ending are those of programs."""
    path = posixpath.join("/", *(_DRIVE.sub("", each.replace("\\", "/")) for each in (config.directory, word)))
    return tuple(f"/Files{posixpath.normpath(path)}{ending}" for ending in ("", ".exe"))


def _first_of_script(text: str) -> str:
    """The program that a simple command line starts; empty where nothing is sure."""
    try:
        words = shlex.split(text[:4096])
    except ValueError:
        return ""
    while words and (words[0] == "exec" or _ASSIGNMENT.match(words[0])):
        words = words[1:]
    return words[0] if words and re.fullmatch(r"[\w./+-]+", words[0]) else ""


def _lines(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8", "replace")
    return [line.split(":") for line in text.splitlines()[:10_000] if line and not line.startswith("#")]
