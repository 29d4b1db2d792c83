"""The project as a repository of its own, with a bare origin, ready for its first release."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.ownrelease import Checkout, World, project


@pytest.fixture(scope="session")
def _project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, copied for each test."""
    folder = tmp_path_factory.mktemp("project")
    project(folder)
    return folder


@pytest.fixture
def world(_project: Path, tmp_path: Path) -> World:
    """A repository that nothing was released from."""
    shutil.copytree(_project, tmp_path / "project", symlinks=True)
    return World(Checkout(tmp_path / "project/clone"), tmp_path / "project/origin.git")
