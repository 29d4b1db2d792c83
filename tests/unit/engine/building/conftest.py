"""The real Go behind the edges of a build."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from go_release_gate.adapters.toolbox import ToolboxRequest, open_toolbox
from go_release_gate.config.building import BuildService, BuildSettings
from go_release_gate.config.settings import Settings
from go_release_gate.engine.building.run import BuildRequest, BuildWishes, build
from go_release_gate.engine.building.stamp import Stamp
from go_release_gate.engine.context import Edges
from go_release_gate.model.report import Subject
from go_release_gate.report.built import BuildReport

Building = Callable[..., BuildReport]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty repository directory."""
    place = tmp_path / "shop"
    place.mkdir()
    return place


@pytest.fixture
def edges(root: Path, tmp_path: Path) -> Iterator[Edges]:
    """Edges with the build cache of whoever runs the tests, and no network."""
    environ = {**os.environ, "GOPROXY": "off", "TMPDIR": str(tmp_path)}
    with open_toolbox(environ, ToolboxRequest(root=root)) as tools:
        yield Edges(tools.go, tools.scratch, git=tools.git)


@pytest.fixture
def building(root: Path, edges: Edges) -> Building:
    """Builds the repository: `building(BuildService(…), …, wishes=…, settings=…)`."""

    def run(
        *services: BuildService,
        wishes: BuildWishes | None = None,
        stamp: Stamp | None = None,
        commit: str = "",
        settings: Settings | None = None,
        **build_settings: object,
    ) -> BuildReport:
        asked = BuildSettings(services=services, **build_settings)  # type: ignore[arg-type]
        whole = replace(settings or Settings(offline=True), build=asked)
        request = BuildRequest(root, whole, Subject(commit=commit), wishes or BuildWishes(), stamp or Stamp())
        return build(request, edges)

    return run
