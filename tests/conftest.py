"""Fixtures of all suites."""

import os

from hypothesis import settings

from fakes.github.plugin import github

__all__ = ["github"]

# No deadline: how long an example takes says how busy the machine is. Where a run decides what lands, the examples are
# those of the code alone; on people's machines they are new ones each time.
settings.register_profile("gate", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("gate")
