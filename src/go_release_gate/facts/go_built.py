"""Which modules a place builds: by the `go` commands that run there, else by whether it builds anything at all."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from go_release_gate.facts.go_calls import WORKFLOW, GoCall
from go_release_gate.facts.go_versions import GoPlace
from go_release_gate.gomod.goselect import Selection, of_release
from go_release_gate.shell.unknown import has_hole
from go_release_gate.workflow.document import Job, Workflow

_BUILDING = frozenset(
    {"build", "test", "vet", "run", "generate", "list", "fix", "mod download", "mod verify", "mod tidy", "mod vendor"}
)
_BY_PACKAGE = frozenset({"install", "get", "run"})
_BY_DIRECTORY = frozenset({"build", "install", "test", "vet", "generate"})
_TOOLS = "make|mage|task|just|bazel|goreleaser|ko|golangci-lint|gotestsum|ginkgo"
_BUILDERS = re.compile(rf"\b(?:{_TOOLS})\b|\.sh\b|(?:^|[;&|\n])\s*\./\w")
_ACTIONS = re.compile(r"golangci/golangci-lint-action|goreleaser/goreleaser-action|github/codeql-action/analyze")


def modules_of_calls(calls: Iterable[GoCall], directories: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Directories of the modules that the commands load, and whether one of them runs where nobody knows.

    `directories`: those of every module of the repository.
    """
    found: dict[str, None] = {}
    is_open = False
    for call in calls:
        if not _loads_module(call):
            continue
        if not call.directory:
            is_open = True
            continue
        found.update(dict.fromkeys(_modules(call, directories)))
    return tuple(found), is_open


def _loads_module(call: GoCall) -> bool:
    verb, arguments = call.command.verb, call.command.arguments
    if verb in _BY_PACKAGE and any("@" in argument for argument in arguments):
        return False
    if verb == "mod download" and arguments:
        return False
    is_outside = call.environment.get("GO111MODULE") == "off"
    return not is_outside and (verb in _BUILDING or (verb == "install" and bool(arguments)))


def _modules(call: GoCall, directories: Sequence[str]) -> list[str]:
    """The module the command runs in, and in a workspace those of the directories that it names (`./services/api`)."""
    named = [word.removesuffix("...") for word in call.command.arguments if word.startswith("./") and "@" not in word]
    places = [call.directory]
    if call.command.verb in _BY_DIRECTORY:
        places += [posixpath.join(call.directory, word) for word in named if not has_hole(word)]
    found = (module_above(place, directories) for place in places)
    return list(dict.fromkeys(module for module in found if module is not None))


def module_above(directory: str, directories: Iterable[str]) -> str | None:
    """The module that a directory of the repository belongs to; None: it is in none."""
    known = set(directories)
    current = posixpath.normpath(directory)
    while current not in known:
        if current in (".", "") or current.startswith(".."):
            return None
        current = posixpath.dirname(current) or "."
    return current


def with_modules(
    places: Iterable[GoPlace], workflows: Sequence[Workflow], calls: Sequence[GoCall], directories: Sequence[str]
) -> list[GoPlace]:
    """The places of workflows with what their jobs build behind them."""
    files = {workflow.path: workflow for workflow in workflows}
    own = [call for call in calls if call.where == WORKFLOW or call.via or call.ran_by]
    return [_with_modules(place, files, own, directories) for place in places]


def _with_modules(
    place: GoPlace, files: dict[str, Workflow], calls: Sequence[GoCall], directories: Sequence[str]
) -> GoPlace:
    workflow = files[place.path]
    job = next((job for job in workflow.jobs if job.id == place.scope.partition("/")[0]), None)
    if job is None:
        return place
    first, last = place.span
    run = [
        call
        for call in calls
        if _is_in(call, workflow, job) and (not last or call.where != WORKFLOW or first <= call.line <= last)
    ]
    modules, is_open = modules_of_calls(run, directories)
    is_guess = not modules and (place.is_guess or is_open or _builds(job, place.span))
    if is_guess and len(directories) == 1 and (place.is_guess or is_open):
        return replace(place, modules=tuple(directories), is_guess=False)
    pairs = _pairs(run, directories) if place.others and not is_open else ()
    loading = list(filter(_loads_module, run))
    is_alone = bool(loading) and all(call.environment.get("GOWORK") == "off" for call in loading)
    return replace(place, modules=modules, is_guess=is_guess, is_alone=is_alone, pairs=pairs)


def _pairs(calls: Iterable[GoCall], directories: Sequence[str]) -> tuple[tuple[str, Selection], ...]:
    """Each module with each Go that a command loads it with; nothing where the Go of one is not known."""
    found: dict[tuple[str, Selection], None] = {}
    for call in filter(_loads_module, calls):
        selection = of_release(call.go) if call.go else None
        if selection is None:
            return ()
        found |= dict.fromkeys((module, selection) for module in _modules(call, directories))
    return tuple(found)


def _is_in(call: GoCall, workflow: Workflow, job: Job) -> bool:
    paths = (call.path,) if call.where == WORKFLOW else (call.via, *call.ran_by)
    return workflow.path in paths and call.scope.partition("/")[0] == job.id


def _builds(job: Job, span: tuple[int, int]) -> bool:
    """Whether a step runs something that may build."""
    first, last = span
    return any(
        (step.run is not None and _BUILDERS.search(step.run.text)) or _ACTIONS.match(step.action)
        for step in job.steps
        if not last or first <= step.line <= last
    )
