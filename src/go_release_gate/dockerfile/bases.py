"""Which base image a stage begins from, and what is known of it.

Only what the publisher documents, or what its own Dockerfile says, stands in the table (base_table.py); all else is
unknown, and unknown is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from go_release_gate.dockerfile.model import Value
from go_release_gate.oci.reference import InvalidReferenceError, Reference, parse
from go_release_gate.shell.unknown import Unknown

SCRATCH, STATIC, MUSL, GLIBC, UNKNOWN = "scratch", "static", "musl", "glibc", "unknown"
HOLE = "__unknown__"  # an unknown part of a tag, in characters a tag may have

_NOTHING: Mapping[str, str] = MappingProxyType({})
_WINDOWS = re.compile(r"mcr\.microsoft\.com/windows|nanoserver|windowsservercore")
_VARIABLE = re.compile(r"\$\{[^{}]*\}|\$\w+")


@dataclass(frozen=True, slots=True)
class Base:
    """A base image.

    Attributes:
        family: what programs it can start: `scratch` and `static` hold no C library (only programs that need none),
            `musl`, `glibc`, `unknown`.
        user: that containers run as, `0` is root; empty: not known.
        has_roots, has_zones, has_shell: root certificates, /usr/share/zoneinfo, /bin/sh; None: not known.
        is_go: whether it holds the Go toolchain.
        go: its Go release as far as the tag says it (`1.25.3`, `1.25`), empty: not said.
        go_is_local: whether it sets GOTOOLCHAIN=local, so that no other Go is fetched.
        directory: the directory that commands run in, empty: not known.
        environment: variables that it sets, as far as they matter.
        name: the repository in full, without tag; empty: not known.
        tag: as written, empty: none.
        digest: as written, empty: none.
        source: the page that says so.
    """

    family: str = UNKNOWN
    user: str = ""
    has_roots: bool | None = None
    has_zones: bool | None = None
    has_shell: bool | None = None
    is_go: bool = False
    go: str = ""
    go_is_local: bool = False
    directory: str = ""
    environment: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    name: str = ""
    tag: str = ""
    digest: str = ""
    source: str = ""


def base_of(image: Value) -> Base:
    """What is known of an image as FROM names it, once its variables are in place."""
    from go_release_gate.dockerfile.base_table import described

    text = image if isinstance(image, str) else _VARIABLE.sub(HOLE, image.text)
    if text == "scratch":
        source = "https://docs.docker.com/build/building/base-images/#create-a-minimal-base-image-using-scratch"
        return Base(SCRATCH, "0", False, False, False, directory="/", source=source)
    reference = _reference(text)
    if reference is None:
        return Base()
    found = described(canonical(reference), reference.tag, is_tagged=bool(reference.tag or not reference.digest))
    tag = "" if HOLE in reference.tag else reference.tag
    return replace(found, name=reference.name, tag=tag, digest=reference.digest)


def is_windows(image: Value) -> bool:
    """Whether an image is one of Windows, by its name: no root, no POSIX shell."""
    return _WINDOWS.search(image if isinstance(image, str) else image.text) is not None


def reference_of(image: Value) -> Reference | None:
    """The image's reference where it is known and is one."""
    return None if isinstance(image, Unknown) else _reference(image)


def _reference(text: str) -> Reference | None:
    name, _, _ = text.partition("@")
    if HOLE in name.rpartition("/")[0] or HOLE in name.rpartition("/")[2].partition(":")[0]:
        return None
    if HOLE in text.partition("@")[2]:
        text = name
    try:
        return parse(text)
    except InvalidReferenceError:
        return None


def canonical(reference: Reference) -> str:
    """The name that the table knows a repository by: official images and their mirrors without registry."""
    _, official, rest = f"/{reference.path}".rpartition("/library/")
    return rest if official else reference.familiar_name
