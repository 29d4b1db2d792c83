"""`policy: strict`: names that move from release to release go to the highest stable release alone, none is too long.

Pure: what is known of the releases comes in as a value. A name moves when another version would be given the same one
(`latest`, `1`, `1.2`, also with something in front or behind, as `1.2-alpine`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from go_release_gate.gomod.ladder import LATEST, covers, holder, is_moving, is_release, is_stable
from go_release_gate.gomod.version import parse, prerelease
from go_release_gate.oci.reference import MAXIMUM_TAG
from go_release_gate.oci.tags.answer import Problem, ProblemKind
from go_release_gate.oci.tags.entries import Entry, EntryType
from go_release_gate.oci.tags.judging import Candidate, sanitized
from go_release_gate.oci.tags.kinds import made_by
from go_release_gate.oci.tags.refusal import RefusedInputError
from go_release_gate.oci.tags.surroundings import Surroundings
from go_release_gate.oci.tags.versions import version_text

HASH = 12  # hexadecimal digits of SHA-256 at the end of a name that was cut
_VERSIONED = (EntryType.SEMVER, EntryType.PEP440, EntryType.MATCH)
_OF_REF = (*_VERSIONED, EntryType.REF)


@dataclass(frozen=True, slots=True)
class Releases:
    """What a release is measured by.

    Attributes:
        tag: the git tag that names are made for; empty: they are made for no tag.
        version: the version it releases; empty: it is no release.
        known: tags of the same module → version.
        missing: why that may not be all of them; empty: it is. hint: what to do about it.
        misfit: why the tag is none of its module's, whatever its version; empty: it is.
    """

    tag: str = ""
    version: str = ""
    known: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""
    hint: str = ""
    misfit: str = ""


class Strictness:
    """Judges names, and remembers what it changed and left out.

    Attributes:
        notices: what was left out or changed, with the reason. problems: what could not be decided.
        own: the names that stand for this ref alone; another ref with one of them would overwrite it.
    """

    def __init__(self, releases: Releases) -> None:
        self.releases = releases
        self.notices: dict[str, None] = {}
        self.problems: dict[str, Problem] = {}
        self.own: dict[str, None] = {}
        self._main: str | None = None

    def __call__(self, candidate: Candidate) -> str:
        """The image tag that a candidate becomes; empty: none. Raises RefusedInputError."""
        name = sanitized(candidate.text)
        version = self._version(candidate)
        scope = self._scope(candidate, name, version)
        if scope and not self._may_move(name, scope, version):
            return ""
        if len(name) > MAXIMUM_TAG:
            name = self._cut(candidate.text, name)
        if not scope and _is_of_ref(candidate.entry):
            self.own[name] = None
        return name

    def _version(self, candidate: Candidate) -> str:
        """The version that the name is made from: that of the entry's own value, else the released one.

        The flavor's `latest` belongs to the first entry; so does everything where no tag is released.
        """
        entry = candidate.entry
        if entry is None or entry.type not in _VERSIONED[:2] or not entry["value"]:
            is_led = self._main is not None and (entry is None or not self.releases.tag)
            version = (self._main or "") if is_led else self.releases.version
        else:
            text = version_text(entry, replace(candidate.around, warnings=[])) or ""
            version = text if text.startswith("v") else f"v{text}"
        self._main = version if self._main is None else self._main
        return version

    @cached_property
    def _stable(self) -> tuple[str, ...]:
        return tuple(version for version in self.releases.known.values() if is_stable(version))

    @cached_property
    def _ladder(self) -> tuple[tuple[tuple[int, ...], str], ...]:
        return tuple((_numbers(version), version) for version in self._stable)

    def _scope(self, candidate: Candidate, name: str, version: str) -> str:
        """Which releases the name is for: `latest` (all of them), `1`, `1.2`; empty: it is for one alone."""
        entry = candidate.entry
        if entry is None or LATEST in (name, candidate.core):
            return LATEST
        if entry.type is EntryType.SHA:
            return ""
        if entry.type in _VERSIONED and (scope := _probed(entry, candidate, version)):
            return scope
        for text in (candidate.core, name):
            if is_moving(text) and any(covers(text, one) for one in (version, *self._stable) if one):
                return text.removeprefix("v")
        return ""

    def _may_move(self, name: str, scope: str, version: str) -> bool:
        why = self._standing(version) or self._higher(scope, version)
        if why:
            self.notices[f"`{name}` is left out: {why}"] = None
        elif self.releases.missing:
            message = f"it cannot be said whether {version} is the highest release it is for: {self.releases.missing}"
            self.problems[name] = Problem(ProblemKind.UNKNOWN_RELEASES, name, message, self.releases.hint)
            return False
        return not why

    def _standing(self, version: str) -> str:
        """Why a version may move nothing, whatever else there is; empty: it may."""
        tag = self.releases.tag
        if not version and not tag:
            return "only a release may move it, and this is none"
        if not is_release(version):
            return f"{version or f'the tag {tag}'} is no release version such as v1.2.3"
        if self.releases.misfit:
            return self.releases.misfit
        return "" if is_stable(version) else f"{version} is a prerelease"

    def _higher(self, scope: str, version: str) -> str:
        """The release that keeps the name; what is known is enough for that, be it all or not."""
        if is_moving(scope) and not covers(scope, version):
            return f"it is no name of {version}"
        own = _numbers(version)
        above = [one for numbers, one in self._ladder if numbers > own]
        higher = holder(scope, version, above)
        return f"{higher} is higher than {version}" if higher else ""

    def _cut(self, text: str, name: str) -> str:
        import hashlib

        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:HASH]
        cut = f"{name[: MAXIMUM_TAG - HASH - 1]}-{digest}"
        self.notices[f"`{name[:40]}…` has {len(name)} characters, a tag at most {MAXIMUM_TAG}: it is `{cut}`"] = None
        return cut


def _numbers(version: str) -> tuple[int, ...]:
    """The order of stable versions, without what prereleases need."""
    return tuple(map(int, version[1:].split(".")))


def _is_of_ref(entry: Entry | None) -> bool:
    """Whether the name is made from the ref, so that two refs should not have the same one."""
    if entry is None or (entry.get("value") and entry.type in _VERSIONED):
        return False
    said = entry.get("value") or ""
    return entry.type in _OF_REF or (
        entry.type is EntryType.RAW and "{{" in said and ("tag" in said or "branch" in said)
    )


def _probed(entry: Entry, candidate: Candidate, version: str) -> str:
    """What of the version the name keeps: it is made anew for other versions and compared."""
    parts = parse(version)
    if parts is None:
        return ""
    for other, scope in _others(version):
        if _made_for(entry, candidate.around, version, other) != candidate.core:
            return scope
    return LATEST


def _others(version: str) -> Iterator[tuple[str, str]]:
    """Versions ever further away, each with what a name is for that differs there, and not before."""
    parts, pre = parse(version), prerelease(version)
    if parts:
        yield f"v{parts.major}.{parts.minor}.{parts.patch + 1}{pre}", ""
        yield f"v{parts.major}.{parts.minor + 1}.{parts.patch + 1}{pre}", f"{parts.major}.{parts.minor}"
        yield f"v{parts.major + 1}.{parts.minor + 1}.{parts.patch + 1}{pre}", f"{parts.major}"


def _made_for(entry: Entry, around: Surroundings, version: str, other: str) -> str | None:
    """What the entry would make of another version."""
    value, context = entry["value"], around.context
    if entry.type in _VERSIONED[:2]:
        changed = {"value": other, "match": ""}
    else:
        text = around.expressions.render(value) if value else context.tag
        changed = {"value": text.replace(version.removeprefix("v"), other.removeprefix("v"))}
    try:
        made = made_by(replace(entry, attributes={**entry.attributes, **changed}), replace(around, warnings=[]))
    except RefusedInputError:
        return None
    return made.text if made else None
