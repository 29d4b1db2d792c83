"""A program holds something that is different in each build: the clock, the machine, the run, a path.

## What it finds

The time (`$(date …)`), the machine's or user's name, a random value, the number of the workflow run (`github.run_id`)
or the directory of the build,

- in `-ldflags -X` of `go build` in Dockerfiles, workflows, Makefiles and scripts,
- in a build argument that a workflow gives to a Dockerfile whose commands use it,
- in a file that a RUN writes in front of `go build`,
- in GoReleaser's `ldflags`: `{{ .Date }}`, `{{ .Now }}`, `{{ .Timestamp }}`.

Where the Dockerfile builds without `-trimpath` as well, the finding says so.

## Why

Two builds of one commit differ, so nobody can tell by comparing them whether a binary is what its commit says, each
build is a new layer for everybody who pulls it, and "nothing that ships has changed" can never be shown.

## Fix

The commit's time: `$(git log -1 --format=%cI)`, or `$(date -u -d @$SOURCE_DATE_EPOCH)` with SOURCE_DATE_EPOCH from
`git log -1 --format=%ct`; in GoReleaser `{{ .CommitDate }}`, which is the offered edit there (not a safe one: the
program says something else). Go itself records revision and commit time: runtime/debug.ReadBuildInfo.

## Limits

`date` with a moment that is given to it is right. What a script computes elsewhere is not followed. In Makefiles and
scripts that no workflow or Dockerfile starts it is a note.

## References

- https://reproducible-builds.org/docs/source-date-epoch/
- https://goreleaser.com/blog/reproducible-builds/
- https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.dockerfile.model import Dockerfile, Instruction
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import DOCKERFILE, MAKEFILE, SCRIPT, WORKFLOW, GoCall, GoCalls
from go_release_gate.facts.image_builds import ImageBuild, ImageBuilds
from go_release_gate.facts.releaser_flags import ReleaserFlag, ReleaserFlags
from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.finding import Edit, Fix, Location, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._changing import TIME, changing, what

RULE = Rule(
    id="nondeterministic-build-input",
    summary="a binary holds the clock, the machine or the run that built it",
    severity=Severity.WARNING,
    since="0.1",
    needs=(GoCalls,),
    uses=(Dockerfiles, Workflows, ImageBuilds),
    fix="unsafe",
)

_SHIPPING = frozenset({"build", "install"})
_DEFINED = re.compile(r"(?:^|\s|=|['\"])-X[\s=]+['\"]?([^\s='\"]+)=(.*)", re.DOTALL)
_NOW = re.compile(r"\{\{-?[^}]*?\.(Date|Now|Timestamp)\b[^}]*\}\}")
_WRITES = re.compile(r">\s*[\"']?[^\s&;|\"']+")
_COMMIT = "expected the commit's time, `git log -1 --format=%cI` or `date -u -d @$SOURCE_DATE_EPOCH`"


@RULE.check
def check(
    calls: GoCalls, files: Dockerfiles | None, _workflows: Workflows | None, builds: ImageBuilds | None
) -> Iterator[Draft]:
    """Commands first, then what workflows give to Dockerfiles, then files that a RUN writes."""
    told: set[tuple[str, str]] = set()
    shipping = [call for call in calls.calls if call.command.verb in _SHIPPING and not call.is_start]
    for draft in _all(shipping, files, builds):
        place = (draft.location.path, draft.key)
        if place not in told:
            told.add(place)
            yield draft


def _all(calls: list[GoCall], files: Dockerfiles | None, builds: ImageBuilds | None) -> Iterator[Draft]:
    for call in calls:
        yield from _of_call(call)
    for file in files.files if files else ():
        own = [call for call in calls if call.dockerfile is file]
        for build in builds.of(file.path) if builds else ():
            yield from _of_arguments(file, build, own)
        yield from _of_files(file, own)


def _of_call(call: GoCall) -> Iterator[Draft]:
    for definition in re.split(r"(?=-X[\s=])", call.shown):
        match = _DEFINED.search(definition)
        found = changing(match[2]) if match else ""
        if match is None or not found:
            continue
        line = _line(call, found)
        is_aside = call.where in (MAKEFILE, SCRIPT) and not call.ran_by
        yield _draft(
            Location(call.path, line),
            f"-X {match[1]}={found} puts {what(found)} into the binary: each build differs; "
            f"{_expected(found)}{_also(call)}",
            f"{match[1]}={found}" if call.where in (MAKEFILE, SCRIPT) else f"{call.scope} {match[1]}",
            Severity.NOTE if is_aside else Severity.WARNING,
            "workflow" if call.where == WORKFLOW else "image" if call.where == DOCKERFILE else "repository",
        )


def _expected(expression: str) -> str:
    """What belongs there instead."""
    return _COMMIT if what(expression) == TIME else "expected nothing but what the commit says"


def _also(call: GoCall) -> str:
    """The word about -trimpath: without it the directory of the build is in the binary, too."""
    flags = f"{call.environment.get('GOFLAGS', '')} {call.shown}"
    is_bare = call.where == DOCKERFILE and "trimpath" not in flags and "trimpath" not in call.command.flags
    return "; and `-trimpath`, which leaves the directory of the build out" if is_bare else ""


def _line(call: GoCall, expression: str) -> int:
    """The line of the command on which the expression stands, or that of a variable which holds it; else the first."""
    lines, numbers = _lines(call)
    own = (number for number in numbers if what(changing(lines[number - 1])) == what(expression))
    elsewhere = (number for number, line in enumerate(lines if call.text else (), 1) if expression in line)
    return next(own, 0) or next(elsewhere, call.line)


def _lines(call: GoCall) -> tuple[list[str], range]:
    """The lines of the file, and the numbers of those that the command or its RUN stands on."""
    if call.text:
        lines = call.text.split("\n")
        following = (at for at in range(call.line, len(lines)) if not lines[at - 1].rstrip().endswith("\\"))
        return lines, range(call.line, next(following, len(lines)) + 1)
    stage = call.stage if call.dockerfile and call.path == call.dockerfile.path else None
    run = next((one for one in (stage.instructions if stage else ()) if one.line <= call.line <= one.end_line), None)
    return (
        (call.dockerfile.text.split("\n"), range(run.line, run.end_line + 1))
        if run and call.dockerfile
        else ([], range(0))
    )


def _of_arguments(file: Dockerfile, build: ImageBuild, calls: list[GoCall]) -> Iterator[Draft]:
    """A build argument of a workflow that a command of the Dockerfile compiles in."""
    for name, shown in build.shown.items():
        found = changing(shown)
        if not found or not any(_uses(call, name) for call in calls):
            continue
        yield _draft(
            Location(build.path, build.lines.get(name, build.line)),
            f"the build argument {name}={found} puts {what(found)} into the binary of {file.path}: each build differs; "
            f"{_expected(found)}",
            f"{build.scope} {name}",
            Severity.WARNING,
            "workflow",
        )


def _uses(call: GoCall, name: str) -> bool:
    return re.search(rf"-X[^$]*[^\s]*\$\{{?{name}\b", call.shown) is not None


def _of_files(file: Dockerfile, calls: list[GoCall]) -> Iterator[Draft]:
    """A RUN that writes what changes into a file, in a stage that compiles behind it."""
    for stage in file.stages:
        last = max((call.line for call in calls if call.stage is stage), default=0)
        for one in stage.instructions:
            if one.keyword == "RUN" and one.line <= last:
                for line, found in _written(one):
                    yield _draft(
                        Location(file.path, line),
                        f"{found} writes {what(found)} into a file that is built: each build differs; "
                        f"{_expected(found)}",
                        f"file {stage.name or stage.index} {found}",
                        Severity.WARNING,
                        "image",
                    )


def _written(one: Instruction) -> Iterator[tuple[int, str]]:
    for match in re.finditer(r"[^&;|\n]+", one.value):
        found = changing(match[0])
        if not found and re.match(r"\s*date\b", match[0]):
            found = changing(f"$({match[0].partition('>')[0].strip()})")
        rest = match[0].replace(found, "")
        target = _WRITES.search(rest)
        if found and target and "/dev/" not in target[0] and not re.match(r"\s*go\s", match[0]):
            yield one.line_of(match.start()), found


def _draft(place: Location, message: str, key: str, severity: Severity, kind: str) -> Draft:
    target = Target(kind, place.path if kind != "repository" else ".")
    return Draft(place, message, key=key, severity=severity, target=target)


@RULE.check_of(ReleaserFlags)
def check_releaser(flags: ReleaserFlags) -> Iterator[Draft]:
    """Templates of GoReleaser that are the time of the build."""
    for flag in flags.flags:
        for match in _NOW.finditer(flag.text):
            yield Draft(
                Location(flag.path, flag.line),
                f"`{match[0]}` in ldflags puts the time of the build into the binary: each build differs; expected "
                "`{{ .CommitDate }}`",
                key=f"{flag.build} {match[1]}",
                target=Target("repository", "."),
                fix=_releaser_fix(flag, match),
            )


def _releaser_fix(flag: ReleaserFlag, match: re.Match[str]) -> Fix | None:
    """`.Date` alone has the form of `.CommitDate`."""
    if not re.fullmatch(r"\{\{-?\s*\.Date\s*-?\}\}", match[0]) or flag.source.count(match[0]) != 1:
        return None
    text = flag.source.replace(match[0], match[0].replace(".Date", ".CommitDate"))
    return Fix(safe=False, edits=(Edit(flag.path, flag.line, flag.line, f"{text}\n"),))
