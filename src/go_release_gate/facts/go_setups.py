"""Which Go the jobs of workflows are set up with: actions/setup-go, containers of jobs, `docker run golang`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from go_release_gate.facts.go_versions import COMMAND, CONTAINER, LOCAL, SETUP, GoPlace, Literal, switching_of
from go_release_gate.gomod.goselect import Selection, in_version_file, of_directives, of_range, of_release
from go_release_gate.oci.golang import go_image
from go_release_gate.shell.script import Script
from go_release_gate.shell.unknown import has_hole
from go_release_gate.workflow.composite import Action, directory_of, reached_within
from go_release_gate.workflow.document import Job, Step, Workflow
from go_release_gate.workflow.reached import Reached, given_inputs, reached_steps
from go_release_gate.workflow.tree import Mapping as Table
from go_release_gate.workflow.tree import Node, Scalar, child
from go_release_gate.workflow.tree import Sequence as List

_SETUPS = ("actions/setup-go", "magnetikonline/action-golang-cache")
_MAJOR = re.compile(r"@v?(\d{1,3})(?:\.|$)")
_ONE_NAME = re.compile(r"\$\{\{\s*(env|matrix|inputs)\.([\w-]+)\s*\}\}")
_RUNS_IMAGE = re.compile(r"\b(?:docker|podman)\s+run\b")
_BUILDS = re.compile(r"(?:^|[\s;&|])go\s+(?:build|generate|test|vet|run\s+\.|install\s+\.|mod\s)")
_FIRST_LOCAL = 6  # the major version of setup-go from which on GOTOOLCHAIN is `local`

ReadFile = Callable[[str], str]  # text of a version file or module file, empty: there is none
Directives = Callable[[str], tuple[str, str] | None]  # path of a go.mod or go.work → (go, toolchain)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What steps may name: version files, the directives of module files, and composite actions by their directory."""

    text_of: ReadFile
    directives_of: Directives
    action_of: Callable[[str], Action | None] = lambda _directory: None


@dataclass(slots=True)
class _Found:
    """A place over all combinations of its job's matrix."""

    place: GoPlace
    selections: list[Selection | None] = field(default_factory=list)
    switching: set[tuple[str, str]] = field(default_factory=set)


def workflow_places(files: Sequence[Workflow], around: Surroundings) -> list[GoPlace]:
    """The places of all workflows; what they build is not said here."""
    places: list[GoPlace] = []
    for workflow in files:
        found: dict[tuple[int, int], _Found] = {}
        if _tells(workflow):
            for inputs in given_inputs(workflow, files):
                _collect(workflow, list(reached_steps(workflow, inputs)), around, found)
        places += (_merged(one) for one in found.values())
    return places


def _tells(workflow: Workflow) -> bool:
    has_container = any(job.container for job in workflow.jobs)
    return has_container or any(
        step.action in _SETUPS or directory_of(step) or (step.run and _RUNS_IMAGE.search(step.run.text))
        for _, step in workflow.steps()
    )


def _collect(
    workflow: Workflow, steps: Iterable[Reached], around: Surroundings, found: dict[tuple[int, int], _Found]
) -> None:
    jobs: dict[tuple[str, int], list[Reached]] = {}
    for reached in steps:
        jobs.setdefault((reached.job.id, reached.combination), []).append(reached)
    for of_job in jobs.values():
        if any(_is_elsewhere(reached) for reached in of_job):
            continue
        last = of_job[-1].environment.get("GOTOOLCHAIN")
        for place, selection, default in _of_job(workflow, of_job, around):
            known = found.setdefault((place.line, hash(place.kind)), _Found(place))
            known.selections.append(selection)
            unknown = last is not None and has_hole(last)
            known.switching.add(("", "") if unknown else switching_of(last, default))


def _is_elsewhere(reached: Reached) -> bool:
    """Whether the job checks out another repository or into another directory: then paths say nothing."""
    step = reached.step
    return step.action == "actions/checkout" and bool(step.input("path").strip(" ./") or step.input("repository"))


