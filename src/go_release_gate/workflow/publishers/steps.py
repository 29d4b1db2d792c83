"""What one step pushes, and what it leaves behind for later steps: outputs, variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from go_release_gate.shell.script import Script
from go_release_gate.shell.unknown import has_hole
from go_release_gate.workflow.document import Step
from go_release_gate.workflow.expressions.evaluate import Evaluator
from go_release_gate.workflow.expressions.values import Record, Value
from go_release_gate.workflow.filledscript import FilledScript
from go_release_gate.workflow.publishers.dockerline import (
    is_pushing_output,
    option_values,
    output_names,
    pushed_names,
    tagged,
)
from go_release_gate.workflow.publishers.goreleaser import ImageTemplate, fill_template, is_prerelease
from go_release_gate.workflow.publishers.ko import ko_names
from go_release_gate.workflow.publishers.metadata import ACTION as METADATA
from go_release_gate.workflow.publishers.metadata import metadata_outputs
from go_release_gate.workflow.runs import Run
from go_release_gate.workflow.tree import Scalar

BUILD_PUSH = "docker/build-push-action"
BAKE = "docker/bake-action"
_SEPARATORS = re.compile(r"[\n,]")
_SHELLS = ("", "bash", "sh")
# A script without any of these words pushes nothing and leaves nothing behind: most are passed over.
_TELLING = re.compile(r"push|registry|imagetools|crane|skopeo|goreleaser|\bko\b|GITHUB_(?:OUTPUT|ENV)|set-output")


@dataclass(frozen=True, slots=True)
class Around:
    """What a step may name that is not in its workflow: the module at the root, GoReleaser's image names."""

    module: str = ""
    releaser: tuple[ImageTemplate, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """Names that are pushed, the line that says so, whether they may as well not be."""

    names: tuple[str, ...]
    line: int
    is_conditional: bool = False


@dataclass(slots=True)
class StepRun:
    """One step in one run: its texts are filled in by `evaluator`, its shell sees `environment`."""

    step: Step
    run: Run
    evaluator: Evaluator
    environment: dict[str, str]
    around: Around
    outputs: dict[str, Value] = field(default_factory=dict)
    exported: dict[str, str] = field(default_factory=dict)

    def pushed(self) -> Iterator[Named]:
        """What it pushes; afterwards `outputs` and `exported` hold what it leaves behind."""
        if self.step.run is not None:
            yield from self._script(self.step.run)
            return
        handler = _ACTIONS.get(self.step.action)
        if handler:
            yield from handler(self)

    def filled(self, name: str) -> str:
        """An input with its expressions filled in, empty where it is not given."""
        return self.evaluator.fill(self.step.input(name)).strip()

    def _script(self, run: Scalar) -> Iterator[Named]:
        if self.step.shell.partition(" ")[0] not in _SHELLS or not _TELLING.search(run.text):
            return
        filled = FilledScript(run, self.evaluator)
        script = Script(dict(self.environment), self.evaluator.holes)
        for called in script.called(filled.text):
            names = pushed_names(called.words) or self._of_tools(called.words, called.environment)
            if names is not None:
                yield Named(tuple(names), filled.line_at(called.line), called.is_conditional)
        self.outputs.update(script.outputs)
        self.exported.update(script.environment)

    def _of_tools(self, words: tuple[str, ...], environment: Mapping[str, str]) -> tuple[str, ...] | None:
        if words[0].rpartition("/")[2] == "goreleaser":
            return self.releaser_names(words[1:])
        return ko_names(words, environment, self.around.module, self.evaluator.holes)

    def releaser_names(self, words: tuple[str, ...]) -> tuple[str, ...] | None:
        """The names that `goreleaser WORDS` pushes; None: it pushes none."""
        skipped = ",".join(option_values(words, "--skip")).split(",")
        is_dry = any(word in ("--snapshot", "--skip-publish") for word in words)
        if "release" not in words or is_dry or {"publish", "docker"} & set(skipped) or not self.around.releaser:
            return None
        is_pre = is_prerelease(self.run.tag)
        names = [
            fill_template(template.text, self.run.tag, self.environment, self.evaluator.holes)
            for template in self.around.releaser
            if not (is_pre and template.skips_prerelease)
        ]
        return tuple(names) or None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(tagged(name.strip()) for name in _SEPARATORS.split(text) if name.strip())


def _build_push(step: StepRun) -> Iterator[Named]:
    push, outputs = step.filled("push"), step.filled("outputs")
    lines = [line for line in outputs.split("\n") if line.strip()]
    is_open = has_hole(push) or any(has_hole(line) and not is_pushing_output(line) for line in lines)
    is_pushed = push.lower() == "true" or any(map(is_pushing_output, lines))
    if step.step.input("repository"):  # the first edition of the action
        yield from _first_edition(step, is_conditional=has_hole(push), is_pushed=push.lower() in ("", "true"))
    elif (is_pushed or is_open) and "push-by-digest=true" not in outputs:
        names = _listed(step.filled("tags"))
        names += tuple(tagged(name) for line in lines for name in output_names(line))
        yield Named(tuple(dict.fromkeys(names)), step.step.input_line("tags"), not is_pushed)


def _first_edition(step: StepRun, *, is_conditional: bool, is_pushed: bool) -> Iterator[Named]:
    registry = step.filled("registry")
    name = f"{registry}/{step.filled('repository')}" if registry else step.filled("repository")
    tags = [tag.strip() for tag in _SEPARATORS.split(step.filled("tags")) if tag.strip()]
    if step.filled("tag_with_ref").lower() == "true":
        tags.append("latest" if step.run.ref_name == "master" else step.run.ref_name.replace("/", "-"))
    if is_pushed or is_conditional:
        yield Named(tuple(f"{name}:{tag}" for tag in tags or ["latest"]), step.step.line, is_conditional)


def _bake(step: StepRun) -> Iterator[Named]:
    push, options = step.filled("push"), step.filled("set")
    is_pushed = push.lower() == "true" or any(is_pushing_output(line) for line in options.split("\n"))
    if not is_pushed and not has_hole(push):
        return
    names = tuple(line.partition("=")[2] for line in options.split("\n") if ".tags" in line.partition("=")[0])
    if "outputs.bake-file" in step.step.input("files"):
        filled = [piece for piece, is_filled in step.evaluator.parts(step.step.input("files")) if is_filled]
        names += tuple(name for piece in filled for name in _listed(piece))
    unknown = step.evaluator.holes.mark("the names stand in a bake file, which is not read", "…")
    yield Named(names or (unknown,), step.step.line, not is_pushed)


def _metadata(step: StepRun) -> Iterator[Named]:
    names = ("images", "tags", "flavor", "sep-tags")
    inputs = {name: step.evaluator.fill(step.step.input(name)) for name in names}
    step.outputs.update(metadata_outputs(inputs, step.run, step.evaluator.holes))
    yield from ()


def _goreleaser(step: StepRun) -> Iterator[Named]:
    names = step.releaser_names(tuple(step.filled("args").split()))
    if names:
        yield Named(names, step.step.line)


def _setup_ko(step: StepRun) -> Iterator[Named]:
    if "KO_DOCKER_REPO" not in step.environment:
        repository = step.run.repository.lower() or step.evaluator.fill("${{ github.repository }}")
        step.exported["KO_DOCKER_REPO"] = f"ghcr.io/{repository}"
    yield from ()


def _push_to_registry(step: StepRun) -> Iterator[Named]:
    registry, image = step.filled("registry"), step.filled("image")
    tags = [tag for tag in re.split(r"[\s,]+", step.filled("tags")) if tag] or ["latest"]
    names = (tag if "/" in tag else f"{image}:{tag}" for tag in tags)
    yield Named(tuple(f"{registry}/{name}" if registry else name for name in names), step.step.input_line("tags"))


_ACTIONS: dict[str, Callable[[StepRun], Iterator[Named]]] = {
    BUILD_PUSH: _build_push,
    BAKE: _bake,
    METADATA: _metadata,
    "goreleaser/goreleaser-action": _goreleaser,
    "ko-build/setup-ko": _setup_ko,
    "imjasonh/setup-ko": _setup_ko,
    "redhat-actions/push-to-registry": _push_to_registry,
}


def known_outputs(step: StepRun) -> Record:
    """The step's outputs; those nobody can tell are unknown."""
    return Record(dict(step.outputs), "the output of the step is only known while the workflow runs")
