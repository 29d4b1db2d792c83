"""Fixtures of all suites."""

from hypothesis import settings

from fakes.github.plugin import github

__all__ = ["github"]

settings.register_profile("gate", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("gate")
