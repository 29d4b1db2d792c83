"""Fixtures of all suites."""

from fakes.github.plugin import github

__all__ = ["github"]
