"""One place that names an image, with the exact position of each part."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from go_release_gate.oci.reference import Reference, parse

KUBERNETES, KUSTOMIZE, HELM, COMPOSE = "kubernetes", "kustomize", "helm", "compose"
WORKFLOW, CONFIG, DOCKERFILE = "workflow", "config", "dockerfile"

_MARKS = re.compile(r"[$<>{}%()!?*#|^~`\\]|://|\.\.\.|…")
_WORDS = frozenset(
    {
        "COMMIT", "IMAGE", "IMG", "NAME", "NAMESPACE", "ORG", "ORGANIZATION", "OWNER", "PROJECT",
        "REGISTRY", "REPO", "REPOSITORY", "SERVICE", "SHA", "TAG", "USER", "USERNAME", "VERSION", "XXX",
        "YOUR"
    }
)  # fmt: skip
_LOUD = re.compile(r"[A-Z][A-Z0-9]*(?:[_-]+[A-Z0-9]+)+|_+[A-Za-z0-9_]+_+|(?i:(?:your|replace|change|insert)[_-]?\w.*)")


@dataclass(frozen=True, slots=True)
class Part:
    """A text in a file: `line` and `column` (from 1) of its first character; `source`: the whole line with its end.

    `source` is empty where the text is not written on one line as it is (folded, escaped, substituted). `is_literal`:
    its lines stand below, one by one (`|`).
    """

    text: str
    line: int
    column: int
    source: str = ""
    is_literal: bool = False

    def rewritten(self, text: str) -> str:
        """The line with `text` in this one's place; empty where that cannot be said."""
        start = self.column - 1
        if not self.source.startswith(self.text, start):
            return ""
        return self.source[:start] + text + self.source[start + len(self.text) :]


@dataclass(frozen=True, slots=True)
class ImageUse:
    """An image that a file names.

    Attributes:
        path: the file, relative to the root.
        where: kubernetes, kustomize, helm, compose, workflow, config or dockerfile.
        name: the reference, or only its repository where tag and digest are given apart.
        registry: where it is given apart (Helm).
        tag, digest: where they are given apart.
        field: dotted path of what names it in its document.
        is_pattern: `name` is only compared with other images' names (kustomize without newName).
        is_local: built beside or never pulled, so that no pin is missing.
        is_overridden: something beside gives it a tag or digest before it is deployed.
        can_default: without a tag, whoever reads this file adds one of his own (Helm's appVersion).
    """

    path: str
    where: str
    name: Part
    registry: str = ""
    tag: Part | None = None
    digest: Part | None = None
    field: str = ""
    is_pattern: bool = False
    is_local: bool = False
    is_overridden: bool = False
    can_default: bool = False

    @property
    def line(self) -> int:
        """Line of the part that says most: the digest's or tag's where kustomize gives only these."""
        return self.place.line

    @property
    def column(self) -> int:
        """Column of that part."""
        return self.place.column

    @property
    def place(self) -> Part:
        """The part that a finding about the whole stands at."""
        return (self.tag or self.digest or self.name) if self.is_pattern else self.name

    @property
    def repository(self) -> str:
        """The name with the registry that was given apart."""
        return f"{self.registry}/{self.name.text}" if self.registry else self.name.text

    @property
    def text(self) -> str:
        """The whole reference, its parts put together."""
        tag = f":{self.tag.text}" if self.tag and self.tag.text else ""
        digest = f"@{self.digest.text}" if self.digest and self.digest.text else ""
        return self.repository + tag + digest

    def reference(self) -> Reference:
        """The reference read. Raises InvalidReferenceError."""
        return parse(self.text)

    def overridden(self) -> ImageUse:
        """The same use, pinned by something beside."""
        return replace(self, is_overridden=True)


def is_placeholder(text: str) -> bool:
    """Whether a text stands for something that is filled in later: nothing can be said about it.

    Substitutions and templates (`$IMAGE`, `{{ … }}`, `<image>`), schemes that a tool replaces (`ko://…`), and the
    loud words of templates (`IMAGE`, `PROJECT_ID`, `your-registry`) as the whole or as a part.
    """
    if not text.strip() or _MARKS.search(text) or (text.startswith("@") and text.endswith("@")):
        return True
    name, _, digest = text.partition("@")
    head, _, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    parts = (*head.split("/"), *head.partition("/")[0].split("."), last, tag, digest)
    return any(part in _WORDS or _LOUD.fullmatch(part) for part in parts) or (name == last and name.isupper())
