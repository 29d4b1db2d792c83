"""The fact which image builds the workflows run: Dockerfile, context, target, build arguments, platforms.

https://github.com/docker/build-push-action#inputs, https://docs.docker.com/reference/cli/docker/buildx/build/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from go_release_gate.dockerfile.ignore import Pattern
from go_release_gate.gocommand.makefile import Recipe, read_makefile
from go_release_gate.shell.script import Script
from go_release_gate.shell.unknown import Holes, has_hole
from go_release_gate.workflow.document import Workflow
from go_release_gate.workflow.publishers.dockerline import option_values
from go_release_gate.workflow.publishers.steps import BUILD_PUSH
from go_release_gate.workflow.reached import Reached, given_inputs, reached_steps

_REMOTE = re.compile(r"https?://|git://|ssh://|git@|github\.com/|\{\{\s*defaultContext")
_SEPARATORS = re.compile(r"[\n,]")
_BUILDERS = frozenset({"docker", "podman", "nerdctl", "buildah", "docker-buildx"})
_TELLING = re.compile(r"\b(?:docker|podman|nerdctl|buildah)\b")
_ALONE = frozenset(
    {"--load", "--push", "--pull", "--no-cache", "--rm", "--force-rm", "--squash", "--quiet", "-q", "-D"}
)


@dataclass(frozen=True, slots=True)
class ImageBuild:
    """One step that builds an image from a Dockerfile of the repository.

    Attributes:
        path, line: the workflow and where it says so. scope: `job/step`.
        dockerfile, context: relative to the root; empty: not known.
        target: stage it stops at, empty: the last. arguments: build arguments whose value is known.
        unknown: names of build arguments whose value is not known. lines: the line of each argument. shown: what the
            unknown ones are as far as the workflow's text tells (`$(date +%s)`).
        platforms: all that it is built for, over every combination of a matrix; empty: not said.
        is_open: more platforms may come from where one cannot look.
    """

    path: str
    line: int
    scope: str
    dockerfile: str
    context: str
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    lines: Mapping[str, int] = field(default_factory=dict)
    platforms: tuple[str, ...] = ()
    is_open: bool = False
    shown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImageBuilds:
    """Every image build of the workflows, in the order of paths and lines.

    `given`: names of build arguments that Makefiles and scripts give to some build. `ignored`: ignore file → its
    patterns. `by_hand`: builds for several platforms in Makefiles and scripts, which nobody need run.
    """

    builds: tuple[ImageBuild, ...]
    given: frozenset[str] = frozenset()
    ignored: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)
    by_hand: tuple[ImageBuild, ...] = ()

    def of(self, dockerfile: str) -> tuple[ImageBuild, ...]:
        """The builds of a Dockerfile."""
        return tuple(build for build in self.builds if build.dockerfile == dockerfile)


def image_builds(workflows: Iterable[Workflow]) -> ImageBuilds:
    """The builds of all workflows; one for each step and each set of arguments, platforms put together."""
    files = tuple(workflows)
    found: dict[tuple[object, ...], ImageBuild] = {}
    for workflow in files:
        if not _may_build(workflow):
            continue
        for inputs in given_inputs(workflow, files):
            for reached in reached_steps(workflow, inputs):
                for build in _of_step(workflow, reached):
                    _put(found, build)
    return ImageBuilds(tuple(sorted(found.values(), key=lambda build: (build.path, build.line))))


def builds_by_hand(path: str, text: str) -> Iterator[ImageBuild]:
    """The builds for several platforms that a Makefile or shell script runs; it is taken to run in its directory."""
    if "--platform" not in text or not _TELLING.search(text):
        return
    holes = Holes()
    is_script = path.endswith((".sh", ".bash"))
    recipes = [Recipe("", 1, text)] if is_script else read_makefile(text, holes).recipes
    for recipe in recipes:
        for called in Script({}, holes).called(recipe.text):
            words = _build_arguments(called.words) or ()
            listed = [name.strip() for value in option_values(words, "--platform") for name in value.split(",")]
            platforms = tuple(dict.fromkeys(name for name in listed if name and not has_hole(name)))
            context, files = _context(words), option_values(words, "-f", "--file")
            targets = option_values(words, "--target")
            if len(platforms) > 1 and context != "-" and not _REMOTE.match(context):
                place = _place(context, files[-1] if files else "", posixpath.dirname(path))
                target = _known(targets[-1]) if targets else ""
                line = recipe.line + called.line
                yield ImageBuild(path, line, recipe.target, *place, target=target, platforms=platforms)


def _put(found: dict[tuple[object, ...], ImageBuild], build: ImageBuild) -> None:
    key = (build.path, build.line, build.dockerfile, build.context, build.target, *sorted(build.arguments.items()))
    known = found.get(key)
    platforms = dict.fromkeys((*(known.platforms if known else ()), *build.platforms))
    is_open = build.is_open or (known is not None and known.is_open)
    found[key] = replace(build, platforms=tuple(platforms), is_open=is_open)


def _may_build(workflow: Workflow) -> bool:
    return any(
        step.action == BUILD_PUSH or (step.run and _TELLING.search(step.run.text)) for _, step in workflow.steps()
    )


def _of_step(workflow: Workflow, reached: Reached) -> Iterator[ImageBuild]:
    step = reached.step
    if step.action == BUILD_PUSH:
        yield from _of_action(workflow, reached)
    elif step.run is not None and _TELLING.search(step.run.text):
        script = Script(dict(reached.environment), reached.evaluator.holes)
        for called in script.called(reached.evaluator.fill(step.run.text)):
            arguments = _build_arguments(called.words)
            if arguments is not None:
                line = step.run.line_at(_offset(step.run.text, called.line))
                yield from _of_command(workflow, reached, (arguments, line, called.environment))


def _of_action(workflow: Workflow, reached: Reached) -> Iterator[ImageBuild]:
    context = reached.input("context") or "."
    if _REMOTE.match(context):  # the commit as GitHub has it: the same files
        context = "."
    file = reached.input("file")
    place = _place(context, file, "")
    lines = [line.strip() for line in reached.input("build-args").split("\n") if line.strip()]
    scalar = reached.step.inputs.get("build-args")
    names = [line.partition("=")[0] for line in lines]
    at = {name: scalar.line_at(max(scalar.text.find(name), 0)) for name in names} if scalar else {}
    build = ImageBuild(
        workflow.path, reached.step.line, _scope(reached), *place, target=_known(reached.input("target")), lines=at
    )
    build = _with(build, lines, reached.environment, _SEPARATORS.split(reached.input("platforms")))
    yield replace(build, shown=_shown(lines, reached))


def _of_command(
    workflow: Workflow, reached: Reached, called: tuple[Sequence[str], int, Mapping[str, str]]
) -> Iterator[ImageBuild]:
    words, line, environment = called
    context = _context(words)
    files, targets = option_values(words, "-f", "--file"), option_values(words, "--target")
    if context == "-" or _REMOTE.match(context) or files[-1:] == ["-"]:
        return
    arguments = option_values(words, "--build-arg")
    place = _place(context, files[-1] if files else "", reached.evaluator.fill(reached.step.directory))
    at = {argument.partition("=")[0]: line for argument in arguments}
    target = _known(targets[-1]) if targets else ""
    build = ImageBuild(workflow.path, line, _scope(reached), *place, target=target, lines=at)
    platforms = [name for value in option_values(words, "--platform") for name in value.split(",")]
    yield replace(_with(build, arguments, environment, platforms), shown=_shown(arguments, reached))


def _shown(arguments: Iterable[str], reached: Reached) -> dict[str, str]:
    pairs = (argument.partition("=") for argument in arguments)
    return {name: reached.evaluator.holes.shown(value) for name, _, value in pairs if has_hole(value)}


def _with(
    build: ImageBuild, arguments: Iterable[str], environment: Mapping[str, str], platforms: Iterable[str]
) -> ImageBuild:
    known: dict[str, str] = {}
    unknown: set[str] = set()
    for argument in arguments:
        name, sign, value = argument.partition("=")
        given = value if sign else environment.get(name)
        if given is None or has_hole(name + given):
            unknown.add(name)
        else:
            known[name] = given
    names = [name.strip() for name in platforms if name.strip()]
    return replace(
        build,
        arguments=known,
        unknown=frozenset(unknown),
        platforms=tuple(dict.fromkeys(name for name in names if not has_hole(name))),
        is_open=any(map(has_hole, names)),
    )


def _build_arguments(words: Sequence[str]) -> list[str] | None:
    """What follows `docker build`; None: the command builds nothing."""
    if not words or words[0].rpartition("/")[2] not in _BUILDERS:
        return None
    rest = list(words[1:])
    while rest and rest[0].startswith("-"):
        rest = rest[1:]
    if rest[:1] in (["image"], ["buildx"], ["builder"]):
        rest = rest[1:]
    return rest[1:] if rest[:1] in (["build"], ["bud"], ["b"]) else None


def _context(words: Sequence[str]) -> str:
    """The last word that is no option and no option's value."""
    last = words[-1] if words else ""
    before = words[-2] if len(words) > 1 else ""
    is_value = before.startswith("-") and "=" not in before and before not in _ALONE
    if last.startswith("-") and last != "-":
        return _first_positional(words)
    return _first_positional(words) if is_value else last


def _first_positional(words: Sequence[str]) -> str:
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-") and word != "-":
            skip = "=" not in word and word not in _ALONE
        else:
            return word
    return ""


def _place(context: str, file: str, directory: str) -> tuple[str, str]:
    """Dockerfile and context, relative to the root; empty where one is not known."""
    known = "" if has_hole(context + directory) or not context else _inside(posixpath.join(directory or ".", context))
    if file:
        return ("" if has_hole(file + directory) else _inside(posixpath.join(directory or ".", file))), known
    return (posixpath.normpath(f"{known}/Dockerfile") if known else ""), known


def _inside(path: str) -> str:
    normal = posixpath.normpath(path)
    return "" if normal.startswith(("..", "/")) else normal


def _known(text: str) -> str:
    return "" if has_hole(text) else text


def _scope(reached: Reached) -> str:
    number = next((index for index, one in enumerate(reached.job.steps, 1) if one is reached.step), 0)
    return f"{reached.job.id}/{reached.step.id or f'#{number}'}"


def _offset(text: str, line: int) -> int:
    at = 0
    for _ in range(line):
        at = text.find("\n", at) + 1
    return at
