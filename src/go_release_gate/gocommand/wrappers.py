"""What a command really runs: behind `env`, `sudo`, `timeout`, in `sh -c '…'`, in a script it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from go_release_gate.shell.unknown import has_hole

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh", "busybox"})
_SCRIPT = re.compile(r"[\w./@+-]+")
# Options that take the next word, of the programs that run what stands behind their options.
_VALUED = {
    "env": frozenset({"-u", "--unset", "-C", "--chdir"}),
    "sudo": frozenset({"-u", "-g", "-h", "-p", "-C", "-D", "--user", "--group"}),
    "doas": frozenset({"-u", "-C"}),
    "time": frozenset({"-f", "-o"}),
    "nice": frozenset({"-n"}),
    "ionice": frozenset({"-c", "-n"}),
    "timeout": frozenset({"-s", "-k", "--signal", "--kill-after"}),
    "stdbuf": frozenset({"-i", "-o", "-e"}),
    "xargs": frozenset({"-n", "-I", "-P", "-L", "-d", "-a", "-s", "-E"}),
    "exec": frozenset({"-a"}),
    "setpriv": frozenset[str](),
    "command": frozenset[str](),
    "builtin": frozenset[str](),
    "nohup": frozenset[str](),
    "tini": frozenset({"-p", "-e"}),
    "dumb-init": frozenset({"--rewrite", "-r"}),
    "chronic": frozenset[str](),
    "gosu": frozenset[str](),
    "su-exec": frozenset[str](),
}
_WITH_ARGUMENT = frozenset({"timeout", "gosu", "su-exec"})
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Inner:
    """What is run in the end.

    Attributes:
        words: the command without what stood in front; empty where a shell runs `script` or `file`.
        environment: variables set on the way. script: the text behind `sh -c`. file: path of the script it starts.
        arguments: of script or file.
    """

    words: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    script: str = ""
    file: str = ""
    arguments: tuple[str, ...] = ()


def inner(words: Sequence[str]) -> Inner:
    """Strip what stands in front; look into a shell's options."""
    left, environment = list(words), dict[str, str]()
    for _ in range(_DEPTH):
        _assignments(left, environment)
        name = left[0].rpartition("/")[2] if left else ""
        if name not in _VALUED:
            break
        del left[0]
        _options(left, _VALUED[name])
        if name in _WITH_ARGUMENT and left:
            del left[0]
    if not left:
        return Inner(environment=environment)
    return _started(left, environment)


def _assignments(left: list[str], environment: dict[str, str]) -> None:
    while left and (match := _ASSIGNMENT.fullmatch(left[0])) and len(left) > 1:
        environment[match[1]] = match[2]
        del left[0]


def _options(left: list[str], valued: frozenset[str]) -> None:
    while left and left[0].startswith("-") and len(left[0]) > 1:
        option = left.pop(0)
        if option == "--":
            return
        if option in valued and left:
            del left[0]


def _started(left: list[str], environment: dict[str, str]) -> Inner:
    name = left[0].rpartition("/")[2]
    if name in (".", "source") and len(left) > 1:
        return Inner((), environment, file=_file(left[1]), arguments=tuple(left[2:]))
    if name not in _SHELLS:
        file = _file(left[0]) if "/" in left[0] or left[0].endswith(".sh") else ""
        return Inner(tuple(left), environment, file=file, arguments=tuple(left[1:]))
    rest = left[1:]
    if name == "busybox":
        rest = rest[1:] if rest[:1] and rest[0] in _SHELLS else []
    is_script = False
    while rest and rest[0][:1] in ("-", "+") and len(rest[0]) > 1:
        option = rest.pop(0)
        is_script = is_script or (not option.startswith("--") and "c" in option)
        if option in ("-o", "+o", "-O", "--rcfile") or (option.startswith("-") and option.endswith("o")):
            rest = rest[1:]
    if not rest:
        return Inner((), environment)
    if is_script:
        return Inner((), environment, script=rest[0], arguments=tuple(rest[1:]))
    return Inner((), environment, file=_file(rest[0]), arguments=tuple(rest[1:]))


def _file(word: str) -> str:
    return word if _SCRIPT.fullmatch(word) or has_hole(word) else ""


def known(environment: dict[str, str], is_unknown: Callable[[str], bool] = has_hole) -> dict[str, str]:
    """The variables whose values are wholly known."""
    return {name: value for name, value in environment.items() if not is_unknown(value)}
