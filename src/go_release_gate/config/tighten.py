"""On a pull request the base commit's policy counts; what the head changes may only make it stricter.

Stricter is decided setting by setting. Where a setting is no matter of strictness (who owns what, how many
processes), the base's value stays: a pull request changes it by being merged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from go_release_gate.config.building import BuildSettings
from go_release_gate.config.policy import Rules, edition_key
from go_release_gate.config.settings import GoSettings, ImageSettings, ReleaseSettings, Settings, WorkloadSettings
from go_release_gate.config.testing import TestingSettings
from go_release_gate.gomod import goversion
from go_release_gate.model.severity import Event, Severity

_KINDS = ("any", "annotated", "signed")  # kinds of tags, each stricter than the one before
_OFF = len(Severity)  # rank of a rule that is off, below all severities


def tighten(base: Settings, head: Settings, rules: Rules) -> Settings:
    """The base's settings, made stricter where the head's are. Both are for the same event.

    Args:
        rules: rule id → its own severity; it counts where only one side sets one.
    """
    return replace(
        base,
        edition=max(base.edition, head.edition, key=edition_key),
        select=_union(base.select, head.select) if base.select and head.select else (),
        ignore=_both(base.ignore, head.ignore),
        severities=_severities(base, head, rules),
        include=_union(base.include, head.include),
        exclude=_both(base.exclude, head.exclude),
        go=_go(base.go, head.go),
        verify=base.verify if base.verify == head.verify else "both",
        baseline=base.baseline if head.baseline else "",
        fail_on=_threshold(base.fail_on, head.fail_on),
        on_unavailable="fail" if "fail" in (base.on_unavailable, head.on_unavailable) else "warn",
        only_new=base.only_new and head.only_new,
        digest=base.digest or head.digest,
        policy="strict" if "strict" in (base.policy, head.policy) else "default",
        images=_images(base.images, head.images),
        release=_release(base.release, head.release),
        build=_build(base.build, head.build),
        test=_test(base.test, head.test),
        workloads=_workloads(base.workloads, head.workloads),
    )


def _union(base: tuple[str, ...], head: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*base, *head)))


def _both(base: tuple[str, ...], head: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(item for item in base if item in head)


def _severities(base: Settings, head: Settings, rules: Rules) -> Mapping[str, Severity | None]:
    """For each rule that either side sets, the graver of both; a side that says nothing means the rule's own.

    What comes to the rule's own is left out: a set severity would hold for every case of the rule.
    """
    names = _union(tuple(base.severities), tuple(head.severities))
    found = {name: _graver(_of(base, name, rules), _of(head, name, rules)) for name in names}
    return {name: one for name, one in found.items() if name in base.severities or one is not _of(base, name, rules)}


def _of(settings: Settings, name: str, rules: Rules) -> Severity | None:
    if name in settings.severities:
        return settings.severities[name]
    return _own(rules[name], settings.event) if name in rules else None


def _own(severity: Severity | Mapping[Event, Severity], event: Event) -> Severity:
    return severity if isinstance(severity, Severity) else severity[event]


def _graver(one: Severity | None, other: Severity | None) -> Severity | None:
    return min(one, other, key=_rank)


def _rank(severity: Severity | None) -> int:
    return _OFF if severity is None else severity.rank


def _threshold(base: Severity | None, head: Severity | None) -> Severity | None:
    """The milder severity fails more; never is the loosest of all."""
    given = [severity for severity in (base, head) if severity is not None]
    return max(given, key=_rank, default=None)


def _images(base: tuple[ImageSettings, ...], head: tuple[ImageSettings, ...]) -> tuple[ImageSettings, ...]:
    """The base's entries as they are; a pull request may add an image, for what it adds to the repository."""
    known = {entry.image for entry in base}
    return (*base, *(entry for entry in head if entry.image not in known))


def _build(base: BuildSettings, head: BuildSettings) -> BuildSettings:
    """The base's services as they are; a pull request may add one, and platforms and tags to compile for."""
    known = {service.name for service in base.services}
    added = tuple(service for service in head.services if service.name not in known)
    return replace(
        base,
        services=(*base.services, *added),
        platforms=_union(base.platforms, head.platforms),
        tag_sets=_union(base.tag_sets, head.tag_sets),
    )


def _test(base: TestingSettings, head: TestingSettings) -> TestingSettings:
    """More coverage may be asked for, of no fewer files; commands and modules are the base's."""
    return replace(
        base,
        coverage=max(base.coverage, head.coverage),
        changed_coverage=max(base.changed_coverage, head.changed_coverage),
        exclude=_both(base.exclude, head.exclude),
    )


def _release(base: ReleaseSettings, head: ReleaseSettings) -> ReleaseSettings:
    """Fewer branches, graver tags. No branch at all would mean that any counts."""
    fewer = _both(base.branches, head.branches) or base.branches
    return ReleaseSettings(
        branches=fewer if base.branches else head.branches, tags=max(base.tags, head.tags, key=_KINDS.index)
    )


def _workloads(base: WorkloadSettings, head: WorkloadSettings) -> WorkloadSettings:
    """Longer delays and periods, more failures, a shorter time limit: each asks more of a probe."""
    return WorkloadSettings(
        liveness_delay=max(base.liveness_delay, head.liveness_delay),
        liveness_period=max(base.liveness_period, head.liveness_period),
        liveness_failures=max(base.liveness_failures, head.liveness_failures),
        readiness_delay=max(base.readiness_delay, head.readiness_delay),
        readiness_period=max(base.readiness_period, head.readiness_period),
        probe_timeout=min(base.probe_timeout, head.probe_timeout),
    )


def _go(base: GoSettings, head: GoSettings) -> GoSettings:
    """A newer Go may be asked for (the same pull request may need it), never an older one."""
    is_newer = bool(base.version and head.version) and goversion.compare(head.version, base.version) > 0
    return replace(
        base,
        version=head.version if is_newer else base.version,
        fetch_toolchain=base.fetch_toolchain and head.fetch_toolchain,
    )
