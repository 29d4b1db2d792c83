"""What the container suites share: the image under test and two small repositories."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.containerstep import PROXY_PLACE, WorkDirectory
from support.moduleproxy import ModuleProxy
from support.samplemodules import PUBLISHED


@pytest.fixture(scope="session")
def image() -> str:
    """Name of the image; devtools/e2e.sh builds it."""
    name = os.environ.get("E2E_IMAGE")
    assert name, "run `make e2e`: it builds the image and names it in E2E_IMAGE"
    return name


@pytest.fixture
def proxy(tmp_path: Path) -> ModuleProxy:
    """One module to depend on."""
    return ModuleProxy(tmp_path / "proxy-root", PUBLISHED)


@pytest.fixture
def go_settings() -> dict[str, str]:
    """The variables a workflow sets so that Go asks the mounted proxy."""
    return {"GOPROXY": f"file://{PROXY_PLACE}", "GOSUMDB": "off"}


@pytest.fixture(params=[1001, 0], ids=["runner-1001", "runner-root"])
def work(request: pytest.FixtureRequest, tmp_path: Path) -> WorkDirectory:
    """A runner's work directory that belongs to an ordinary user, and one that belongs to root."""
    return WorkDirectory(tmp_path / "_work", request.param)
