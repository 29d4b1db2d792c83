"""A release or image build that weakens what go.sum and the checksum database guarantee.

## What it finds

In Dockerfiles, in workflows that publish, and in the scripts they run:

- `GOSUMDB=off`; `GONOSUMDB`, `GOPRIVATE` or `GOINSECURE` for everything or for a host that anybody may use, `GOFLAGS`
  with `-mod=mod` or `-insecure`, `GONOSUMCHECK`; set by ENV, ARG, `env:`, `export`, `go env -w`, before a command.
- `GOPROXY=direct` (a note; a warning together with a checksum database that is off), and credentials in a GOPROXY.
- `go build -mod=mod` and its like, and in image builds `go mod tidy` and `go get`.

In workflows that publish nothing, settings of the first kind but -mod=mod, as a note: there a pull request's go.sum is
believed unseen.

## Why

go.sum is the record of what was reviewed and tested. A build that may rewrite it, or that takes what go.sum does not
hold unchecked, ships modules nobody has seen; with GOINSECURE anybody on the way can choose them.

## Fix

Commit go.mod and go.sum tidied, build with `-mod=readonly` (the default) and `go mod download`. Name your own hosts,
not everybody's, in GOPRIVATE: `GOPRIVATE=git.example.com,github.com/acme/*`. Give credentials by
`RUN --mount=type=secret` with a `.netrc` file or GOAUTH.

## Limits

Own hosts and paths in GOPRIVATE, GONOSUMDB and GOINSECURE are right and not reported, `-modcacherw` neither. `go get`
and `go mod tidy` are told of where the directory they run in was copied from the repository; in a stage that makes a
module of its own (`go mod init`) they change nobody's go.sum. Makefiles and scripts that no build of an image or
release starts are not judged, nor commands of workflows that publish nothing.

## References

- https://go.dev/ref/mod#authenticating
- https://go.dev/ref/mod#private-module-privacy
- https://go.dev/ref/mod#build-commands
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.dockerfile.syntax import assignments
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import DOCKERFILE, WORKFLOW, GoCall, GoCalls
from go_release_gate.facts.workflows import Workflows
from go_release_gate.gocommand.integrity import GRAVE, MILD, NAMES, has_credentials, weakness
from go_release_gate.model.finding import Edit, Fix, Location, Target
from go_release_gate.model.severity import Severity
from go_release_gate.oci.manifests.scan import is_passed_over, is_sample
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._calls import SOURCES, is_aside, is_releasing, is_shipped, place, shown, target
from go_release_gate.shell.unknown import Unknown
from go_release_gate.workflow.document import Texts

RULE = Rule(
    id="module-integrity-off",
    summary="a release or image build weakens what go.sum and the checksum database guarantee",
    severity=Severity.WARNING,
    since="0.1",
    needs=(GoCalls,),
    uses=SOURCES,
    fix="unsafe",
)
_SEVERITIES = {GRAVE: Severity.ERROR, MILD: Severity.NOTE}
_BUILDING = frozenset({"build", "install", "run", "test", "generate", "list"})
_TIDY = re.compile(r"(\s*RUN\s+)go\s+mod\s+tidy(?:\s+-v)?\s*", re.IGNORECASE)

Found = tuple[Location, Target, str, str, str]  # where, about what, scope, name, value


@RULE.check
def check(calls: GoCalls, workflows: Workflows | None, files: Dockerfiles | None, *_sources: object) -> Iterator[Draft]:
    """One draft for each setting where it is made, and for each command."""
    told: set[tuple[str, int | None, str]] = set()
    for draft in _drafts(calls, workflows, files):
        name = draft.key.rpartition(" ")[2]
        mark = (draft.location.path, draft.location.line, name)
        if mark not in told:
            told.add(mark)
            yield draft


def _drafts(calls: GoCalls, workflows: Workflows | None, files: Dockerfiles | None) -> Iterator[Draft]:
    written: dict[str, set[tuple[str, str]]] = {}
    for dockerfile in files.files if files else ():
        if not (is_passed_over(dockerfile.path) or is_sample(dockerfile.path) or is_aside(dockerfile.path)):
            for stage in dockerfile.stages:
                yield from _of_stage(dockerfile, stage, written.setdefault(dockerfile.path, set()))
    for workflow in workflows.files if workflows else ():
        about, known = Target("workflow", workflow.path), written.setdefault(workflow.path, set())
        for scope, texts in _tables(workflow):
            drafts = _of_texts(texts, (workflow.path, about, scope), known)
            yield from drafts if is_releasing(workflow.path, workflows) else _tested(drafts)
    for call in calls.calls:
        if is_shipped(call, workflows):
            yield from _settings_of(call, written.setdefault(call.path, set()))
            yield from _of_command(call)
        elif call.where == WORKFLOW:
            yield from _tested(_settings_of(call, written.setdefault(call.path, set())))


def _tested(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """What weakens tests alone is a note; what would be one anyway, and -mod=mod, which ships nothing, are nothing."""
    for draft in drafts:
        if draft.severity is not Severity.NOTE and "-mod=mod" not in draft.message:
            yield replace(draft, severity=Severity.NOTE)


def _tables(workflow: object) -> Iterator[tuple[str, Texts]]:
    from go_release_gate.workflow.document import Workflow

    if isinstance(workflow, Workflow):
        yield "", workflow.env
        for job in workflow.jobs:
            yield job.id, job.env
            for number, step in enumerate(job.steps, 1):
                yield f"{job.id}/{step.id or f'#{number}'}", step.env


def _of_texts(texts: Texts, about: tuple[str, Target, str], written: set[tuple[str, str]]) -> Iterator[Draft]:
    values = {name: scalar.text for name, scalar in texts.items()}
    for name in NAMES:
        if name in texts and "${{" not in values[name]:
            written.add((name, values[name]))
            where = Location(about[0], texts[name].line)
            yield from _setting((where, about[1], about[2]), name, values[name], values)


def _of_stage(dockerfile: Dockerfile, stage: Stage, written: set[tuple[str, str]]) -> Iterator[Draft]:
    about, scope = Target("dockerfile", dockerfile.path), stage.name or str(stage.index)
    for index, one in enumerate(stage.instructions):
        if one.keyword not in ("ENV", "ARG"):
            continue
        after = stage.scopes[index + 1]
        known = {name: value for name, value in after.items() if isinstance(value, str)}
        for name, line in _set_names(one, dockerfile.escape):
            value = after.get(name, "")
            if isinstance(value, Unknown) and name == "GOPROXY" and has_credentials(value.text):
                yield from _setting((Location(dockerfile.path, line), about, scope), name, value.text, known)
            elif isinstance(value, str) and name in NAMES:
                written.add((name, value))
                yield from _setting((Location(dockerfile.path, line), about, scope), name, value, known)


def _set_names(one: Instruction, escape: str) -> Iterator[tuple[str, int]]:
    try:
        for assigned in assignments(one, escape):
            if assigned.value is not None:
                yield assigned.name, one.line_of(assigned.offset)
    except ValueError:
        return


def _settings_of(call: GoCall, written: set[tuple[str, str]]) -> Iterator[Draft]:
    """Variables that are set for a command, and those that `go env -w` writes."""
    where = (place(call), target(call), call.scope)
    for name in NAMES:
        value = call.environment.get(name, "")
        if value and (name, value) not in written:
            written.add((name, value))
            yield from _setting(where, name, value, call.environment)
    if call.command.verb == "env" and "w" in call.command.flags:
        pairs = dict(word.partition("=")[::2] for word in call.command.arguments)
        for name in NAMES:
            if name in pairs:
                yield from _setting(where, name, pairs[name], pairs)


def _setting(where: tuple[Location, Target, str], name: str, value: str, others: Mapping[str, str]) -> Iterator[Draft]:
    grade, what = weakness(name, value, others)
    if what:
        said = name if name == "GOPROXY" and has_credentials(value) else f"{name}={value[:80]}"
        expected = (
            "expected addresses without credentials"
            if said == name
            else "expected the default, or your own hosts alone"
        )
        yield Draft(
            location=where[0],
            message=f"{said} {what}; {expected}",
            key=f"{where[2]} {name}",
            target=where[1],
            severity=_SEVERITIES.get(grade),
        )


def _of_command(call: GoCall) -> Iterator[Draft]:
    verb, flags = call.command.verb, call.command.flags
    if verb in _BUILDING and flags.get("mod") == "mod" and not any("@" in word for word in call.command.arguments):
        yield _draft(
            call, "may change go.mod and go.sum while it builds; expected -mod=readonly, the default", "-mod=mod"
        )
    if call.where != DOCKERFILE or call.is_start or not call.directory or _makes_module(call):
        return
    if verb == "mod tidy" and "diff" not in flags:
        yield _draft(
            call,
            "writes go.mod and go.sum anew, so that the image holds other modules than the commit says; expected "
            "`go mod download`",
            "tidy",
            _tidied(call),
        )
    elif verb == "get":
        yield _draft(call, "changes go.mod and go.sum inside the image; expected `go mod download`", "get")


def _makes_module(call: GoCall) -> bool:
    if call.stage is None or call.dockerfile is None:
        return False
    stages = call.dockerfile.ancestry(call.stage)
    return any("mod init" in one.value for stage in stages for one in stage.instructions if one.keyword == "RUN")


def _tidied(call: GoCall) -> Fix | None:
    """The whole line is the command: nothing else on it changes."""
    lines = call.dockerfile.text.split("\n") if call.dockerfile else []
    match = _TIDY.fullmatch(lines[call.line - 1]) if 0 < call.line <= len(lines) else None
    if match is None:
        return None
    return Fix(safe=False, edits=(Edit(call.path, call.line, call.line, f"{match[1]}go mod download\n"),))


def _draft(call: GoCall, what: str, key: str, fix: Fix | None = None) -> Draft:
    return Draft(
        location=place(call),
        message=f"{shown(call)} {what}",
        key=f"{call.scope} {key}",
        target=target(call),
        fix=fix,
    )