def _merged(found: _Found) -> GoPlace:
    distinct = list(dict.fromkeys(found.selections))
    told = found.switching.pop() if len(found.switching) == 1 else ("", "")
    known = [one for one in distinct if one is not None]
    place = found.place
    first = known[0] if known and len(known) == len(distinct) else None
    others = tuple(one for one in distinct if one is not first) if len(distinct) > 1 else ()
    return GoPlace(
        place.kind,
        place.path,
        place.line,
        place.written,
        selection=first if not others else None if None in distinct else first,
        others=others,
        switching=told[0],
        fetched=told[1],
        literal=place.literal if not others else None,
        scope=place.scope,
        source=place.source,
        span=place.span,
        is_guess=place.is_guess,
    )


def _of_job(
    workflow: Workflow, steps: Sequence[Reached], around: Surroundings
) -> Iterator[tuple[GoPlace, Selection | None, str]]:
    job = steps[0].job
    if job.container and (image := go_image(steps[0].evaluator.fill(job.container.text).strip())):
        place = GoPlace(CONTAINER, workflow.path, job.container.line, f"container {image.name}", scope=job.id)
        literal = _literal(workflow, job, None, job.container, image.selection)
        yield _at(place, literal), image.selection, LOCAL if image.is_local else ""
    for reached in steps:
        if reached.step.action in _SETUPS:
            yield from _of_setup(workflow, reached, around)
        elif action := around.action_of(directory_of(reached.step)):
            yield from _of_action(workflow, reached, action, around)
        elif reached.step.run is not None and _RUNS_IMAGE.search(reached.step.run.text):
            yield from _of_runs(workflow, reached)


def _at(place: GoPlace, literal: Literal | None, written: str = "", source: str = "") -> GoPlace:
    line = literal.line if literal and literal.path == place.path else place.line
    return replace(place, line=line, literal=literal, written=written or place.written, source=source)


def _of_setup(
    workflow: Workflow, reached: Reached, around: Surroundings
) -> Iterator[tuple[GoPlace, Selection | None, str]]:
    step = reached.step
    major = _MAJOR.search(step.uses.text) if step.uses else None
    is_local = bool(major) and int(major[1]) >= _FIRST_LOCAL if major and step.action == _SETUPS[0] else False
    default = LOCAL if is_local else "auto" if major else ""
    scope = f"{reached.job.id}/{step.id or 'setup-go'}"
    version = reached.input("go-version")
    if version:
        line = step.input_line("go-version")
        place = GoPlace(SETUP, workflow.path, line, f"go-version {version}", scope=scope, span=_span(reached))
        selection = None if has_hole(version) else of_range(version)
        literal = _literal(workflow, reached.job, step, step.inputs["go-version"], selection)
        yield _at(place, literal), selection, default
        return
    file = reached.input("go-version-file")
    if not file or has_hole(file):
        return
    path = posixpath.normpath(file)
    selection, literal = _of_file(path, around, reads_toolchain=is_local)
    line = step.input_line("go-version-file")
    place = GoPlace(SETUP, workflow.path, line, f"go-version-file {path}", scope=scope, span=_span(reached))
    yield _at(place, literal, source=path), selection, default


def _of_action(
    workflow: Workflow, call: Reached, action: Action, around: Surroundings
) -> Iterator[tuple[GoPlace, Selection | None, str]]:
    """The Go that a composite action sets up, where it is written: in the action, or in what the call gives it."""
    for reached in reached_within(action, call):
        for place, selection, default in _of_setup(workflow, reached, around) if reached.step.action in _SETUPS else ():
            literal = place.literal
            if not place.source:
                literal = _literal_within(workflow, call, action, (reached.step.inputs["go-version"], selection))
            own = replace(place, line=call.step.line, written=f"{place.written} of {action.path}", span=_span(call))
            yield _at(own, literal, source=place.source), selection, default


