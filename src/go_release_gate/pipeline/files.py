"""The files of a proposal: workflows from their templates, and what is to be done with each path."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from go_release_gate.errors import UsageError
from go_release_gate.facts.patch import file_diff
from go_release_gate.oci.manifests.scan import CONFIGURATION
from go_release_gate.pipeline.config_text import config_text
from go_release_gate.pipeline.marking import is_as_written, is_marked, is_same, marked
from go_release_gate.pipeline.options import words_of
from go_release_gate.pipeline.proposal import Proposal
from go_release_gate.pipeline.rendering import TemplateError, rendered
from go_release_gate.pipeline.services import Service
from go_release_gate.pipeline.values import blocks_of, values_of

DIRECTORY = ".github/workflows"
PREFIX = "go-release-gate-"

_OF_PULL_REQUESTS = ("pull-request", "annotate")


class State(StrEnum):
    """What is to be done with a file."""

    MISSING = "create"
    OUTDATED = "update"
    CURRENT = "unchanged"
    EDITED = "edited"
    OVERWRITTEN = "overwrite"

    @property
    def is_written(self) -> bool:
        """Whether the file gets other bytes."""
        return self in (State.MISSING, State.OUTDATED, State.OVERWRITTEN)

    @property
    def is_behind(self) -> bool:
        """Whether `--check` fails for it."""
        return self in (State.MISSING, State.OUTDATED)


@dataclass(frozen=True, slots=True)
class Planned:
    """One file: what is there (None: nothing), what it would be, and what is to be done."""

    path: str
    before: bytes | None
    after: bytes
    state: State

    @property
    def diff(self) -> str:
        """The change as a unified diff; of an edited file what is left undone."""
        return "" if self.state is State.CURRENT else file_diff(self.path, self.before, self.after)


def planned(proposal: Proposal, version: str, overwrite: Collection[str] = ()) -> tuple[Planned, ...]:
    """Every file, the configuration first.

    Args:
        overwrite: paths whose edits are given up.

    Raises:
        UsageError: a name of the repository that a workflow cannot take; a path in `overwrite` that is none of these.
    """
    files = (*_config(proposal), *_workflows(proposal, version, overwrite))
    unknown = sorted(set(overwrite) - {one.path for one in files})
    if unknown:
        known = ", ".join(one.path for one in files if one.state is State.EDITED) or "none is edited"
        raise UsageError(f"--overwrite: {unknown[0]!r} is no file that would be written", f"edited files: {known}")
    return files


def _config(proposal: Proposal) -> Iterator[Planned]:
    before, after = proposal.survey.config, config_text(proposal)
    if before is None and not after:
        return
    state = State.CURRENT if before == after else State.MISSING if before is None else State.OUTDATED
    yield Planned(CONFIGURATION, before, after, state)


def _workflows(proposal: Proposal, version: str, overwrite: Collection[str]) -> Iterator[Planned]:
    words = words_of(proposal.choices)
    for name, template, service in _wanted(proposal):
        try:
            body = rendered(template, values_of(proposal, service), blocks_of(proposal, service))
        except TemplateError as error:
            raise UsageError(f"{name}.yml cannot be written: {error}", "rename what the value names") from error
        path = _path(name, proposal.survey.files)
        before = proposal.survey.files.get(path)
        text = marked(body, version, words)
        yield Planned(path, before, _with_line_ends(text, before), _state(before, text, is_given_up=path in overwrite))


def _wanted(proposal: Proposal) -> Iterator[tuple[str, str, Service | None]]:
    """Name of the file, its template, the service it is for."""
    yield from ((name, name, None) for name in _OF_PULL_REQUESTS)
    services = proposal.services
    for one in services:
        yield ("release" if len(services) == 1 else f"release-{one.name}"), "release", one
    if services:
        names = ("rollback", "watch") if proposal.has_health else ("rollback",)  # nothing to ask is red each time
        yield from ((name, name, services[0] if len(services) == 1 else None) for name in names)


def _path(name: str, files: Mapping[str, bytes]) -> str:
    """Where a workflow lies: under its plain name, unless somebody else's file has it."""
    plain, other = f"{DIRECTORY}/{name}.yml", f"{DIRECTORY}/{PREFIX}{name}.yml"
    is_taken = plain in files and not is_marked(files[plain])
    return other if is_taken or (other in files and is_marked(files[other])) else plain


def _state(before: bytes | None, text: str, *, is_given_up: bool) -> State:
    if before is None:
        return State.MISSING
    if is_same(before, text):
        return State.CURRENT
    if is_as_written(before):
        return State.OUTDATED
    return State.OVERWRITTEN if is_given_up else State.EDITED


def _with_line_ends(text: str, before: bytes | None) -> bytes:
    is_windows = before is not None and b"\r\n" in before
    return (text.replace("\n", "\r\n") if is_windows else text).encode()
