"""Modules are listed and what their tests need is fetched, by the Go that has the credentials."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from go_release_gate.engine.building.site import vendored_of, workspaces_of
from go_release_gate.engine.context import Edges
from go_release_gate.engine.testing.asked import TestingRequest
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.classify import Surroundings, classify
from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository
from go_release_gate.gotest.places import directory_of
from go_release_gate.model.outcome import ErrorClass, ModuleError

_FORM = "{{.ImportPath}}\t{{len .TestGoFiles}}\t{{len .XTestGoFiles}}"


@dataclass(frozen=True, slots=True)
class Listed:
    """One module ready to be tested.

    Attributes:
        packages: (import path, directory relative to the root, whether it has tests).
        mod: value of -mod. workspace: path of the go.work in force, or `off`.
        error: why its tests cannot be run.
    """

    module: Module
    packages: tuple[tuple[str, str, bool], ...] = ()
    mod: str = "readonly"
    workspace: str = "off"
    error: ModuleError | None = field(default=None)


def list_modules(repository: Repository, request: TestingRequest, edges: Edges) -> tuple[Listed, ...]:
    """List every module that is asked for. Raises nothing: what cannot be had is said of its module."""
    chosen = set(request.settings.modules)
    vendored, workspaces = vendored_of(repository), workspaces_of(repository)
    found = []
    for module in repository.modules:
        if chosen and module.dir not in chosen:
            continue
        workspace = workspaces.get(module.dir)
        place = workspace or module.dir
        ready = Listed(
            module,
            mod="vendor" if place in vendored else "readonly",
            workspace="off" if workspace is None else posixpath.normpath(f"{repository.root}/{workspace}/go.work"),
            error=module.error,
        )
        found.append(ready if module.error else _listed(ready, request, edges))
        edges.progress.step(module.dir, "listed" if found[-1].error is None else "unavailable")
    return tuple(found)


def _listed(ready: Listed, request: TestingRequest, edges: Edges) -> Listed:
    tags = request.settings.test.tags
    flags = [f"-mod={ready.mod}", *([f"-tags={','.join(tags)}"] if tags else [])]
    env = {"GOWORK": ready.workspace, "CGO_ENABLED": "", **({"GOPROXY": "off"} if request.settings.offline else {})}
    place = request.root / ready.module.dir
    timeout = request.settings.test.module_timeout
    try:
        fetched = edges.go.run(
            ["list", "-deps", "-test", *flags, "-f", "", "./..."], cwd=place, timeout=timeout, env=env
        )
        said = fetched.stderr.decode("utf-8", "replace")
        toolchain = edges.go.toolchain
        around = Surroundings(
            ready.module.file("go.mod"),
            ready.module.path,
            goproxy=toolchain.env.get("GOPROXY", ""),
            go=toolchain.version,
            timeout=timeout,
        )
        if fetched.returncode != 0:
            error = classify(said, around, timed_out=fetched.timed_out)
            if not error.kind.is_repository_fault and error.kind is not ErrorClass.INTERNAL:
                return _with(ready, error)
        answer = edges.go.run(["list", "-e", *flags, "-f", _FORM, "./..."], cwd=place, timeout=timeout, env=env)
    except UnavailableError as error:
        return _with(ready, ModuleError(ErrorClass.INTERNAL, error.message, error.hint))
    rows = (line.split("\t") for line in answer.stdout.decode("utf-8", "replace").splitlines())
    packages = [
        (row[0], directory_of(row[0], ready.module.path, ready.module.dir), row[1:] != ["0", "0"])
        for row in rows
        if len(row) == 3
    ]
    return Listed(ready.module, tuple(packages), ready.mod, ready.workspace)


def _with(ready: Listed, error: ModuleError) -> Listed:
    return Listed(ready.module, (), ready.mod, ready.workspace, error)
