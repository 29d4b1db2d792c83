"""The rules that judge built programs: loading every rule takes longer than building what has not changed."""

from __future__ import annotations

from go_release_gate.rules.base import Rule
from go_release_gate.rules.build import (
    dirty_build,
    failed_build,
    failed_start,
    irreproducible_binary,
    packed_binary,
    unstripped_binary,
)

RULES_OF_BUILDS: tuple[Rule, ...] = (
    dirty_build.RULE,
    failed_build.RULE,
    failed_start.RULE,
    irreproducible_binary.RULE,
    packed_binary.RULE,
    unstripped_binary.RULE,
)
"""Those of the registry with an aspect that needs BuiltPrograms, in its order."""
