"""Which services a repository releases: one for each program that a Dockerfile builds, with its image's name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from go_release_gate.pipeline.choices import Choices, is_image
from go_release_gate.pipeline.rendering import is_writable
from go_release_gate.pipeline.survey import BuildFile, Survey

_GENERIC = frozenset({"app", "bin", "cmd", "main", "server", "service", "src", "root", "manager", "."})
_VARIANTS = re.compile(
    r"(?i)(?:^|[._/-])(?:dev|debug|test|tests|local|ci|e2e|hotfix|old|windows|distroless|alpine|ubi|fips|dlv|cross)"
)
_FILE_NAMES = frozenset({"dockerfile", "containerfile"})
_WINDOWS = re.compile(r"(?i)windows")
_VERSION_TAG = re.compile(r"v\d+\.\d+\.\d+.*")
_NO_REF = re.compile(r"[\s~^:?*\[\\]|\.\.|@\{|\.lock(?:/|$)")  # what git takes in no tag
_CHANGED = re.compile(r"[^a-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Service:
    """A service to release.

    Attributes:
        image: repository of its image, empty: nobody knows.
        module: directory of its module. package: of its main package, empty: not known.
        dockerfile, context, target: what its image is built from; an empty Dockerfile: there is none.
        tag_filter: git tags that release it.
        aside: Dockerfiles of the same program that are not used.
        why: where the image's name comes from, in words.
    """

    name: str
    image: str
    module: str = "."
    package: str = ""
    dockerfile: str = ""
    context: str = "."
    target: str = ""
    platforms: tuple[str, ...] = ("linux/amd64",)
    tag_filter: str = "v*"
    aside: tuple[str, ...] = ()
    why: str = ""


def services_of(survey: Survey, choices: Choices) -> tuple[Service, ...]:
    """The services, by name: those that were chosen, else those that the configuration has, else all that are found."""
    found = {one.name: one for one in _found(survey, choices)}
    if choices.services:
        known = {one.name: one for one in _known(survey, found) if one.dockerfile}
        return tuple(
            known[name] if name in known and not path else _chosen(name, path, found, survey, choices)
            for name, path in choices.services.items()
        )
    if survey.services:
        return tuple(_known(survey, found))
    return tuple(found[name] for name in sorted(found))


def unknown(survey: Survey, choices: Choices) -> tuple[Service, ...]:
    """The programs that the configuration's services leave out."""
    used = {one.dockerfile for one in _known(survey, {one.name: one for one in _found(survey, choices)})}
    return tuple(one for one in _found(survey, choices) if one.dockerfile not in used)


def unwritable(survey: Survey) -> tuple[str, ...]:
    """The Dockerfiles whose path or context no workflow can take, and those of modules that no tag can name."""
    return tuple(one.path for one in survey.build_files if not _is_writable(one, survey))


def _is_writable(file: BuildFile, survey: Survey) -> bool:
    module = _module_of(file, survey)
    return is_writable(file.path) and is_writable(file.context) and _NO_REF.search(module) is None


def _found(survey: Survey, choices: Choices) -> Iterator[Service]:
    groups: dict[tuple[str, ...], list[BuildFile]] = {}
    for file in survey.build_files:
        if _is_writable(file, survey) and not _is_only_windows(file):
            groups.setdefault(file.mains or (file.path,), []).append(file)
    named = _names([min(files, key=_rank) for files in groups.values()], survey)
    for files, name in zip(groups.values(), named, strict=True):
        best, *others = sorted(files, key=_rank)
        service = _service(name, best, survey, choices, len(groups))
        yield replace(service, aside=tuple(one.path for one in others))


def _rank(file: BuildFile) -> tuple[object, ...]:
    """What is pushed counts before what is built, plain names before variants, short paths before long ones."""
    is_variant = _VARIANTS.search(posixpath.basename(file.path)) is not None
    is_plain = posixpath.basename(file.path) in ("Dockerfile", "Containerfile")
    return (not file.images, is_variant, not file.is_built, not is_plain, len(file.path), file.path)


def _is_only_windows(file: BuildFile) -> bool:
    is_said = bool(file.platforms) and all(one.startswith("windows") for one in file.platforms)
    return is_said or _WINDOWS.search(file.path) is not None


def _names(files: Sequence[BuildFile], survey: Survey) -> list[str]:
    """A name for each: the program's or the directory's last word, longer where two would be called the same."""
    repository = _plain(survey.name or _last_of_module(survey)) or "app"
    if len(files) == 1:
        return [_short(files[0]) or repository]
    short = [_short(one) or repository for one in files]
    unique = [
        name if short.count(name) == 1 else _plain(_place(one).replace("/", "-")) or f"{name}-{number}"
        for number, (name, one) in enumerate(zip(short, files, strict=True), 1)
    ]
    return [name if unique.count(name) == 1 else f"{name}-{number}" for number, name in enumerate(unique, 1)]


def _short(file: BuildFile) -> str:
    """The last word that says something: of the program's directory, else of the Dockerfile's name or directory."""
    if len(file.mains) == 1:
        words = [file.mains[0], posixpath.dirname(file.path)]
    else:
        parts = [part for part in posixpath.basename(file.path).split(".") if part.lower() not in _FILE_NAMES]
        words = [*parts[:1], posixpath.dirname(file.path)]
    for word in words:
        last = _plain(posixpath.basename(word))
        if last and last not in _GENERIC:
            return last
        above = _plain(posixpath.basename(posixpath.dirname(word)))
        if above and above not in _GENERIC and above not in ("services", "apps", "pkg", "build", "docker"):
            return above
    return ""


def _place(file: BuildFile) -> str:
    return file.mains[0] if len(file.mains) == 1 and file.mains[0] != "." else posixpath.dirname(file.path)


