"""What rules about a finished image share: where a finding stands, and which programs of the image are meant. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from go_release_gate.facts.binary import Binary
from go_release_gate.facts.image_content import ENTRYPOINT, Expected, ImageContent, ImageFile, PlatformImage
from go_release_gate.model.finding import Location, Related, Target
from go_release_gate.model.severity import Confidence, Severity
from go_release_gate.rules.base import Draft

LINKS = 40  # symbolic links followed on the way to one file, as Linux follows them
_PATHS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_SHELLS = frozenset({"sh", "bash", "ash", "dash"})


@dataclass(frozen=True, slots=True)
class Said:
    """What is to be said of one platform's image; the same of several platforms becomes one finding.

    `key`: what makes it the same finding in the next image. `message` goes on after the platform's name.
    """

    key: str
    message: str
    severity: Severity | None = None
    confidence: Confidence | None = None
    related: tuple[Related, ...] = ()


def drafts(image: ImageContent, judged: Callable[[PlatformImage], Iterable[Said]]) -> Iterator[Draft]:
    """A draft for each thing said, with the platforms it is said of."""
    found: dict[Said, list[str]] = {}
    for platform in image.platforms:
        for said in judged(platform):
            found.setdefault(said, []).append(platform.platform)
    names = [one.platform for one in image.platforms]
    for said, platforms in found.items():
        # the key names platforms only where they differ: an image that gains one keeps its findings
        where = "" if platforms == names else f" {','.join(platforms)}"
        yield draft(image, said, f"{', '.join(platforms)}: ", where)


def draft(image: ImageContent, said: Said, before: str = "", where: str = "") -> Draft:
    """A draft about the image as a whole."""
    return Draft(
        location=Location(image.repository),
        message=f"{before}{said.message}",
        key=f"{said.key}{where}",
        related=said.related,
        target=Target("image", image.name),
        severity=said.severity,
        confidence=said.confidence,
    )


def resolved(platform: PlatformImage, path: str) -> str:
    """The path of what a path leads to, links followed as far as they are known; empty: they go round in circles."""
    links = {one.path: one.link for one in platform.files if one.link}
    done, left = "/", [part for part in path.split("/") if part not in ("", ".")]
    followed = 0
    while left:
        part = left.pop(0)
        if part == "..":
            done = posixpath.dirname(done)
            continue
        here = posixpath.join(done, part)
        link = links.get(here)
        if link is None:
            done = here
            continue
        followed += 1
        if followed > LINKS:
            return ""
        done = "/" if link.startswith("/") else done
        left = [one for one in link.split("/") if one not in ("", ".")] + left
    return done


def file_at(platform: PlatformImage, path: str) -> ImageFile | None:
    """The file a path leads to; None where it was not kept or is not there."""
    found = resolved(platform, path)
    return platform.file(found) if found else None


def command_of(platform: PlatformImage) -> tuple[str, ...]:
    """The words that are started: entrypoint, then command; those of a plain `sh -c` script without variables too."""
    words = (*platform.config.entrypoint, *platform.config.command)
    if len(words) >= 3 and posixpath.basename(words[0]) in _SHELLS and words[1].endswith("c"):
        script = words[2].split()
        return (*words, *(word for word in script if word != "exec"))
    return words


def candidates(platform: PlatformImage, word: str) -> tuple[str, ...]:
    """The paths a started word can mean: itself, below the working directory, or along PATH."""
    if word.startswith("/"):
        return (word,)
    if "/" in word:
        return (posixpath.join(platform.config.directory or "/", word),)
    given = platform.config.environment.get("PATH", "")
    return tuple(posixpath.join(place, word) for place in (given.split(":") if given else _PATHS) if place)


def started(platform: PlatformImage) -> frozenset[str]:
    """The real paths of files that the words of entrypoint and command name, the program and its arguments alike."""
    words = command_of(platform)
    named = {resolved(platform, path) for word in words for path in candidates(platform, word)}
    kept = {one.path for one in platform.files if ENTRYPOINT in one.kinds and not one.link}
    return frozenset((named | kept) - {""})


def own_binaries(platform: PlatformImage, expected: Expected | None) -> tuple[Binary, ...]:
    """The Go programs the image is about: of the repository's modules; without one to hold against, those that are
    started, else the only one there is."""
    built = tuple(one for one in platform.binaries if one.info is not None)
    if expected is not None and expected.modules:
        return tuple(one for one in built if expected.module_at(module_path(one)) is not None)
    paths = started(platform)
    meant = tuple(one for one in built if one.path in paths)
    return meant or (built if len(built) == 1 else ())


def foreign_system(platform: PlatformImage, binary: Binary) -> str:
    """GOOS of a program that was built for another system than the image is for; empty: it was not, or is not told."""
    system = platform.platform.partition("/")[0]
    built = binary.info.settings.get("GOOS", "") if binary.info is not None else ""
    return built if system and built != system else ""


def module_path(binary: Binary) -> str:
    """The path of the module that a program is of; empty: not recorded."""
    return binary.info.main.path if binary.info is not None and binary.info.main is not None else ""
