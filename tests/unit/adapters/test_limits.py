"""Limits of children are set in this process while one is started: they must not be its own end."""

from __future__ import annotations

import resource

import pytest

from go_release_gate.adapters.limits import lowered
from go_release_gate.engine.building import smoke


def test_limits_are_given_back() -> None:
    """Soft limits are lowered within, and as before behind it."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    with lowered({resource.RLIMIT_CORE: 0}):
        assert resource.getrlimit(resource.RLIMIT_CORE) == (0, before[1])
    assert resource.getrlimit(resource.RLIMIT_CORE) == before


def test_no_limit_of_processor_time() -> None:
    """The kernel would end this process, which has used more already; no program's limits have one."""
    with pytest.raises(ValueError, match="would end this process"), lowered({resource.RLIMIT_CPU: 10}):
        pass
    with lowered(smoke.LIMITS):
        pass
