"""Every rule, one line each. Order is that of the ids."""

from __future__ import annotations

from difflib import get_close_matches

from go_release_gate.rules.base import Rule
from go_release_gate.rules.build import (
    binary_not_from_go_sum,
    dirty_build,
    failed_build,
    failed_start,
    go_run_in_image,
    go_version_disagreement,
    image_label_mismatch,
    image_scan_finding,
    invalid_go_command,
    irreproducible_binary,
    large_image,
    missing_platform,
    module_integrity_off,
    nondeterministic_build_input,
    packed_binary,
    secret_in_image,
    unpinned_install,
    unstripped_binary,
)
from go_release_gate.rules.dockerfile import (
    missing_go_sum_copy,
    mutable_base_image,
    root_user,
    source_before_modules,
    toolchain_in_image,
    writable_by_runtime_user,
    wrong_architecture,
)
from go_release_gate.rules.image import invalid_image_reference, tag_and_digest, unpinned_image
from go_release_gate.rules.manifest import (
    cpu_limit_without_gomaxprocs,
    gomemlimit_mismatch,
    memory_limit_without_gomemlimit,
    missing_probe,
    non_root_conflict,
    port_disagreement,
    probe_settings,
)
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
from go_release_gate.rules.tag import (
    image_tag_collision,
    image_without_tag_pattern,
    major_version_mismatch,
    moving_tag_not_highest,
    released_tag_moved,
    tag_not_on_release_branch,
    tag_not_semver,
    tag_without_module,
    version_not_increasing,
    wrong_tag_kind,
)
from go_release_gate.rules.workflow import (
    mutable_release_tag,
    push_on_pull_request,
    remote_build_context,
    tag_entry_never_fires,
    wrong_version_recipe,
)

RULES: tuple[Rule, ...] = (
    binary_not_from_go_sum.RULE,
    broken_module.RULE,
    checksum_mismatch.RULE,
    cpu_limit_without_gomaxprocs.RULE,
    directive_newer_than_go.RULE,
    dirty_build.RULE,
    duplicate_module_path.RULE,
    failed_build.RULE,
    failed_start.RULE,
    go_run_in_image.RULE,
    go_version_disagreement.RULE,
    gomemlimit_mismatch.RULE,
    image_label_mismatch.RULE,
    image_scan_finding.RULE,
    image_tag_collision.RULE,
    image_without_tag_pattern.RULE,
    invalid_go_command.RULE,
    invalid_image_reference.RULE,
    irreproducible_binary.RULE,
    large_image.RULE,
    major_version_mismatch.RULE,
    memory_limit_without_gomemlimit.RULE,
    missing_go_directive.RULE,
    missing_go_sum_copy.RULE,
    missing_platform.RULE,
    missing_probe.RULE,
    modified_module_cache.RULE,
    modified_vendor.RULE,
    module_integrity_off.RULE,
    moving_tag_not_highest.RULE,
    mutable_base_image.RULE,
    mutable_release_tag.RULE,
    non_root_conflict.RULE,
    nondeterministic_build_input.RULE,
    packed_binary.RULE,
    port_disagreement.RULE,
    probe_settings.RULE,
    push_on_pull_request.RULE,
    released_tag_moved.RULE,
    remote_build_context.RULE,
    replace_outside_repository.RULE,
    retracted_version.RULE,
    root_user.RULE,
    secret_in_image.RULE,
    source_before_modules.RULE,
    stale_vendor.RULE,
    tag_and_digest.RULE,
    tag_entry_never_fires.RULE,
    tag_not_on_release_branch.RULE,
    tag_not_semver.RULE,
    tag_without_module.RULE,
    toolchain_in_image.RULE,
    unformatted_module_file.RULE,
    unpinned_image.RULE,
    unpinned_install.RULE,
    unpinned_version.RULE,
    unstripped_binary.RULE,
    untidy_module.RULE,
    version_not_increasing.RULE,
    workspace_missing_member.RULE,
    workspace_unlisted_module.RULE,
    writable_by_runtime_user.RULE,
    wrong_architecture.RULE,
    wrong_tag_kind.RULE,
    wrong_version_recipe.RULE,
)


def rule(identifier: str) -> Rule | None:
    """The rule of that id."""
    return next((candidate for candidate in RULES if candidate.id == identifier), None)


def nearest(identifier: str) -> str:
    """The known id that looks most like `identifier`, empty if none does."""
    return next(iter(get_close_matches(identifier, [candidate.id for candidate in RULES], n=1)), "")
