"""The rules that judge modules alone: loading every rule takes longer than judging a small module."""

from __future__ import annotations

from go_release_gate.rules.base import Rule
from go_release_gate.rules.module import (
    broken_module,
    checksum_mismatch,
    directive_newer_than_go,
    duplicate_module_path,
    missing_go_directive,
    modified_module_cache,
    modified_vendor,
    replace_outside_repository,
    retracted_version,
    stale_vendor,
    unformatted_module_file,
    unpinned_version,
    untidy_module,
    workspace_missing_member,
    workspace_unlisted_module,
)

RULES_OF_MODULES: tuple[Rule, ...] = (
    broken_module.RULE,
    checksum_mismatch.RULE,
    directive_newer_than_go.RULE,
    duplicate_module_path.RULE,
    missing_go_directive.RULE,
    modified_module_cache.RULE,
    modified_vendor.RULE,
    replace_outside_repository.RULE,
    retracted_version.RULE,
    stale_vendor.RULE,
    unformatted_module_file.RULE,
    unpinned_version.RULE,
    untidy_module.RULE,
    workspace_missing_member.RULE,
    workspace_unlisted_module.RULE,
)
"""Those of the registry that need nothing but modules and what Go says of them, in its order."""
