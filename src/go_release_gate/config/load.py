"""Flags, environment, files and defaults become one value of settings, each with its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from go_release_gate.config.event import EventContext
from go_release_gate.config.keys import key_of
from go_release_gate.config.nearest import did_you_mean
from go_release_gate.config.policy import OF_BASE, Policy, Rules, parse_threshold, read_policy
from go_release_gate.config.settings import ImageSettings, Settings
from go_release_gate.errors import UsageError
from go_release_gate.model.severity import Event

FILE_NAME = ".go-release-gate.yml"


@dataclass(frozen=True, slots=True)
class Given:
    """What flags and environment give: input name → value, and input name → flag or variable it came from."""

    values: Mapping[str, Any]
    origins: Mapping[str, str]

    def get(self, name: str) -> Any:
        """The value of the input `name`, None when it is not given."""
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class ConfigFiles:
    """The configuration file as the work tree has it and as the base commit has it.

    Attributes:
        name: what messages call it.
        head: its bytes, None: there is none.
        base: its bytes in the base commit; None: none there, or not readable.
        is_base_readable: whether the base commit could be asked.
        is_foreign: whether a pull request wrote `head`, so that it may only tighten.
    """

    name: str = FILE_NAME
    head: bytes | None = None
    base: bytes | None = None
    is_base_readable: bool = True
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings in force, where each key's value comes from (keys without one are defaults), and what to say."""

    settings: Settings
    origins: Mapping[str, str]
    notices: tuple[str, ...] = ()


def load(given: Given, context: EventContext, files: ConfigFiles, rules: Rules) -> Loaded:
    """Merge everything. Raises ConfigError for the file, UsageError for flags and environment."""
    event = Event(given.get("event") or context.event)
    policy, notices = _policy(files, event, rules)
    settings = _overlay(policy.settings, given)
    _check_rules(given, rules)
    settings = replace(
        settings,
        event=event,
        tag=given.get("tag") or context.tag,
        base=given.get("base") or context.base,
        trusted=context.trusted,
        offline=bool(given.get("offline")),
        modules=tuple(given.get("module") or ()),
    )
    return Loaded(settings, {**policy.origins, **_origins(given, context)}, (*context.notices, *notices))


def _policy(files: ConfigFiles, event: Event, rules: Rules) -> tuple[Policy, tuple[str, ...]]:
    head = read_policy(files.head, files.name, event, rules)
    if not files.is_foreign:
        return head, ()
    from go_release_gate.config.tighten import tighten

    base = read_policy(files.base, files.name + OF_BASE, event, rules)
    settings = tighten(base.settings, head.settings, rules)
    return Policy(settings, _merged_origins(base, head, settings)), _said(files, head.settings, settings)


def _said(files: ConfigFiles, head: Settings, settings: Settings) -> tuple[str, ...]:
    """What a pull request's author should know when the file they see is not what counts."""
    if files.head is None and files.base is None:
        return ()
    if not files.is_base_readable:
        return (
            f"the base commit's {files.name} cannot be read: the defaults count, tightened by the pull request's own",
            "to have the base commit read, check out with fetch-depth: 2 or grant contents: read",
        )
    if replace(head, digest="") != replace(settings, digest=""):
        return (f"the base commit's {files.name} counts; what the pull request loosens or changes waits for its merge",)
    return ()


def _merged_origins(base: Policy, head: Policy, settings: Settings) -> dict[str, str]:
    """A key's origin is the base's where its value stayed, the head's where the head made it stricter."""
    values, kept = flat(settings), flat(base.settings)
    origins = {key: origin for key, origin in base.origins.items() if key in values}
    return origins | {key: origin for key, origin in head.origins.items() if values.get(key) != kept.get(key)}


