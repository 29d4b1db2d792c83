"""The fixture: `from fakes.github.plugin import github` in a conftest.py or in a test file."""

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
