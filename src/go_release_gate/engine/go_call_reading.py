"""Collects the `go` commands that the repository's files run. Files are read as strangers' files: bounded, no links."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import MAKEFILE, GoCall, GoCalls
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Workloads
from go_release_gate.oci.manifests.scan import is_passed_over, is_sample
from go_release_gate.shell.unknown import has_hole

if TYPE_CHECKING:
    from pathlib import Path

    from go_release_gate.config.settings import Settings
    from go_release_gate.dockerfile.model import Dockerfile
    from go_release_gate.facts.go_dockerfile_calls import OfDockerfile
    from go_release_gate.facts.go_script_calls import Found
    from go_release_gate.workflow.composite import Action

SIZE_LIMIT = 256 << 10  # bytes of a script or Makefile
COUNT_LIMIT = 500  # scripts that are read
START_DEPTH = 3  # scripts that start scripts

_TOOLS = re.compile(r"(?:^|(?<=/))hack/")  # where many repositories keep the scripts that their Makefiles and CI run
_NAMES = re.compile(r"[\w./-]+\.sh\b")


def collect_go_calls(facts: Facts, _settings: Settings, _edges: Edges) -> GoCalls | None:
    """The calls, None where there are none."""
    repository = facts.repository
    scripts = [path for path in repository.scripts if not _is_aside(_TOOLS.sub("", path))]
    processes = [path for path in repository.documents if _is_procfile(path) and not _is_aside(path)]
    sources = [facts.others.get(kind) for kind in (Workflows, Dockerfiles, Workloads)]
    if not (scripts or processes or any(sources)):
        return None
    homes = (*(one.dir for one in repository.modules), *(one.dir for one in repository.workspaces))
    reading = _Reading(repository.root, known=frozenset(repository.scripts), modules=homes)
    reading.workflows(facts.others.get(Workflows))
    reading.dockerfiles(facts.others.get(Dockerfiles), facts.others.get(ImageBuilds))
    reading.manifests(facts.others.get(Workloads), processes)
    reading.templates(path for path in repository.documents if not _is_aside(path))
    reading.scripts(scripts[:COUNT_LIMIT])
    calls = sorted(reading.calls, key=lambda call: (call.path, call.line))
    return GoCalls(tuple(calls)) if calls else None


@dataclass(slots=True)
class _Reading:
    """What was found so far; `started`: scripts → the files that start them; `known`: the scripts there are;
    `modules`: directories of the modules and workspaces."""

    root: Path
    calls: list[GoCall] = field(default_factory=list)
    started: dict[str, list[str]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    modules: tuple[str, ...] = ()
    actions: dict[str, Action | None] = field(default_factory=dict)

    def workflows(self, fact: object) -> None:
        """The steps of all workflows."""
        if isinstance(fact, Workflows):
            from go_release_gate.facts.go_script_calls import of_workflow

            for workflow in fact.files:
                self._take(of_workflow(workflow, fact.files, self._action), workflow.path)

    def _action(self, directory: str) -> Action | None:
        """The composite action in a directory of the repository."""
        from go_release_gate.workflow.composite import first_action

        if directory and directory not in self.actions:
            self.actions[directory] = first_action(directory, self.text)
        return self.actions.get(directory)

    def dockerfiles(self, fact: object, builds: object) -> None:
        """RUN, CMD and ENTRYPOINT of all stages."""
        if not isinstance(fact, Dockerfiles):
            return
        for dockerfile in fact.files:
            if not _is_aside(dockerfile.path):
                found = self._of_dockerfile(dockerfile, builds)
                self._take(found, dockerfile.path)
                for start in found.starts:
                    self._start(start)

    def _of_dockerfile(self, dockerfile: Dockerfile, builds: object) -> OfDockerfile:
        """With the first build context in which every command would find its module, best its packages too; else with
        none."""
        from go_release_gate.facts.go_dockerfile_calls import of_dockerfile

        fitting = [
            found
            for context in self._contexts(dockerfile, builds)
            for found in (of_dockerfile(dockerfile, context),)
            if all(self._fits(call.directory, context) for call in found.calls if call.directory)
        ]
        whole = (found for found in fitting if all(map(self._has_packages, found.calls)))
        return next(whole, None) or next(iter(fitting), None) or of_dockerfile(dockerfile, "")

    def _fits(self, directory: str, context: str) -> bool:
        """Whether `directory` is there, and a module that holds it lies in the context (or nobody knows of any)."""
        inside = [one for one in self.modules if _is_below(directory, one) and _is_below(one, context)]
        return (self.root / directory).is_dir() and (bool(inside) or not self.modules)

    def _has_packages(self, call: GoCall) -> bool:
        """Whether the directories of packages that a command names (`./cmd/api`) are there."""
        words = call.command.arguments if call.command.verb in ("build", "install") and call.directory else ()
        local = (word.partition("...")[0] for word in words if word.startswith("./") and not has_hole(word))
        return all(os.path.lexists(self.root / call.directory / word) for word in local)

    def _start(self, base: GoCall) -> None:
        """A script that a container starts: its commands are the container's start too."""
        from go_release_gate.facts.go_script_calls import is_shell_script, of_makefile, of_script

        text = self.text(base.path)
        if base.where == MAKEFILE:
            target = base.scope.rpartition(":")[2]
            found = [call for call in of_makefile(base.path, text).calls if call.scope == target]
        else:
            found = of_script(base.path, text).calls if text and is_shell_script(base.path, text) else []
        for call in found:
            self.calls.append(
                replace(
                    call,
                    is_start=True,
                    dockerfile=base.dockerfile,
                    stage=base.stage,
                    via=base.via,
                    scope=base.scope,
                    go=call.go or base.go,
                )
            )

    def manifests(self, workloads: object, processes: Iterable[str]) -> None:
        """What manifests and Procfiles start."""
        from go_release_gate.facts.go_manifest_calls import of_procfile, of_workloads

        if isinstance(workloads, Workloads):
            self.calls += of_workloads(workloads)
        for path in processes:
            self.calls += of_procfile(path, self.text(path))

    def templates(self, documents: Iterable[str]) -> None:
        """What the templates of charts start."""
        from go_release_gate.facts.go_manifest_calls import of_template

        paths = list(documents)
        charts = {posixpath.dirname(path) for path in paths if posixpath.basename(path) == "Chart.yaml"}
        for path in paths if charts else ():
            before, sign, _ = path.rpartition("templates/")
            if sign and before.rstrip("/") in charts and "{{" in (text := self.text(path)):
                self.calls += of_template(path, text)

    def scripts(self, paths: Iterable[str]) -> None:
        """Makefiles and scripts, also those that were only seen to be started."""
        from go_release_gate.facts.go_script_calls import RUNS_GO, Found, is_shell_script, of_makefile, of_script

        waiting = list(dict.fromkeys((*paths, *self.started)))
        done: set[str] = set()
        for _ in range(START_DEPTH):
            done.update(waiting)
            for path in waiting:
                text = self.text(path)
                is_make = posixpath.basename(path).lower().endswith(("makefile", ".mk"))
                found = of_makefile(path, text) if is_make else Found()
                if not is_make and not RUNS_GO.search(text):
                    found.started = self._named(path, text) if path in self.started else []
                elif not is_make and is_shell_script(path, text):
                    found = of_script(path, text, "" if "/" in path else ".")
                ran_by = tuple(dict.fromkeys(self.started.get(path, ())))
                found.calls = [replace(call, ran_by=ran_by) for call in found.calls]
                self._take(found, path, ran_by)
            waiting = [path for path in self.started if path not in done]

    def _named(self, path: str, text: str) -> list[str]:
        """The scripts that a script which runs no go itself names, from its own place or from the root."""
        places = (".", posixpath.dirname(path))
        named = (posixpath.normpath(f"{place}/{name}") for name in _NAMES.findall(text) for place in places)
        return [one for one in dict.fromkeys(named) if one in self.known]

    def _take(self, found: Found, path: str, starters: Iterable[str] = ()) -> None:
        self.calls += found.calls
        for script in found.started:
            self.started.setdefault(script, []).extend((*starters, path))

    def _contexts(self, dockerfile: Dockerfile, builds: object) -> list[str]:
        """The build contexts that workflows say and the usual ones, those that hold most of what is copied first."""
        from go_release_gate.facts.go_dockerfile_calls import copied_paths

        known = builds.of(dockerfile.path) if isinstance(builds, ImageBuilds) else ()
        named = [build.context for build in known if build.context]
        wanted = copied_paths(dockerfile)
        found = {
            context: sum(os.path.lexists(self.root / context / path) for path in wanted)
            for context in (*named, posixpath.dirname(dockerfile.path) or ".", ".")
        }
        return sorted((one for one in found if found[one] or one in named), key=lambda one: -found[one])

    def text(self, path: str) -> str:
        """The text of a file, empty where it is none or is not read."""
        if not os.path.lexists(self.root / path):
            return ""
        try:
            data = read_regular(self.root, posixpath.dirname(path) or ".", posixpath.basename(path), SIZE_LIMIT)
        except RefusedFileError:
            return ""
        return (data or b"").decode("utf-8-sig", "replace")


def _is_aside(path: str) -> bool:
    return is_passed_over(path) or is_sample(path)


def _is_below(path: str, directory: str) -> bool:
    return directory in (".", path) or path.startswith(f"{directory}/")


def _is_procfile(path: str) -> bool:
    return posixpath.basename(path) == "Procfile"