def flat(settings: Settings) -> dict[str, Any]:
    """Dotted key of the file → value in force, in the order of the file's documentation; severities rule by rule."""
    from go_release_gate.config.construct import plain
    from go_release_gate.config.releases import Releases

    fail_on = settings.fail_on.value if settings.fail_on else "never"
    releases = settings.releases or Releases()
    return {
        "rules": settings.edition,
        "select": list(settings.select),
        "ignore": list(settings.ignore),
        **{f"severity.{rule}": level.value if level else "off" for rule, level in settings.severities.items()},
        "include": list(settings.include),
        "exclude": list(settings.exclude),
        "go.version": settings.go.version,
        "go.fetch-toolchain": settings.go.fetch_toolchain,
        "go.timeout": settings.go.timeout,
        "verify": settings.verify,
        "prepare": list(settings.prepare),
        "owners": [list(pair) for pair in settings.owners],
        "baseline": settings.baseline,
        "fail-on": fail_on,
        "on-unavailable": settings.on_unavailable,
        "only-new": settings.only_new,
        "jobs": settings.jobs,
        "policy": settings.policy,
        "images": [_image(image) for image in settings.images],
        "release.branches": list(settings.release.branches),
        "release.tags": settings.release.tags,
        **{f"build.{key_of(item.name)}": plain(getattr(settings.build, item.name)) for item in fields(settings.build)},
        **{f"test.{key_of(item.name)}": plain(getattr(settings.test, item.name)) for item in fields(settings.test)},
        **{f"workloads.{key.replace('_', '-')}": value for key, value in asdict(settings.workloads).items()},
        **{key: plain(getattr(releases, key)) for key in ("ledger", "services", "environments")},
        "event": settings.event.value,
        "tag": settings.tag,
        "base": settings.base,
        "offline": settings.offline,
        "trusted": settings.trusted,
    }


def _image(image: ImageSettings) -> dict[str, Any]:
    lists = {"tags": list(image.tags), "platforms": list(image.platforms)}
    return {"image": image.image, "module": image.module, **{key: value for key, value in lists.items() if value}}


_KEYS = {
    "go-version": "go.version",
    "min-coverage": "test.coverage",
    "min-changed-coverage": "test.changed-coverage",
}
_FIELDS = ("select", "ignore", "include", "exclude", "on-unavailable", "verify", "only-new", "jobs", "baseline")


def _overlay(settings: Settings, given: Given) -> Settings:
    """Settings with what flags and environment give; a list replaces the file's list."""
    changes = {name.replace("-", "_"): given.get(name) for name in _FIELDS if given.get(name) is not None}
    if given.get("fail-on"):
        changes["fail_on"] = parse_threshold(given.get("fail-on"))
    if given.get("go-version"):
        changes["go"] = replace(settings.go, version=given.get("go-version"))
    coverage, changed = _percent(given, "min-coverage"), _percent(given, "min-changed-coverage")
    if (coverage, changed) != (None, None):
        test = settings.test
        changes["test"] = replace(
            test,
            coverage=test.coverage if coverage is None else coverage,
            changed_coverage=test.changed_coverage if changed is None else changed,
        )
    return replace(settings, **changes)


def _percent(given: Given, name: str) -> float | None:
    if given.get(name) is None:
        return None
    text = str(given.get(name)).removesuffix("%").strip()
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 100:
        raise UsageError(f"{given.origins.get(name, name)}: expected a percentage from 0 to 100, got {text[:40]!r}")
    return found


def _origins(given: Given, context: EventContext) -> dict[str, str]:
    event = f"the event {context.name}" if context.name else ""
    told = {"event": event, "tag": event if context.tag else "", "base": event if context.base else ""}
    told["trusted"] = event
    named = {_KEYS.get(name, name): origin for name, origin in given.origins.items()}
    return {**{key: origin for key, origin in told.items() if origin}, **named}


def _check_rules(given: Given, rules: Rules) -> None:
    for name in ("select", "ignore"):
        for rule in given.get(name) or ():
            if rule not in rules:
                hint = did_you_mean(rule, rules) or "run `go-release-gate rules`"
                raise UsageError(f"{given.origins.get(name, name)}: unknown rule {rule!r}", hint)
