"""Read and parse the files of one module or workspace; what is wrong with them becomes its error."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.facts.local_paths import LocalTarget, Resolver, is_directory, join, relative
from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Workspace
from go_release_gate.gomod import modfile, sumfile, workfile
from go_release_gate.gomod.modfile import ModFile, Replace
from go_release_gate.gomod.syntax import SyntaxProblemError
from go_release_gate.model.outcome import ErrorClass, ModuleError

MOD_LIMIT = 1 << 20  # Go reads a local go.mod whole: 64 MB cost it 517 MB of memory
SUM_LIMIT = 16 << 20
GITMODULES_LIMIT = 1 << 20

_CONFLICT = re.compile(rb"^(?:<{7}|\|{7}|={7}|>{7})(?: |\r?$)", re.MULTILINE)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Read:
    """A file as read: `data` is None when there is none; `error` says why it cannot be used."""

    data: bytes | None
    error: ModuleError | None = None


def read_module(paths: Resolver, directory: str, *, trusted: bool) -> Module:
    """The module in `directory`, with its error when one of its files cannot be used. Never raises."""
    mod_read = _present(_read(paths.root, directory, "go.mod", MOD_LIMIT), directory)
    sum_read = _read(paths.root, directory, "go.sum", SUM_LIMIT)
    mod, mod_error = _parsed(mod_read, directory, "go.mod", _parse_mod)
    sums, sum_error = _parsed(sum_read, directory, "go.sum", sumfile.parse)
    module = Module(
        dir=directory,
        path=mod.path if mod else "",
        mod_bytes=mod_read.data or b"",
        sum_bytes=sum_read.data,
        mod=mod,
        sum=sums,
        outside_replaces=_outside(paths, directory, mod),
        has_vendor=is_directory(join(f"{paths.root}/{directory}", "vendor")),
    )
    return replace(module, error=mod_error or sum_error or (None if trusted else _untrusted(paths, module)))


def is_boundary(module: Module) -> bool:
    """Whether go.mod was read and says nothing at all: it only keeps its directory out of the module above."""
    if module.mod is not None or module.error is None or module.error.line is None:
        return False
    lines = (line.strip() for line in module.mod_bytes.splitlines())
    return all(not line or line.startswith(b"//") for line in lines)


def local_targets(paths: Resolver, module: Module) -> tuple[tuple[Replace, LocalTarget], ...]:
    """The replace directives of a module that name a directory, and where each leads."""
    replaces = module.mod.replaces if module.mod else ()
    return tuple((one, paths.resolve(module.dir, one.target)) for one in replaces if one.is_local)


def read_workspace(paths: Resolver, directory: str) -> Workspace:
    """The go.work in `directory`; `members` has one entry for each `use`, in order."""
    read = _read(paths.root, directory, "go.work", MOD_LIMIT)
    file, error = _parsed(read, directory, "go.work", workfile.parse)
    targets = (paths.resolve(directory, use.value) for use in (file.uses if file else ()))
    return Workspace(directory, file, tuple(_member(paths.root, target) for target in targets), error)


def _member(root: str, target: LocalTarget) -> str:
    if target.dir is not None:
        return target.dir
    # a link that leaves is named where it lies; a path that leaves, as written
    return relative(root, target.lexical) or target.written


def _read(root: str, directory: str, name: str, limit: int) -> _Read:
    try:
        return _Read(read_regular(Path(root), directory, name, limit))
    except RefusedFileError as refusal:
        kind = ErrorClass.UNSAFE_PATH if refusal.is_unsafe else ErrorClass.MALFORMED_FILE
        hint = f"replace {name} by a regular file" if refusal.is_unsafe else f"look at {name}"
        return _Read(None, ModuleError(kind, refusal.message, hint, path=join(directory, name)))


def _parse_mod(data: bytes) -> ModFile:
    mod = modfile.parse(data)
    if not mod.path:
        raise SyntaxProblemError("there is no module line", 1)
    return mod


def _present(read: _Read, directory: str) -> _Read:
    if read.data is not None or read.error:
        return read
    return _Read(None, ModuleError(ErrorClass.MALFORMED_FILE, "there is no go.mod", path=join(directory, "go.mod")))


def _parsed(read: _Read, directory: str, name: str, parse: Callable[[bytes], T]) -> tuple[T | None, ModuleError | None]:
    if read.data is None or read.error:
        return None, read.error
    try:
        return parse(read.data), None
    except ValueError as problem:
        return None, _malformed(read.data, problem, join(directory, name), name)


def _malformed(data: bytes, problem: ValueError, path: str, name: str) -> ModuleError:
    """What is wrong with a file that cannot be parsed. A decoding error is a ValueError too."""
    conflict = _CONFLICT.search(data)
    if conflict:
        line = data.count(b"\n", 0, conflict.start()) + 1
        message = f"{name} holds a merge conflict marker"
        return ModuleError(ErrorClass.MALFORMED_FILE, message, "resolve the conflict and commit it", "", path, line)
    if isinstance(problem, SyntaxProblemError):
        message = f"{name} cannot be parsed: {problem.message}"
        return ModuleError(ErrorClass.MALFORMED_FILE, message, f"correct {name}", path=path, line=problem.line)
    message = f"{name} cannot be parsed: it is not UTF-8 text"
    return ModuleError(ErrorClass.MALFORMED_FILE, message, f"correct {name}", path=path, line=1)


def _outside(paths: Resolver, directory: str, mod: ModFile | None) -> tuple[str, ...]:
    written = [one.target for one in (mod.replaces if mod else ()) if one.is_local]
    return tuple(target for target in written if paths.leaves_repository(paths.resolve(directory, target)))


def _untrusted(paths: Resolver, module: Module) -> ModuleError | None:
    """Why a module of an untrusted pull request is refused: it would have Go read what lies outside the checkout."""
    for one, target in local_targets(paths, module):
        if target.dir is None:
            return ModuleError(
                ErrorClass.UNSAFE_PATH,
                f"{one.path} is replaced by {one.target}, which is outside the repository",
                "an untrusted pull request is not judged with what lies outside its checkout",
                path=module.file("go.mod"),
                line=one.line,
                rule="replace-outside-repository",
            )
    vendor = paths.resolve(module.dir, "vendor")
    if vendor.dir is None:
        message = "vendor is a symbolic link that leaves the repository"
        return ModuleError(ErrorClass.UNSAFE_PATH, message, "remove the link", path=module.file("vendor"))
    return None