def _literal_within(
    workflow: Workflow, call: Reached, action: Action, written: tuple[Scalar, Selection | None]
) -> Literal | None:
    scalar, selection = written
    if selection is None:
        return None
    match = _ONE_NAME.fullmatch(scalar.text.strip())
    name = match[2].lower() if match and match[1] == "inputs" else ""
    if name in call.step.inputs:
        return _literal(workflow, call.job, call.step, call.step.inputs[name], selection)
    origin = action.defaults.get(name) if match else scalar
    if origin is None or "${{" in origin.text or selection.version not in origin.text:
        return None
    return Literal(action.path, origin.line_at(0), selection.version)


def _span(reached: Reached) -> tuple[int, int]:
    """The lines from a step to the next that sets Go up."""
    later = [step.line for step in reached.job.steps if step.line > reached.step.line and step.action in _SETUPS]
    return reached.step.line, min(later, default=1 << 30) - 1


def _of_file(path: str, around: Surroundings, *, reads_toolchain: bool) -> tuple[Selection | None, Literal | None]:
    name = posixpath.basename(path)
    if name in ("go.mod", "go.work"):
        told = around.directives_of(path)
        return (of_directives(*told, reads_toolchain=reads_toolchain) if told else None), None
    text = around.text_of(path)
    if not text or name not in (".go-version", ".tool-versions", "mise.toml"):
        return None, None
    word, line = in_version_file(name, text)
    selection = of_range(word) or of_release(word)
    return selection, Literal(path, line, word) if selection else None


def _of_runs(workflow: Workflow, reached: Reached) -> Iterator[tuple[GoPlace, Selection | None, str]]:
    """`docker run -v …:… golang:1.25 …`: without a volume it does not see the repository."""
    run = reached.step.run
    if run is None:
        return
    script = Script(dict(reached.environment), reached.evaluator.holes)
    for called in script.called(reached.evaluator.fill(run.text)):
        words = called.words
        is_run = len(words) > 2 and words[0].rpartition("/")[2] in ("docker", "podman") and words[1] == "run"
        if not is_run or not any(word.startswith(("-v", "--volume", "--mount")) for word in words):
            continue
        at = next((at for at, word in enumerate(words) if at > 1 and word[0:1] != "-" and go_image(word)), 0)
        image = go_image(words[at]) if at else None
        if image:
            builds = _BUILDS.search(" ".join(words[at + 1 :])) is not None
            line = run.line_at(_offset(run.text, called.line))
            scope = f"{reached.job.id}/{reached.step.id or image.repository}"
            place = GoPlace(COMMAND, workflow.path, line, f"docker run {image.name}", scope=scope, is_guess=builds)
            yield place, image.selection, LOCAL if image.is_local else ""


def _literal(
    workflow: Workflow, job: Job, step: Step | None, scalar: Scalar, selection: Selection | None
) -> Literal | None:
    """Where the version is written out: here, or in the variable, matrix or input that is named here alone."""
    if selection is None:
        return None
    match = _ONE_NAME.fullmatch(scalar.text.strip())
    if match is None:
        return None if "${{" in scalar.text else Literal(workflow.path, scalar.line_at(0), selection.version)
    kind, name = match.groups()
    tables: tuple[Mapping[str, Scalar], ...] = (step.env if step else {}, job.env, workflow.env)
    origin: Scalar | None
    if kind == "env":
        origin = next((table[name] for table in tables if name in table), None)
    elif kind == "inputs":
        origin = workflow.defaults.get(name)
    else:
        origin = _in_matrix(job.matrix, name)
    if origin is None or "${{" in origin.text or selection.version not in origin.text:
        return None
    return Literal(workflow.path, origin.line_at(0), selection.version)


def _in_matrix(matrix: Node | None, name: str) -> Scalar | None:
    """The only value of a matrix's key."""
    axis = child(matrix, name)
    include = child(matrix, "include")
    found = list(axis.items) if isinstance(axis, List) else []
    if isinstance(include, List):
        found += [item for entry in include.items if isinstance(entry, Table) and (item := entry.get(name))]
    scalars = [item for item in found if isinstance(item, Scalar)]
    return scalars[0] if len(scalars) == 1 and len(found) == 1 else None


def _offset(text: str, line: int) -> int:
    at = 0
    for _ in range(line):
        at = text.find("\n", at) + 1
    return at
