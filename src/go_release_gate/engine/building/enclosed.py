"""Whether a tree of strangers would have Go read what lies outside of it. What Go says of a file quotes it.

Go follows links to sources and to directories that are named, go.work to modules anywhere, and the assembler
`#include` to any file: https://go.dev/doc/asm, https://go.dev/ref/mod#workspaces.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.facts.repository import Repository

_READ = (".go", ".s", ".S", ".h", ".inc", ".syso", ".pgo")
_READ_NAMES = frozenset({"go.mod", "go.sum", "go.work", "go.work.sum", "modules.txt"})
_INCLUDING = (".s", ".S", ".h", ".inc")
_INCLUDE = re.compile(r'\s*#\s*include\s*"(?P<path>[\w./-]+)"\s*(?://[^\r]*)?')
_SUSPICIOUS = re.compile(r'#|"|\*/')
_LIMIT = 8 << 20  # bytes; the largest assembler file of Go's own modules has a tenth of that


def way_out(repository: Repository) -> str:
    """The first thing in a tree that leads Go out of it, in words; empty: nothing does."""
    return next(_ways(repository), "")


def _ways(repository: Repository) -> Iterator[str]:
    root = repository.root
    for workspace in repository.workspaces:
        file = workspace.file
        named = [one.value for one in file.uses] if file else []
        named += [one.target for one in file.replaces if one.is_local] if file else []
        yield from (
            f"{posixpath.normpath(f'{workspace.dir}/go.work')} leads to {one!r}, outside of the checkout"
            for one in named
            if not _is_inside(root, root / workspace.dir / one)
        )
    for folder, directories, files in os.walk(root):
        if ".git" in directories:
            directories.remove(".git")
        for name in sorted(directories):
            yield from _link(root, Path(folder, name))
        for name in sorted(files):
            if name.endswith(_READ) or name in _READ_NAMES:
                yield from _link(root, Path(folder, name))
            if name.endswith(_INCLUDING):
                yield from _includes(root, folder, name)


def _link(root: Path, path: Path) -> Iterator[str]:
    if path.is_symlink() and not _is_inside(root, path):
        yield f"{path.relative_to(root).as_posix()!r} is a link that leads out of the checkout"


def _includes(root: Path, folder: str, name: str) -> Iterator[str]:
    """Every line that could be an include counts as one, unless it is plain to see where it leads."""
    directory = os.path.relpath(folder, root)
    try:
        text = (read_regular(root, directory, name, _LIMIT) or b"").decode("utf-8", "replace")
    except RefusedFileError:
        yield f"{posixpath.join(directory, name)!r} is no file of the checkout that could be looked at"
        return
    for number, line in enumerate(text.split("\n"), 1):
        if "include" not in line or not _SUSPICIOUS.search(line):
            continue
        plain = _INCLUDE.fullmatch(line.rstrip("\r"))
        is_remark = line.lstrip().startswith("//") and "*/" not in line
        if not is_remark and (plain is None or not _is_named(root, folder, plain["path"])):
            yield f"{posixpath.normpath(posixpath.join(directory, name))}:{number} includes what may lie outside"


def _is_named(root: Path, folder: str, path: str) -> bool:
    return path.endswith(_INCLUDING) and not path.startswith("/") and _is_inside(root, Path(folder, path))


def _is_inside(root: Path, path: Path) -> bool:
    real = os.path.realpath(path)
    return real == str(root) or real.startswith(f"{root}{os.sep}")
