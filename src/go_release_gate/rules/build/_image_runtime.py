"""Whether what a finished image starts is in it, and can be started. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from go_release_gate.facts.image_content import ENTRYPOINT, ImageContent, ImageFile, PlatformImage
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft
from go_release_gate.rules.build._image import Said, candidates, drafts, file_at, resolved


def not_startable(image: ImageContent) -> Iterator[Draft]:
    """Entrypoints whose file is not there or may not be executed, and scripts without their interpreter."""
    return drafts(image, _of_platform)


def _of_platform(platform: PlatformImage) -> Iterator[Said]:
    words = (*platform.config.entrypoint, *platform.config.command)
    if not words or platform.unreadable:  # what could not be read may hold it
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
    elif file.shebang:
        interpreter = file.shebang.split()[0]
        if file_at(platform, interpreter) is None:
            said = f"the script {file.path} wants {interpreter}, which the image lacks: it ends with `no such file or "
            yield Said(
                "interpreter", f"{said}directory`; start the program itself, or bring the shell", _severity(file)
            )


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
