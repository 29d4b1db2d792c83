"""The settings of a run and what they were made from: reads the event, the configuration files and the baseline."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.adapters.programs import checkout_of
from go_release_gate.cli.basefile import Elsewhere, base_reader
from go_release_gate.cli.root import below
from go_release_gate.config.event import PAYLOAD_LIMIT, EventContext, load_event
from go_release_gate.config.load import FILE_NAME, ConfigFiles, Given, load
from go_release_gate.config.policy import Rules, RuleSeverity
from go_release_gate.config.settings import Settings
from go_release_gate.config.yamlfile import SIZE_LIMIT
from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.errors import ConfigError, GateError, UsageError
from go_release_gate.model.severity import Event

if TYPE_CHECKING:
    from go_release_gate.engine.baseline import Baseline

BASELINE_LIMIT = 16 << 20  # bytes
FileReader = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run is judged by.

    Attributes:
        origins: dotted key → flag, variable or place in a file; a key without one has its default.
        base_file: reads a file of the base commit (path relative to the root; None: not there); None when no
            pull request is judged.
    """

    settings: Settings
    event: EventContext
    baseline: Baseline | None = None
    notices: tuple[str, ...] = ()
    origins: Mapping[str, str] | None = None
    base_file: FileReader | None = None


class _Severities(Mapping[str, RuleSeverity]):
    """Loads the rules when somebody looks: without a configuration nobody does before there is something to judge."""

    @cached_property
    def _known(self) -> dict[str, RuleSeverity]:
        from go_release_gate.rules.registry import RULES

        return {rule.id: rule.severity for rule in RULES}

    def __getitem__(self, rule: str) -> RuleSeverity:
        return self._known[rule]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def rule_severities() -> Rules:
    """Rule id → its own severity, for all rules there are."""
    return _Severities()


def judged_settings(
    args: argparse.Namespace, environ: Mapping[str, str], root: Path, base_file: FileReader | None = None
) -> Judged:
    """Everything that steers a run over `root` (real path).

    Args:
        base_file: stands in for the reader of the base commit.

    Raises:
        ConfigError: a file that cannot be used. UsageError: a flag or variable that cannot.
    """
    context = load_event(environ, read_payload)
    given = given_by(args)
    if not _is_pull_request(given, context):
        base_file = None
    elif base_file is None:
        elsewhere = Elsewhere(bool(given.get("offline")), str(given.get("ca-bundle") or ""), context.trusted)
        base_file = base_reader(environ, root, given.get("base") or context.base, elsewhere)
    top = checkout_of(root, environ)
    files = _config_files(given, root, top, base_file)
    loaded = load(given, context, files, rule_severities())
    baseline = _baseline(loaded.settings, root, top, base_file)
    return Judged(loaded.settings, context, baseline, loaded.notices, loaded.origins, base_file)


def _is_pull_request(given: Given, context: EventContext) -> bool:
    """Whether the base commit's policy counts: in a pull request's workflow always, elsewhere when asked for."""
    is_asked = given.get("event") == Event.PULL_REQUEST.value and given.get("base")
    return context.event is Event.PULL_REQUEST or bool(is_asked)


def given_by(args: argparse.Namespace) -> Given:
    """What flags and environment gave, by the names of the inputs."""
    values = {key.replace("_", "-"): value for key, value in vars(args).items() if value is not None}
    return Given(values, args.origins)


def read_payload(path: str) -> bytes:
    """The event's payload, at most one byte more than is accepted."""
    with Path(path).open("rb") as file:
        return file.read(PAYLOAD_LIMIT + 1)


def _config_files(given: Given, root: Path, top: Path, base_file: FileReader | None) -> ConfigFiles:
    """The configuration of head and base; `top`: the whole checkout, which is what a pull request can change."""
    named = given.get("config")
    inside = below(Path(named), top) if named else None
    if named and (base_file is None or inside is None):
        return ConfigFiles(str(named), _read_named(Path(named)))
    name = os.path.relpath(top / inside, root) if inside else FILE_NAME
    head = _read_checkout(top, inside, SIZE_LIMIT) if inside else _read_default(root)
    if named and head is None:
        raise UsageError(f"cannot read the configuration file {str(named)!r}: there is none")
    if base_file is None:
        return ConfigFiles(name, head)
    try:
        return ConfigFiles(name, head, base_file(name), is_foreign=True)
    except GateError:
        return ConfigFiles(name, head, is_base_readable=False, is_foreign=True)


def _read_named(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(f"cannot read the configuration file {str(path)!r}: {error.strerror}") from error


def _read_default(root: Path) -> bytes | None:
    data = _read_checkout(root, FILE_NAME, SIZE_LIMIT)
    other = FILE_NAME.replace(".yml", ".yaml")
    if data is None and (root / other).is_file():
        raise ConfigError(
            f"this file is not read: its name must be {FILE_NAME}", f"rename it to {FILE_NAME}", path=other
        )
    return data


def _read_checkout(root: Path, name: str, limit: int) -> bytes | None:
    """A file of the checkout, never through a link."""
    directory, _, base = name.rpartition("/")
    try:
        return read_regular(root, directory or ".", base, limit)
    except RefusedFileError as error:
        raise ConfigError(error.message, path=name) from error


def _baseline(settings: Settings, root: Path, top: Path, base_file: FileReader | None) -> Baseline | None:
    """The baseline in force. On a pull request only entries that the base commit has, too."""
    name = settings.baseline
    if not name:
        return None
    from go_release_gate.engine.baseline import parse, tighten

    inside = below(root / name, top)
    data = _read_named(root / name) if inside is None else _read_checkout(top, inside, BASELINE_LIMIT)
    if data is None:
        raise ConfigError("there is no such baseline file", "write one with `check --write-baseline FILE`", path=name)
    baseline = parse(data, name)
    if base_file is None or inside is None:
        return baseline
    return tighten(_base_baseline(base_file, os.path.relpath(top / inside, root)), baseline)


def _base_baseline(base_file: FileReader, name: str) -> Baseline:
    from go_release_gate.engine.baseline import Baseline, parse

    try:
        data = base_file(name)
        return parse(data, name) if data is not None else Baseline()
    except GateError:
        return Baseline()