def _plain(text: str) -> str:
    return _CHANGED.sub("-", text.lower()).strip("._-")[:60].strip("._-")


def _last_of_module(survey: Survey) -> str:
    path = survey.modules.get(".") or next(iter(survey.modules.values()), "")
    words = [word for word in path.split("/") if not re.fullmatch(r"v\d+", word)]
    return words[-1] if words else ""


def _service(name: str, file: BuildFile, survey: Survey, choices: Choices, count: int) -> Service:
    package = file.mains[0] if file.mains else ""
    module = _module_of(file, survey)
    image, why = _image(name, file, survey, choices, count)
    platforms = tuple(one for one in file.platforms if one.startswith("linux/") and is_writable(one))
    return Service(
        name,
        image,
        module,
        package,
        file.path,
        file.context,
        file.target,
        choices.platforms or platforms or ("linux/amd64",),
        _filter_in_use(module, survey),
        why=why,
    )


def tag_filter(module: str) -> str:
    """The git tags that release a module: Go wants the directory in front."""
    return "v*" if module == "." else f"{module}/v*"


def _filter_in_use(module: str, survey: Survey) -> str:
    """The tags of its module, but where every release so far has a plain one and there is no other module to mean."""
    return "v*" if has_plain_tags(survey) and not _is_ambiguous(survey) else tag_filter(module)


def has_plain_tags(survey: Survey) -> bool:
    """Whether every release so far has a tag that names no module."""
    has_plain = any(_VERSION_TAG.fullmatch(tag) for tag in survey.tags)
    return has_plain and not any("/v" in tag for tag in survey.tags)


def _is_ambiguous(survey: Survey) -> bool:
    """Whether a plain tag would release programs of several modules, which tag-without-module refuses."""
    files = (file for file in survey.build_files if _is_writable(file, survey) and not _is_only_windows(file))
    return len({_module_of(file, survey) for file in files}) > 1


def _module_of(file: BuildFile, survey: Survey) -> str:
    package = file.mains[0] if file.mains else ""
    above = [one for one in survey.modules if one == "." or file.path.startswith(f"{one}/")]
    nearest = max(above, key=lambda one: 0 if one == "." else len(one), default=".")
    return next((one.module for one in survey.mains if one.directory == package), nearest)


def _image(name: str, file: BuildFile, survey: Survey, choices: Choices, count: int) -> tuple[str, str]:
    """The repository of its image, and where that is known from."""
    chosen = choices.images.get(name) or (choices.images.get("") if count == 1 else None)
    if chosen:
        return chosen, "as asked for"
    known = next((one.image for one in survey.services if one.name == name), "")
    if known:
        return known, "as the configuration says"
    pushed = [one for one in file.images if is_image(one)]
    deployed = [one.repository for one in survey.manifests if is_image(one.repository)]
    best = sorted(pushed, key=lambda one: (one not in deployed, not one.startswith("ghcr.io/")))
    if best:
        return best[0], "as a workflow pushes it"
    words = {name, survey.name.lower()} if count == 1 else {name}
    named = [one for one in deployed if one.rpartition("/")[2] in words and "/library/" not in one]
    if named:
        return named[0], "as a manifest names it"
    own = _on_ghcr(name, survey, count)
    why = "GitHub's own registry" if own else "nothing here names one"
    return _beside_others(name, survey, [*pushed, *deployed]) or (own, why)


def _beside_others(name: str, survey: Survey, images: Sequence[str]) -> tuple[str, str] | None:
    """Where the other programs of the repository are: `docker.io/acme/shop` has `docker.io/acme/shop-cli` beside it."""
    words = {posixpath.basename(one.directory) for one in survey.mains} - _GENERIC
    homes = [one.rpartition("/")[0] for one in images if one.rpartition("/")[2] in words and "/library/" not in one]
    return (f"{homes[0]}/{name}", "beside the others") if homes else None


def _on_ghcr(name: str, survey: Survey, count: int) -> str:
    if not survey.repository or survey.host not in ("", "github.com"):
        return ""
    image = f"ghcr.io/{survey.repository.lower()}" + ("" if count == 1 else f"/{name}")
    return image if is_image(image) else ""


def _chosen(name: str, path: str, found: dict[str, Service], survey: Survey, choices: Choices) -> Service:
    """A service that was asked for; its Dockerfile as asked for, else as found."""
    file = next((one for one in survey.build_files if one.path == path), None)
    count = len(choices.services)
    if path and file is None:
        file = BuildFile(path, posixpath.dirname(path) or ".")
    if file is None:
        same = found.get(name) or (next(iter(found.values())) if len(found) == 1 else None)
        file = next((one for one in survey.build_files if same and one.path == same.dockerfile), None)
    if file is None:
        image, why = _image(name, BuildFile("", "."), survey, choices, count)
        return Service(name, image, why=why)
    return _service(name, file, survey, choices, count)


def _known(survey: Survey, found: dict[str, Service]) -> Iterator[Service]:
    """The services of the configuration, with what was found for them."""
    left = dict(found)
    for one in survey.services:
        same = left.get(one.name) or next((each for each in left.values() if each.image == one.image), None)
        if same is None:
            own = [each for each in left.values() if each.module == one.module]
            same = own[0] if len(own) == 1 and len(survey.services) == 1 else None
        base = same or Service(one.name, one.image)
        if same:
            left.pop(same.name, None)
        filter_ = one.tags[0] if one.tags else tag_filter(one.module)
        why = "as the configuration says"
        platforms = one.platforms or base.platforms
        yield replace(
            base, name=one.name, image=one.image, module=one.module, tag_filter=filter_, why=why, platforms=platforms
        )
