"""Names that ko pushes: KO_DOCKER_REPO, the form of the last part, and the tags.

https://ko.build/configuration/#naming-images: the last part is the package's last element and the MD5 of its import
path, without it under `--base-import-paths`, the whole path under `--preserve-import-paths`, nothing under `--bare`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from go_release_gate.shell.unknown import Holes, has_hole
from go_release_gate.workflow.publishers.dockerline import option_values, positionals

_VERBS = frozenset({"build", "publish", "resolve", "apply", "create", "run"})
_VALUES = frozenset(
    {"-t", "--tags", "--platform", "--image-label", "--sbom", "--sbom-dir", "-j", "--jobs", "-f", "--filename"}
)


def ko_names(words: Sequence[str], environment: Mapping[str, str], module: str, holes: Holes) -> tuple[str, ...] | None:
    """The names that `ko …` pushes; None: it pushes none. `module`: path of the root's module, empty: not known."""
    if not words or words[0].rpartition("/")[2] != "ko" or len(words) < 2 or words[1] not in _VERBS:
        return None
    if _is_set(words, "--push=false", "-L", "--local"):
        return None
    repository = environment.get("KO_DOCKER_REPO") or holes.mark("KO_DOCKER_REPO is not set here", "$KO_DOCKER_REPO")
    if repository.startswith(("ko.local", "kind.local")):
        return None
    tags = [tag for value in option_values(words, "-t", "--tags") for tag in value.split(",")] or ["latest"]
    images = [_image(repository, package, words, module, holes) for package in _packages(words, holes)]
    return tuple(f"{image}:{tag}" for image in images for tag in tags)


def _packages(words: Sequence[str], holes: Holes) -> list[str]:
    found = positionals(words[2:], _VALUES)
    if words[1] in ("build", "publish"):
        return found or ["."]
    return [holes.mark("the packages stand in manifests", "…")]


def _image(repository: str, package: str, words: Sequence[str], module: str, holes: Holes) -> str:
    if _is_set(words, "--bare"):
        return repository
    if package.startswith(".") and "..." not in package:
        below = package.removeprefix("./").strip("./")
        package = f"{module}/{below}".rstrip("/") if module else package
    path = package.removeprefix("ko://")
    last = path.rpartition("/")[2]
    if has_hole(path) or path.startswith(".") or "..." in path:
        return f"{repository}/{holes.mark('the package is only known when it is built', '…')}"
    if _is_set(words, "-P", "--preserve-import-paths"):
        return f"{repository}/{path.lower()}"
    if _is_set(words, "-B", "--base-import-paths"):
        return f"{repository}/{last.lower()}"
    return f"{repository}/{last.lower()}-{hashlib.md5(path.encode(), usedforsecurity=False).hexdigest()}"


def _is_set(words: Sequence[str], *flags: str) -> bool:
    return any(word in flags or word in [f"{flag}=true" for flag in flags] for word in words)
