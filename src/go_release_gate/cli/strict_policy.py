"""Whether `policy: strict` holds for image names, and the table of images: what `tags` reads of the configuration.

Only these two keys, and as `check` reads them: on a pull request the base commit's policy counts, tightened by the
head's. A file without the word costs one look at its bytes.
"""

from __future__ import annotations

import os
import posixpath
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from go_release_gate.config.event import EventContext
from go_release_gate.errors import GateError, UsageError
from go_release_gate.model.severity import Event

if TYPE_CHECKING:
    from go_release_gate.config.settings import ImageSettings

FILE_NAME = ".go-release-gate.yml"
_LIMIT = 256 << 10  # bytes, as for `check`
_WORD = b"strict"


@dataclass(frozen=True, slots=True)
class NamePolicy:
    """What counts. `images`: the table as the file gives it."""

    is_strict: bool = False
    images: tuple[ImageSettings, ...] = ()
    notices: tuple[str, ...] = ()


def name_policy(args: Namespace, environ: Mapping[str, str], root: Path, event: EventContext) -> NamePolicy:
    """The policy in force for the repository at `root` (real path).

    Raises:
        ConfigError: a file with the word `strict` that cannot be used. UsageError: `--config` names no file.
    """
    if event.event is Event.PULL_REQUEST:
        return _of_pull_request(args, environ, root, event)
    data = _named(Path(args.config)) if getattr(args, "config", None) else _of_checkout(root)
    return _read(data, str(getattr(args, "config", None) or FILE_NAME))


def _of_pull_request(args: Namespace, environ: Mapping[str, str], root: Path, event: EventContext) -> NamePolicy:
    from go_release_gate.cli.basefile import Elsewhere, base_reader
    from go_release_gate.config.environment import secret
    from go_release_gate.config.settings import Settings
    from go_release_gate.config.tighten import tighten

    if given := getattr(args, "config", None):
        from go_release_gate.adapters.programs import checkout_of
        from go_release_gate.cli.root import below

        if below(Path(given), checkout_of(root, environ)) is None:
            return _read(_named(Path(given)), str(given))
    name = os.path.relpath(given, root) if given else FILE_NAME
    data = _named(Path(given)) if given else _of_checkout(root)
    head = _read(data, name)
    is_silent = bool(args.offline) or not secret(environ, "github-token")
    elsewhere = Elsewhere(is_silent, str(args.ca_bundle or ""), event.trusted)
    try:
        base = _read(base_reader(environ, root, event.base, elsewhere)(name), f"{name} of the base commit")
    except GateError as error:
        if isinstance(error, UsageError):
            raise
        said = (f"the base commit's {name} cannot be read: the pull request's own counts where it is stricter",)
        return NamePolicy(head.is_strict, head.images, said if data is not None else ())
    if not (base.is_strict or head.is_strict):
        return NamePolicy()
    ours, theirs = (Settings(images=one.images, policy="strict") for one in (base, head))
    return NamePolicy(is_strict=True, images=tighten(ours, theirs, {}).images)


def _read(data: bytes | None, name: str) -> NamePolicy:
    if data is None or (_WORD not in data and b"\\" not in data):  # a word may be written in escapes
        return NamePolicy()
    from go_release_gate.config.yamlfile import YamlDocument, read_yaml

    document = read_yaml(data, name)
    if not _is_plain(document.value):
        return _by_schema(data, name)
    values = document.value or {}
    if values.get("policy") != "strict":
        return NamePolicy()
    from go_release_gate.config.policy import images_of

    return NamePolicy(is_strict=True, images=images_of(YamlDocument(values, document.lines), name))


def _is_plain(document: Any) -> bool:
    """Whether the two keys are as they should be: a look that spares loading the whole schema."""
    if not isinstance(document, dict):
        return document is None
    entries = document.get("images", [])
    return document.get("policy", "default") in ("default", "strict") and (
        isinstance(entries, list) and all(map(_is_entry, entries))
    )


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, dict) or not entry.keys() <= {"image", "module", "tags", "platforms"}:
        return False
    lists = [entry.get("tags", []), entry.get("platforms", [])]
    if not all(isinstance(one, list) for one in lists):
        return False
    words = [entry.get("image"), entry.get("module", "."), *(word for one in lists for word in one)]
    is_inside = posixpath.normpath(str(entry.get("module", "."))).split("/")[0] not in ("", "..")
    return is_inside and all(isinstance(word, str) and word for word in words)


def _by_schema(data: bytes, name: str) -> NamePolicy:
    """The same by way of the schema, which says what is wrong where something is."""
    from go_release_gate.cli.settings import rule_severities
    from go_release_gate.config.policy import read_policy

    settings = read_policy(data, name, Event.BRANCH, rule_severities()).settings
    return NamePolicy(settings.policy == "strict", settings.images if settings.policy == "strict" else ())


def _of_checkout(root: Path) -> bytes | None:
    """The file in the checkout, never through a link."""
    if not os.path.lexists(root / FILE_NAME):
        return None
    from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
    from go_release_gate.errors import ConfigError

    try:
        return read_regular(root, ".", FILE_NAME, _LIMIT)
    except RefusedFileError as error:
        raise ConfigError(error.message, path=FILE_NAME) from error


def _named(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LIMIT + 1)
    except OSError as error:
        raise UsageError(f"cannot read the configuration file {str(path)!r}: {error.strerror}") from error
