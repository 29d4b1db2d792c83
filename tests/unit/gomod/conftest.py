"""One oracle for all tests of this directory; without Go (or its sources) they are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from support.gooracle import GoOracle


@pytest.fixture(scope="session")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoOracle]:
    """Go's own parsers, compiled once."""
    if shutil.which("go") is None:
        pytest.skip("needs Go")
    running = GoOracle(tmp_path_factory.mktemp("oracle"))
    yield running
    running.close()
