"""The fixture; tests/conftest.py gives it to every suite."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.github.fake import GitHub


@pytest.fixture
def github() -> Iterator[GitHub]:
    """A GitHub on a socket; the test fails at its end when the client did what GitHub does not allow."""
    fake = GitHub()
    yield fake
    fake.close()
    fake.check()
