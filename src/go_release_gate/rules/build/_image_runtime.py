"""Whether what a finished image starts is in it, and can be started. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from go_release_gate.facts.image_content import (
    DAMAGED,
    DATA,
    ENTRYPOINT,
    REFUSED,
    ImageContent,
    ImageFile,
    PlatformImage,
)
from go_release_gate.facts.shebang import interpreters
from go_release_gate.model.severity import Confidence, Severity
from go_release_gate.rules.base import Draft
from go_release_gate.rules.build._image import Said, candidates, drafts, file_at, resolved

_FORMS = {DATA: "it begins neither as an ELF file nor with `#!`", DAMAGED: "its ELF header is damaged"}


def not_startable(image: ImageContent) -> Iterator[Draft]:
    """Entrypoints whose file is not there, is no program or may not be executed, scripts without their interpreter."""
    return drafts(image, _of_platform)


def _of_platform(platform: PlatformImage) -> Iterator[Said]:
    words = (*platform.config.entrypoint, *platform.config.command)
    if not words or platform.unreadable:  # what could not be read may hold it
        return
    if platform.platform.startswith("windows/"):  # its names have no case, its registry more of PATH
        return
    word = words[0]
    file = _found(platform, word)
    if file is None and _is_program(platform, word):
        return
    if file is None:
        where = "along PATH" if "/" not in word else "in the image"
        yield Said("entrypoint", f"`{word}` is started, and no such file is {where}; copy it to where it is named")
    elif not file.mode & 0o111:
        said = f"{file.path} is started, and its mode {file.mode & 0o7777:04o} lets nobody execute it; expected 0755"
        yield Said("mode", said)
    else:
        yield from _refused(platform, file)
        yield from _uninterpreted(platform, file)
        if file.starts and file_at(platform, file.starts) is None:
            said = f"the script {file.path} ends with `exec {file.starts}`, and no such file is in the image"
            yield Said("script", f"{said}; copy it to where it is named", Severity.WARNING, Confidence.MEDIUM)
        what = "it is empty" if not file.size else _FORMS.get(file.form, "")
        if what:
            said = f"{file.path} is started, and it is no program: {what}; it ends with `exec format error`"
            yield Said("form", f"{said}; look at how it comes into the image")


def _refused(platform: PlatformImage, file: ImageFile) -> Iterator[Said]:
    """Of the file and the folders above it, the first that the image's user has no right to."""
    for one in platform.files:
        if REFUSED in one.kinds and f"{file.path}/".startswith(f"{one.path}/"):
            what = "execute it" if one.path == file.path else f"enter {one.path}"
            mode = f"mode {one.mode & 0o7777:04o}, {one.user}:{one.group}"
            said = f"{file.path} is started, and the user `{platform.config.user}` may not {what} ({mode})"
            yield Said("refused", f"{said}: it ends with `permission denied`; copy it with --chmod=0755")
            return


def _uninterpreted(platform: PlatformImage, file: ImageFile) -> Iterator[Said]:
    for name in interpreters(file.shebang):
        if any(file_at(platform, place) is not None for place in candidates(platform, name)):
            continue
        if name.endswith("\r"):
            why = f"{name[:-1]} with a carriage return behind it, as its lines end like those of Windows: it ends"
            mending = "write it with line ends of Linux (`*.sh text eol=lf` in .gitattributes)"
        else:
            why = f"{name}, which the image lacks: it ends"
            mending = "start the program itself, or bring the shell"
        said = f"the script {file.path} wants {why} with `no such file or directory`; {mending}"
        yield Said("interpreter", said, _severity(file))
        return


def _severity(file: ImageFile) -> Severity | None:
    return None if file.shebang.startswith("/") else Severity.WARNING


def _found(platform: PlatformImage, word: str) -> ImageFile | None:
    for path in candidates(platform, word):
        file = file_at(platform, posixpath.normpath(path))
        if file is not None:
            return file
    # several words may name files: the first kept one of that name is what is started
    name = posixpath.basename(word)
    kept = (one for one in platform.files if ENTRYPOINT in one.kinds and not one.link)
    return next((one for one in kept if posixpath.basename(one.path) == name), None)


def _is_program(platform: PlatformImage, word: str) -> bool:
    """Whether the word leads to a program that was read."""
    paths = {resolved(platform, path) for path in candidates(platform, word)}
    return any(binary.path in paths for binary in platform.binaries)
