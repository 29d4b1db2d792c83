"""What a text names: a folder, an archive or a reference."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.adapters.images.archive import open_archive
from go_release_gate.adapters.images.layout import Folder, Layout
from go_release_gate.errors import UsageError
from go_release_gate.facts.images.source import Source
from go_release_gate.oci.reference import InvalidReferenceError, parse

if TYPE_CHECKING:
    from go_release_gate.adapters.registry.client import Registries

_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.zst")


def open_image(text: str, registries: Registries, scratch: Path | None = None) -> Source:
    """The image that `text` names: an OCI layout (folder or archive), a docker archive, else a reference.

    A folder or archive with several images is followed by `:TAG` or `@sha256:…`. A file that is there counts before a
    reference of the same spelling; a folder does only when it holds `index.json`.

    Args:
        text: `PATH[:TAG|@DIGEST]` or `[REGISTRY/]NAME[:TAG][@DIGEST]`. registries: who is asked for a reference.
        scratch: a private folder for a packed archive, unpacked.

    Raises:
        UsageError: it is none of these. UnavailableError: the archive is more than is read.
    """
    for path, wanted in _splits(text):
        if path.is_file():
            return open_archive(text, path, wanted, scratch)
        if (path / "index.json").is_file():
            return Layout(text, Folder(path), wanted)
    _refuse_paths(text)
    try:
        reference = parse(text)
    except InvalidReferenceError as error:
        raise UsageError(f"neither a file nor an image reference: {error}") from None
    from go_release_gate.adapters.images.registry import RegistryImage

    return RegistryImage(reference, registries, text)


def _splits(text: str) -> list[tuple[Path, str]]:
    """Ways to part a text into a path and what is wanted of it."""
    if not text or "\0" in text:
        return []
    found = [(Path(text), "")]
    place, at, digest = text.partition("@")
    if at and place:
        found.append((Path(place), digest))
    for index, char in enumerate(text):
        if char == ":" and index > 0:
            found.append((Path(text[:index]), text[index + 1 :]))
    return found


def _refuse_paths(text: str) -> None:
    """Say what is wrong with what can only be meant as a path."""
    path = Path(text) if "\0" not in text else Path()
    looks = text.startswith(("/", "./", "../", "~")) or text.endswith(_ARCHIVES) or text in (".", "..")
    if path.is_dir() and (looks or (path / "oci-layout").exists() or (path / "blobs").exists()):
        raise UsageError(
            f"{text} is a folder without index.json: no image in OCI's layout",
            "name an OCI layout, an archive of `docker save`, or a reference",
        )
    if looks:
        raise UsageError(f"{text} is no file", "name an OCI layout, an archive of `docker save`, or a reference")
