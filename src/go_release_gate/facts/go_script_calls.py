"""The `go` commands of shell scripts, Makefiles and steps of workflows, and which files they start."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from go_release_gate.facts.go_calls import MAKEFILE, SCRIPT, WORKFLOW, GoCall
from go_release_gate.gocommand.makefile import read_makefile
from go_release_gate.gocommand.read import program_version, read_command
from go_release_gate.gocommand.walk import Ran, Walk, joined
from go_release_gate.gomod.goselect import of_range
from go_release_gate.oci.golang import go_image
from go_release_gate.shell.unknown import Holes, has_hole
from go_release_gate.workflow.composite import Action, directory_of, reached_within
from go_release_gate.workflow.document import Workflow
from go_release_gate.workflow.filledscript import FilledScript
from go_release_gate.workflow.reached import Reached, given_inputs, reached_steps

_GO = re.compile(r"\bgo\b|\bGO\b")
RUNS_GO = re.compile(
    r"(?i)\bgo[\d.]*[\"'})]*[ \t]+(?:-C|build|clean|env|generate|get|install|list|mod|run|test|tool|vet|work|\$|\"?\$)"
)
"""A look that spares reading: most scripts run no go."""

_STARTS = re.compile(r"\.sh\b|\./|\bbash\b|\bsh\b")
_SHELLS = ("", "bash", "sh")
_SETUP = "actions/setup-go"
_SHEBANG = re.compile(r"#!\s*\S*/(?:env\s+(?:-\S+\s+)*)?(?:ba|da|a|z|k)?sh\b")


@dataclass(slots=True)
class Found:
    """What a file holds: its calls, and the scripts it starts, as paths relative to the root."""

    calls: list[GoCall] = field(default_factory=list)
    started: list[str] = field(default_factory=list)

    def add(self, ran: Ran, base: GoCall, holes: Holes, walk: Walk) -> None:
        """Take one command: `base` says where it stands."""
        if ran.file and (path := walk.resolved(ran.directory, ran.file)):
            self.started.append(path)
        call = of_ran(ran, base, holes)
        if call is not None:
            self.calls.append(call)


def of_ran(ran: Ran, base: GoCall, holes: Holes) -> GoCall | None:
    """The call that a command is, its place as in `base`; None: it is none of go."""
    command = read_command(ran.words)
    if command is None:
        return None
    return replace(
        base,
        command=command,
        environment=ran.environment,
        directory=changed(ran.directory, command.flags.get("C", "")),
        go=program_version(command.program) or base.go,
        is_conditional=ran.is_conditional or base.is_conditional,
        shown=holes.shown(" ".join(command.words)),
    )


def changed(directory: str, flag: str) -> str:
    """The directory once `-C` has been followed."""
    if not flag:
        return directory
    return "" if has_hole(flag) else joined(directory, flag)


def is_shell_script(path: str, text: str) -> bool:
    """Whether a file is a shell script, by its name or its first line."""
    return path.endswith((".sh", ".bash")) or _SHEBANG.match(text) is not None


def of_script(path: str, text: str, directory: str = "", environment: Mapping[str, str] | None = None) -> Found:
    """What a shell script holds. It runs in `directory`; empty: nobody knows in which."""
    found = Found()
    if not _GO.search(text) and not _STARTS.search(text):
        return found
    holes = Holes()
    walk = Walk(holes, posixpath.dirname(path) or ".")
    for ran in walk.ran(text, environment or {}, directory):
        found.add(ran, replace(_at(path, ran.line + 1, SCRIPT), text=text), holes, walk)
    return found


def of_makefile(path: str, text: str) -> Found:
    """What the recipes of a Makefile hold; it is taken to be started in its own directory."""
    found = Found()
    if not _GO.search(text):
        return found
    holes = Holes()
    directory = posixpath.dirname(path) or "."
    walk = Walk(holes, directory)
    makefile = read_makefile(text, holes)
    for recipe in makefile.recipes:
        for ran in walk.ran(recipe.text, makefile.exported, directory):
            base = replace(_at(path, recipe.line + ran.line, MAKEFILE), scope=recipe.target, text=text)
            found.add(ran, base, holes, walk)
    return found


def of_workflow(
    workflow: Workflow, files: Iterable[Workflow], action_of: Callable[[str], Action | None] = lambda _directory: None
) -> Found:
    """What the steps of a workflow hold, and the composite actions they use, in every combination of their matrix."""
    found = Found()
    texts = [step.run.text for _, step in workflow.steps() if step.run]
    has_actions = any(directory_of(step) for _, step in workflow.steps())
    if not has_actions and not any(_GO.search(text) or _STARTS.search(text) for text in texts):
        return found
    for inputs in given_inputs(workflow, files):
        go: tuple[str, int, str] = ("", 0, "")
        for reached in reached_steps(workflow, inputs):
            if (reached.job.id, reached.combination) != go[:2]:
                go = (reached.job.id, reached.combination, _of_container(reached))
            if reached.step.action == _SETUP:
                go = (*go[:2], _of_setup(reached))
            elif reached.step.run and reached.step.shell.partition(" ")[0] in _SHELLS:
                _of_step(_at(workflow.path, 0, WORKFLOW), reached, go[2], found)
            elif action := action_of(directory_of(reached.step)):
                go = (*go[:2], _of_action(workflow, reached, action, (go[2], found)))
    found.calls = list({_identity(call): call for call in reversed(found.calls)}.values())[::-1]
    return found


def _of_action(workflow: Workflow, call: Reached, action: Action, so_far: tuple[str, Found]) -> str:
    """What a composite action holds, as a script that the workflow runs; the Go that is set up behind it."""
    go, found = so_far
    base = replace(_at(action.path, 0, SCRIPT), ran_by=(workflow.path,))
    for reached in reached_within(action, call):
        if reached.step.action == _SETUP:
            go = _of_setup(reached)
        elif reached.step.run and reached.step.shell.partition(" ")[0] in _SHELLS:
            _of_step(base, reached, go, found)
    return go


def _of_step(base: GoCall, reached: Reached, go: str, found: Found) -> None:
    """The calls of one step; `base`: in which file it stands."""
    run, holes = reached.step.run, reached.evaluator.holes
    if run is None:
        return
    script = FilledScript(run, reached.evaluator)
    walk = Walk(holes)
    directory = _directory(reached, walk)
    number = next((index for index, one in enumerate(reached.job.steps, 1) if one is reached.step), 0)
    scope = f"{reached.job.id}/{reached.step.id or f'#{number}'}"
    for ran in walk.ran(script.text, reached.environment, directory):
        condition = reached.step.condition is not None
        place = replace(base, line=script.line_at(ran.line), scope=scope, go=go, is_conditional=condition)
        found.add(ran, place, holes, walk)


def _directory(reached: Reached, walk: Walk) -> str:
    """Where the step runs: nowhere one knows when the job checks another repository out, or into a directory."""
    for step in reached.job.steps:
        if step.action == "actions/checkout" and (step.input("path").strip(" ./") or step.input("repository")):
            return ""
    written = reached.evaluator.fill(reached.step.directory).strip()
    return walk.resolved(".", written) if written else "."


def _of_setup(reached: Reached) -> str:
    version = reached.input("go-version")
    selection = None if not version or has_hole(version) else of_range(version)
    return selection.version if selection else ""


def _of_container(reached: Reached) -> str:
    container = reached.job.container
    image = go_image(reached.evaluator.fill(container.text).strip()) if container else None
    return image.selection.version if image and image.selection else ""


def _at(path: str, line: int, where: str) -> GoCall:
    from go_release_gate.gocommand.call import GoCommand

    return GoCall(path, line, where, GoCommand(()))


def _identity(call: GoCall) -> tuple[object, ...]:
    return call.path, call.line, call.shown, call.directory, call.go, tuple(sorted(call.environment.items()))
