"""Where a directory of a build stage comes from: WORKDIR and COPY followed back to the repository.

https://docs.docker.com/reference/dockerfile/#copy, #workdir, #run---mounttypebind
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from go_release_gate.dockerfile.expand import value_at
from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.dockerfile.state import states
from go_release_gate.dockerfile.syntax import words

_FILE = re.compile(r"(?:.*\.(?:mod|sum|go|work|ya?ml|json|sh|toml|txt|md)|Makefile|Dockerfile[^/]*|\.[\w-]+)")
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class _Copied:
    """`source` (relative to the context) lies at `target`; `is_whole`: the directory itself, not only a file of it."""

    target: str
    source: str
    is_whole: bool


def working_directory(dockerfile: Dockerfile, stage: Stage, before: Instruction | None = None) -> str:
    """The directory that commands run in, at the end of the stage or in front of `before`; empty: not known."""
    found = states(dockerfile, stage)
    index = len(found) - 1 if before is None else stage.instructions.index(before)
    return found[index].directory


def repository_directory(
    dockerfile: Dockerfile, stage: Stage, before: Instruction | None, path: str, context: str = "."
) -> str:
    """The directory of the repository that the directory `path` of a stage was copied from; empty: not known.

    Args:
        before: the instruction that looks at it: what is copied behind it does not count, its own bind mounts do.
        path: absolute.
        context: the build context, relative to the root of the repository; empty: not known.
    """
    if not context or not path.startswith("/"):
        return ""
    found = _source(dockerfile, stage, before, posixpath.normpath(path), 0)
    if found is None:
        return ""
    normal = posixpath.normpath(posixpath.join(context, found))
    return "" if normal.startswith("..") else normal


def repository_file(
    dockerfile: Dockerfile, stage: Stage, before: Instruction | None, path: str, context: str = "."
) -> str:
    """The file of the repository that the file at `path` of a stage was copied from; empty: not known."""
    if not context or not path.startswith("/"):
        return ""
    normal = posixpath.normpath(path)
    for copied in reversed(list(_all(dockerfile, stage, before, 0))):
        if copied.target == normal and not copied.is_whole:
            return _inside(posixpath.join(context, copied.source))
    found = _source(dockerfile, stage, before, posixpath.dirname(normal), 0)
    return "" if found is None else _inside(posixpath.join(context, found, posixpath.basename(normal)))


def _source(dockerfile: Dockerfile, stage: Stage, before: Instruction | None, path: str, depth: int) -> str | None:
    """Where `path` comes from in the context: the nearest copied directory above it decides, of these the last."""
    copied = [one for one in _all(dockerfile, stage, before, depth) if one.is_whole]
    best = max((one for one in copied if _is_below(path, one.target)), key=lambda one: len(one.target), default=None)
    if best is not None:
        same = [one for one in copied if one.target == best.target]
        return posixpath.normpath(posixpath.join(same[-1].source, posixpath.relpath(path, best.target)))
    parts = [one for one in _all(dockerfile, stage, before, depth) if not one.is_whole]
    near = [one for one in parts if posixpath.dirname(one.target) == path]
    return posixpath.dirname(near[-1].source) or "." if near else None


def _all(dockerfile: Dockerfile, stage: Stage, before: Instruction | None, depth: int) -> Iterator[_Copied]:
    if depth > _DEPTH:
        return
    if stage.parent is not None:
        yield from _all(dockerfile, dockerfile.stages[stage.parent], None, depth + 1)
    for one in stage.instructions:
        if one is before:
            yield from _mounted(dockerfile, stage, one)
            return
        if one.keyword in ("COPY", "ADD") and not one.heredocs:
            yield from _copied(dockerfile, stage, one, depth)


def _copied(dockerfile: Dockerfile, stage: Stage, one: Instruction, depth: int) -> Iterator[_Copied]:
    written = one.array or tuple(word for word, _ in words(one.value))
    values = [_known(dockerfile, stage, one, word) for word in written]
    if len(values) < 2 or not all(values):
        return
    here = working_directory(dockerfile, stage, one)
    *sources, last = values
    target = _joined(here, last)
    if not target:
        return
    is_directory = last.endswith("/") or last in (".", "./") or len(sources) > 1
    for source in sources:
        if "://" in source or source.startswith("git@"):
            continue
        yield from _one(dockerfile, one, (source, target, is_directory), depth)


def _one(dockerfile: Dockerfile, one: Instruction, place: tuple[str, str, bool], depth: int) -> Iterator[_Copied]:
    source, target, is_directory = place
    wanted = one.flag("from")
    name = posixpath.basename(source.rstrip("/"))
    is_file = not source.endswith("/") and _FILE.fullmatch(name) is not None and name not in (".", "..")
    if wanted:
        stage = _stage(dockerfile, wanted)
        if stage is None or is_file:
            return
        start = _joined(working_directory(dockerfile, stage) or "/", source)
        origin = _source(dockerfile, stage, None, start, depth + 1) if start else None
        if origin is not None:
            yield _Copied(target, origin, True)
        return
    plain = posixpath.normpath(source.lstrip("/") or ".")
    if "*" in name or "?" in name or "[" in name:
        yield _Copied(posixpath.join(target, "*"), posixpath.join(posixpath.dirname(plain), "*"), False)
    elif is_file:
        yield _Copied(posixpath.join(target, name) if is_directory else target, plain, False)
    else:
        yield _Copied(posixpath.join(target, name) if one.flag("parents") else target, plain, True)


def _mounted(dockerfile: Dockerfile, stage: Stage, one: Instruction) -> Iterator[_Copied]:
    for flag in one.flags:
        if flag.name != "mount":
            continue
        options = dict(part.partition("=")[::2] for part in flag.value.split(","))
        if options.get("type", "bind") != "bind" or "from" in options:
            continue
        written = options.get("target") or options.get("dst") or options.get("destination") or ""
        source = options.get("source") or options.get("src") or "."
        target = _joined(working_directory(dockerfile, stage, one), _known(dockerfile, stage, one, written))
        name = posixpath.basename(source.rstrip("/"))
        if target and "$" not in source:
            plain = posixpath.normpath(source.lstrip("/") or ".")
            yield _Copied(target, plain, not _FILE.fullmatch(name) or name in (".", ".."))


def _stage(dockerfile: Dockerfile, name: str) -> Stage | None:
    if name.isdigit() and int(name) < len(dockerfile.stages):
        return dockerfile.stages[int(name)]
    return next((one for one in dockerfile.stages if one.name and one.name == name.lower()), None)


def _known(dockerfile: Dockerfile, stage: Stage, one: Instruction, word: str) -> str:
    value = value_at(dockerfile, stage, one, word)
    return value if isinstance(value, str) else ""


def _joined(directory: str, path: str) -> str:
    if not path or (not directory and not path.startswith("/")):
        return ""
    return posixpath.normpath(posixpath.join(directory, path))


def _is_below(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def _inside(path: str) -> str:
    normal = posixpath.normpath(path)
    return "" if normal.startswith("..") else normal
