"""One configuration file, read, checked and turned into settings, with the line of each of them."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from go_release_gate import __version__
from go_release_gate.config.building import BuildSettings
from go_release_gate.config.settings import GoSettings, ImageSettings, ReleaseSettings, Settings, WorkloadSettings
from go_release_gate.config.testing import TestingSettings
from go_release_gate.errors import ConfigError
from go_release_gate.model.severity import Event, Severity

if TYPE_CHECKING:
    from go_release_gate.config.releases import Releases
    from go_release_gate.config.yamlfile import YamlDocument

EDITION = ".".join(__version__.split(".")[:2])  # the newest edition of the rules that this program knows
OF_BASE = " of the base commit"  # after a file's name, for people
_NESTED = ("build", "go", "release", "severity", "test", "workloads")  # keys whose own keys have places of their own
RuleSeverity = Severity | Mapping[Event, Severity]
Rules = Mapping[str, RuleSeverity]  # rule id → its own severity


@dataclass(frozen=True, slots=True)
class Policy:
    """What one file says: settings, and for each key it gives (dotted, `go.version`) its place `file:line`."""

    settings: Settings = field(default_factory=Settings)
    origins: Mapping[str, str] = field(default_factory=dict)


def read_policy(data: bytes | None, name: str, event: Event, rules: Rules) -> Policy:
    """The policy in the bytes of the file `name`; None: there is no such file, the defaults hold.

    Raises ConfigError with the line of the first fault.
    """
    if data is None:
        return Policy(Settings(event=event))
    import hashlib

    from go_release_gate.config.validate import validate
    from go_release_gate.config.yamlfile import YamlDocument, read_yaml

    read = read_yaml(data, name)
    document = YamlDocument(_without_empty({} if read.value is None else read.value), read.lines)
    validate(document, name, rules)
    _check(document, name)
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    settings = replace(_settings(document.value, event), digest=digest, images=images_of(document, name))
    return Policy(settings, _origins(document, name))


def parse_threshold(text: str) -> Severity | None:
    """The severity that `fail-on` names; None for `never`."""
    return None if text == "never" else Severity(text)


def edition_key(text: str) -> tuple[int, ...]:
    """An edition as a value that orders."""
    return tuple(int(part) for part in text.split("."))


def _settings(values: Mapping[str, Any], event: Event) -> Settings:
    from go_release_gate.config.construct import construct

    go = values.get("go", {})
    known = Settings(event=event)
    return replace(
        known,
        edition=values.get("rules", known.edition),
        select=tuple(values.get("select", ())),
        ignore=tuple(values.get("ignore", ())),
        severities=_severities(values.get("severity", {}), event),
        include=tuple(values.get("include", ())),
        exclude=tuple(values.get("exclude", ())),
        go=GoSettings(**{key.replace("-", "_"): value for key, value in go.items()}),
        verify=values.get("verify", known.verify),
        prepare=_words(values.get("prepare", ())),
        owners=_owners(values.get("owners", {})),
        baseline=values.get("baseline", ""),
        fail_on=parse_threshold(values.get("fail-on", "error")),
        on_unavailable=values.get("on-unavailable", known.on_unavailable),
        only_new=values.get("only-new", known.only_new),
        jobs=values.get("jobs", known.jobs),
        policy=values.get("policy", known.policy),
        release=_release(values.get("release", {})),
        build=construct(BuildSettings, values.get("build", {})),
        test=construct(TestingSettings, values.get("test", {})),
        workloads=WorkloadSettings(**_attributes(values.get("workloads", {}))),
        releases=_releases(values),
    )


def _releases(values: Mapping[str, Any]) -> Releases | None:
    from go_release_gate.config.construct import construct
    from go_release_gate.config.releases import Releases

    found = construct(Releases, values)
    return None if found == Releases() else found


def _release(values: Mapping[str, Any]) -> ReleaseSettings:
    return ReleaseSettings(tuple(values.get("branches", ())), values.get("tags", "any"))


def images_of(document: YamlDocument, name: str) -> tuple[ImageSettings, ...]:
    """The table of images in the file `name`, each entry with its line."""
    return tuple(
        ImageSettings(
            image=entry["image"],
            module=_directory(entry.get("module", ".")),
            tags=tuple(entry.get("tags", ())),
            platforms=tuple(entry.get("platforms", ())),
            path=name.removesuffix(OF_BASE),
            line=document.line(("images", number)),
        )
        for number, entry in enumerate(document.value.get("images", ()))
    )


def _directory(text: str) -> str:
    """A directory as modules are named: `./services/api/` is `services/api`."""
    return posixpath.normpath(text or ".")


def _severities(levels: Mapping[str, Any], event: Event) -> dict[str, Severity | None]:
    """Rule → severity on `event`, None for off; a rule that the file does not set for this event is left out."""
    found = {rule: _level(level, event) for rule, level in levels.items()}
    return {rule: None if level == "off" else Severity(level) for rule, level in found.items() if level}


def _level(level: str | Mapping[str, str], event: Event) -> str | None:
    from go_release_gate.config.document import EventLevels

    return level if isinstance(level, str) else EventLevels(**_attributes(level)).on(event)


def _attributes(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key.replace("-", "_"): value for key, value in values.items()}


def _words(command: str | list[str]) -> tuple[str, ...]:
    return tuple(shlex.split(command)) if isinstance(command, str) else tuple(command)


def _owners(owners: Mapping[str, str | list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (glob, owner) for glob, names in owners.items() for owner in ([names] if isinstance(names, str) else names)
    )


def _check(document: YamlDocument, name: str) -> None:
    """What a schema cannot say."""
    values = document.value
    edition = values.get("rules", EDITION)
    if edition_key(edition) > edition_key(EDITION):
        message = f"rules: edition {edition!r} is newer than this program, which knows {EDITION!r}"
        raise ConfigError(message, "update go-release-gate", path=name, line=document.line(("rules",)))
    baseline = values.get("baseline", "")
    if baseline.startswith("/") or ".." in baseline.split("/"):
        line = document.line(("baseline",))
        raise ConfigError("baseline: the file must lie in the repository", path=name, line=line)
    if isinstance(values.get("prepare"), str):
        _check_command(document, name)
    _check_build(document, name)
    _check_test(document, name)
    for number, entry in enumerate(values.get("images", ())):
        if _directory(entry.get("module", ".")).split("/")[0] in ("", ".."):
            message = f"images[{number}].module: the directory must lie in the repository"
            raise ConfigError(message, path=name, line=document.line(("images", number, "module")))


def _check_build(document: YamlDocument, name: str) -> None:
    """Every service has a name of its own and lies in the repository."""
    seen: set[str] = set()
    for number, entry in enumerate(document.value.get("build", {}).get("services", ())):
        for key in ("package", "module"):
            if _directory(entry.get(key, ".")).split("/")[0] in ("", ".."):
                message = f"build.services[{number}].{key}: the directory must lie in the repository"
                raise ConfigError(message, path=name, line=document.line(("build", "services", number, key)))
        if entry["name"] in seen:
            message = f"build.services[{number}].name: {entry['name']!r} is the name of another service, too"
            raise ConfigError(message, path=name, line=document.line(("build", "services", number, "name")))
        seen.add(entry["name"])


def _check_test(document: YamlDocument, name: str) -> None:
    """Every command has a name of its own; what it names lies in the repository; a percentage is one."""
    seen: set[str] = set()

    def refuse(message: str, *path: str | int) -> ConfigError:
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
        return ConfigError(f"test{place}: {message}", path=name, line=document.line(("test", *path)))

    test = document.value.get("test", {})
    for number, entry in enumerate(test.get("commands", ())):
        if entry["name"] in seen:
            raise refuse(f"{entry['name']!r} is the name of another command, too", "commands", number, "name")
        seen.add(entry["name"])
        try:
            is_empty = not _words(entry["run"])
        except ValueError as error:
            raise refuse(str(error).lower(), "commands", number, "run") from None
        if is_empty:
            raise refuse("there is no word in it", "commands", number, "run")
        if _directory(entry.get("compose", ".")).split("/")[0] in ("", ".."):
            raise refuse("the file must lie in the repository", "commands", number, "compose")
    for number, entry in enumerate(test.get("modules", ())):
        for key in ("coverage", "changed-coverage"):
            if not 0 <= entry.get(key, 0) <= 100:
                raise refuse("expected a percentage from 0 to 100", "modules", number, key)


def _check_command(document: YamlDocument, name: str) -> None:
    try:
        shlex.split(document.value["prepare"])
    except ValueError as error:
        message = f"prepare: {str(error).lower()}"
        raise ConfigError(message, path=name, line=document.line(("prepare",))) from None


def _origins(document: YamlDocument, name: str) -> dict[str, str]:
    """Dotted key → `file:line`, for each key the file gives; severities rule by rule."""
    origins: dict[str, str] = {}
    for key, value in document.value.items():
        paths = [(key, inner) for inner in value] if key in _NESTED else [(key,)]
        origins |= {".".join(path): f"{name}:{document.line(path)}" for path in paths}
    return origins


def _without_empty(value: Any) -> Any:
    """A key without a value is a key that is not given."""
    if not isinstance(value, dict):
        return value
    return {key: _without_empty(item) for key, item in value.items() if item is not None}
