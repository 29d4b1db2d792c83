"""What a survey reads for itself: main packages, hints of private modules, deployments, immutable tags.

No Go runs: heads of files are read, as files of a stranger.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.facts.program_places import deepest_first, module_of
from go_release_gate.gomod.goimports import scan
from go_release_gate.pipeline.survey import Main

if TYPE_CHECKING:
    from pathlib import Path

    from go_release_gate.facts.repository import Repository

DIRECTORY_LIMIT = 20_000  # directories that are looked into
SOURCE_LIMIT = 4 << 20  # bytes of one Go file
TEXT_LIMIT = 256 << 10  # bytes of a script, a workflow, a file of Terraform
_TAG_ALONE = re.compile(
    r"^( *)image:(?:[ \t]*\{[^}\n]*\btag:|[ \t]*(?:#.*)?\n(?:\1[ \t]+\S.*\n){0,50}?\1[ \t]+tag:)", re.MULTILINE
)
_REPOSITORY = re.compile(r"\brepository[\"']?:")
FILE_COUNT = 500  # of each kind

_PASSED_OVER = frozenset({"vendor", "testdata", "node_modules"})
_PRIVATE = re.compile(r"\b(?:GOPRIVATE|GONOSUMDB)\b\s*[:?+]?=?\s*[\"']?([^\s\"'#;&|)]+)")
_PATTERN = re.compile(r"[A-Za-z0-9*-]+(?:\.[A-Za-z0-9*-]+)+(?:/[\w.*~-]+)*")
_ENVIRONMENT = re.compile(
    r"^\s+environment:[ \t]*(?:\n\s+name:[ \t]*)?[\"']?([A-Za-z][\w.-]{0,60})[\"']?[ \t]*$", re.MULTILINE
)
_IMMUTABLE = re.compile(
    r"image_tag_mutability\s*=\s*\"IMMUTABLE|ImageTagMutability:\s*[\"']?IMMUTABLE|\bimmutable_tags\s*=\s*true"
)


def mains_of(repository: Repository) -> tuple[Main, ...]:
    """The main packages of every module, by directory; those of tests and examples among them."""
    deepest = deepest_first(repository.modules)
    root = str(repository.root)
    found = []
    for directory in _directories(root):
        home = module_of(directory, deepest)
        if home is not None and home.path and _is_main(repository.root, directory):
            below = posixpath.relpath(directory, home.dir)
            found.append(Main(directory, home.dir, home.path if below == "." else f"{home.path}/{below}"))
    return tuple(sorted(found, key=lambda main: main.directory))


def _directories(root: str) -> Iterator[str]:
    """Directories below the root (relative), no links and no places of others among them."""
    for left, (place, folders, files) in zip(range(DIRECTORY_LIMIT, 0, -1), os.walk(root), strict=False):
        folders[:] = sorted(one for one in folders if not one.startswith((".", "_")) and one not in _PASSED_OVER)
        if left and any(name.endswith(".go") for name in files):
            relative = os.path.relpath(place, root)
            yield relative.replace(os.sep, "/")


def _is_main(root: Path, directory: str) -> bool:
    """Whether the package of a directory is `main`, as the first file tells that is built at all."""
    for name in sorted(os.listdir(root / directory)):  # noqa: PTH208 - names are wanted, not paths
        if not name.endswith(".go") or name.endswith("_test.go"):
            continue
        try:
            head = scan(name, read_regular(root, directory, name, SOURCE_LIMIT) or b"")
        except RefusedFileError:
            continue
        if head.package and not head.ignored:
            return head.package == "main"
    return False


def texts(root: Path, paths: Iterable[str]) -> Iterator[str]:
    """The texts of files, those left out that cannot be read."""
    for path in list(paths)[:FILE_COUNT]:
        try:
            data = read_regular(root, posixpath.dirname(path) or ".", posixpath.basename(path), TEXT_LIMIT)
        except RefusedFileError:
            continue
        if data:
            yield data.decode("utf-8-sig", "replace")


def tag_overrides(root: Path, paths: Iterable[str]) -> Iterator[str]:
    """The values files of Helm that set an image's tag and name no image: what overrides the chart's own tag."""
    for path in paths:
        if path.endswith((".yaml", ".yml")) and "templates" not in path.split("/"):
            text = next(texts(root, (path,)), "")
            if _TAG_ALONE.search(text) and not _REPOSITORY.search(text):
                yield path


def private_patterns(found: Iterable[str]) -> tuple[str, ...]:
    """Patterns of module paths that texts name as private, each once."""
    named = (
        word.strip()
        for text in found
        if "GOPRIVATE" in text or "GONOSUMDB" in text
        for match in _PRIVATE.finditer(text)
        for word in match[1].split(",")
    )
    return tuple(dict.fromkeys(word for word in named if _PATTERN.fullmatch(word)))


def environments_of(found: Iterable[str]) -> tuple[str, ...]:
    """Names of the environments that workflows deploy to."""
    return tuple(dict.fromkeys(match[1] for text in found for match in _ENVIRONMENT.finditer(text)))


def says_immutable(root: Path, documents: Iterable[str]) -> bool:
    """Whether Terraform or CloudFormation here makes a registry whose tags cannot be moved."""
    plans = list(_plans(root))
    return any(_IMMUTABLE.search(text) for text in texts(root, [*plans, *documents]))


def _plans(root: Path) -> Iterator[str]:
    for number, (place, folders, files) in enumerate(os.walk(root)):
        if number > DIRECTORY_LIMIT:
            return
        folders[:] = sorted(one for one in folders if not one.startswith(".") and one not in _PASSED_OVER)
        for name in sorted(files):
            if name.endswith(".tf"):
                yield os.path.relpath(f"{place}/{name}", root).replace(os.sep, "/")
