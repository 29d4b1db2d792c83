"""Which packages a `go` command names, as directories of the repository."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from go_release_gate.facts.go_calls import GoCall
from go_release_gate.facts.module import Module
from go_release_gate.facts.programs import Program
from go_release_gate.gocommand.read import with_goflags
from go_release_gate.shell.unknown import has_hole


def packages_of(call: GoCall, modules: Iterable[Module]) -> Iterator[str]:
    """The directories, relative to the root, that a command names; `/...` stays behind them."""
    if not call.directory:
        return
    start = posixpath.normpath(call.directory)
    for argument in call.command.arguments or (".",):
        if has_hole(argument) or "@" in argument or posixpath.isabs(argument):
            continue
        path = posixpath.dirname(argument) if argument.endswith(".go") else argument
        if not argument.endswith(".go") and not argument.startswith("."):
            home = next((one for one in modules if one.path and is_within(argument, one.path)), None)
            if home is None:
                continue
            path = posixpath.relpath(posixpath.join(home.dir, posixpath.relpath(argument, home.path)), start)
        path = posixpath.normpath(posixpath.join(start, path))
        if not path.startswith(".."):
            yield path


def deepest_first(modules: Iterable[Module]) -> list[Module]:
    """Modules in the order in which one asks which of them a directory belongs to."""
    return sorted(modules, key=lambda module: -len(module.dir) if module.dir != "." else 0)


def module_of(path: str, modules: Iterable[Module]) -> Module | None:
    """The module a directory belongs to; `modules`: the deepest first."""
    return next((one for one in modules if is_within(path, one.dir)), None)


def is_within(path: str, directory: str) -> bool:
    """Whether a path is another or lies below it."""
    return directory in (".", path) or path.startswith(f"{directory}/")


def tags_of(call: GoCall) -> str:
    """The tags of a build, sorted, with commas between them; unknown ones are left out."""
    given = with_goflags(call.command, call.environment.get("GOFLAGS", "")).flags.get("tags", "")
    return ",".join(sorted({tag for tag in given.replace(" ", ",").split(",") if tag and not has_hole(tag)}))


def is_asked_for(call: GoCall, program: Program) -> bool:
    """Whether a build makes a program: it names its package, under the same tags."""
    if tags_of(call) != program.tags or not call.directory:
        return False
    return any(_names(argument, call.directory, program) for argument in call.command.arguments or (".",))


def _names(argument: str, directory: str, program: Program) -> bool:
    if argument.endswith(".go"):
        return posixpath.normpath(posixpath.join(directory, posixpath.dirname(argument))) == program.directory
    is_place = argument.startswith(".")
    wanted = posixpath.normpath(posixpath.join(directory, argument)) if is_place else argument
    path = program.directory if is_place else program.path
    if wanted == "..." or wanted.endswith("/..."):
        return is_within(path, wanted.removesuffix("...").rstrip("/") or ".")
    return wanted == path
