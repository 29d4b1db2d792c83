"""The images that a Dockerfile begins its stages with, where they are written out.

https://docs.docker.com/reference/dockerfile/#from
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.oci.manifests.use import DOCKERFILE, ImageUse, Part

_FROM = re.compile(
    r"[ \t]*(?i:from)[ \t]+(?:--\S+[ \t]+)*(?P<image>[^\s#\\]\S*)(?:[ \t]+(?i:as)[ \t]+(?P<stage>\S+))?[ \t]*\r?"
)
_HEREDOC = re.compile(r"<<(?P<tabs>-?)(?P<quote>[\"']?)(?P<word>[A-Za-z_]\w*)(?P=quote)")
_WITH_HEREDOC = re.compile(r"[ \t]*(?i:run|copy|add)[ \t]")
_ESCAPE = re.compile(r"#[ \t]*escape[ \t]*=[ \t]*(?P<character>[\\`])[ \t]*\r?")


def images(path: str, text: str) -> Iterator[ImageUse]:
    """One use for each FROM that names an image: no stage of the same file, no `scratch`, no variable."""
    stages: set[str] = {"scratch"}
    for number, line in _instructions(text):
        match = _FROM.fullmatch(line.removesuffix("\n"))
        if match is None:
            continue
        image = match["image"]
        if image.lower() not in stages and not image.isdigit():
            part = Part(image, number, match.start("image") + 1, line)
            yield ImageUse(path, DOCKERFILE, part, field="FROM")
        if match["stage"]:
            stages.add(match["stage"].lower())


def _instructions(text: str) -> Iterator[tuple[int, str]]:
    """The first lines of instructions with their numbers; continuations, comments and here-documents are left out."""
    escape, is_continued, waiting = "\\", False, list[str]()
    for number, line in enumerate(_lines(text), 1):
        bare = line.strip()
        directive = _ESCAPE.fullmatch(line.rstrip("\n"))
        if waiting:
            if bare == waiting[0]:
                waiting.pop(0)
            continue
        if directive and number <= 2:
            escape = directive["character"]
        if not bare or bare.startswith("#"):
            continue
        if not is_continued:
            yield number, line
        if is_continued or _WITH_HEREDOC.match(line):
            waiting = [match["word"] for match in _HEREDOC.finditer(line)]
        is_continued = bare.endswith(escape)


def _lines(text: str) -> list[str]:
    parts = text.split("\n")
    return [*(f"{part}\n" for part in parts[:-1]), *parts[-1:]]
