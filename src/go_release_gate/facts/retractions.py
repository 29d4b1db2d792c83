"""The fact which required versions their authors have retracted, asked in one call for the whole repository.

The answer stands in the go.mod of the newest version of each dependency (https://go.dev/ref/mod#go-mod-file-retract),
so it takes the network, changes with time, and is collected only where a rule that needs it runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from go_release_gate.facts.module import Module
from go_release_gate.gomod.modfile import Replace
from go_release_gate.model.outcome import ErrorClass, ModuleError, Outcome

if TYPE_CHECKING:
    from go_release_gate.adapters.go import Go
    from go_release_gate.adapters.process import Completed

TIME_LIMIT = 60.0  # seconds for the one call: what a dead network may cost

_FIELDS = "Path,Version,Retracted,Deprecated,Error"
# What may stand on a command line: https://go.dev/ref/mod#go-mod-file-ident, versions canonical or pseudo.
_PATH = re.compile(r"[A-Za-z0-9_.~][A-Za-z0-9_.~/-]*")
_VERSION = re.compile(r"v\d+\.\d+\.\d+[A-Za-z0-9.+-]*")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A module version that a go.mod asks for once its replace directives are applied; `line` is the require line."""

    path: str
    version: str
    line: int


@dataclass(frozen=True, slots=True)
class Notice:
    """What an author says of one version. `rationale`: why it is retracted, one text per directive; `deprecated`:
    the module's deprecation notice, empty for none."""

    path: str
    version: str
    rationale: tuple[str, ...] = ()
    deprecated: str = ""

    @property
    def retracted(self) -> bool:
        """Whether the version is retracted, not the module merely deprecated."""
        return bool(self.rationale)


@dataclass(frozen=True, slots=True)
class Retractions:
    """Outcome of asking. Never a pass while a module is `unanswered` (`path@version`); `asked` counts versions."""

    outcome: Outcome
    notices: Mapping[tuple[str, str], Notice] = field(default_factory=dict)
    asked: int = 0
    unanswered: tuple[str, ...] = ()
    error: ModuleError | None = None

    def of(self, path: str, version: str) -> Notice | None:
        """What is known of `path@version`."""
        return self.notices.get((path, version))


def effective_requirements(module: Module) -> Iterator[Requirement]:
    """The versions go.mod asks for, each with its require line; what a directory replaces is left out."""
    if module.mod is None:
        return
    for require in module.mod.requires:
        replacement = _replacement(module.mod.replaces, require.path, require.version)
        if replacement is None:
            yield Requirement(require.path, require.version, require.line)
        elif not replacement.is_local:
            yield Requirement(replacement.target, replacement.target_version, require.line)


def collect(
    modules: Iterable[Module], go: Go, scratch: Path, *, timeout: float = TIME_LIMIT, offline: bool = False
) -> Retractions:
    """Ask for the requirements of all `modules` in one call of Go.

    `scratch`: an empty directory outside the checkout, for a go.mod of our own. `timeout`: seconds, capped at
    `TIME_LIMIT`. Offline nothing is asked and the outcome is unavailable.
    """
    names = sorted({f"{need.path}@{need.version}" for module in modules for need in _askable(module)})
    if not names:
        return Retractions(Outcome.NOT_APPLICABLE)
    if offline or go.toolchain.env.get("GOPROXY") == "off":
        return _unavailable(names, ErrorClass.NETWORK, "retractions were not asked for: the network is switched off")
    (scratch / "go.mod").write_text("module retractions.invalid/scratch\n", encoding="utf-8")
    argv = ["list", "-m", "-mod=mod", "-e", "-u", "-retracted", f"-json={_FIELDS}", "--", *names]
    done = go.run(argv, cwd=scratch, timeout=min(timeout, TIME_LIMIT))
    return read_answer(names, done)


def read_answer(names: Sequence[str], done: Completed) -> Retractions:
    """What Go's answer says about `names`; those it does not speak of, or with an error, stay unanswered."""
    if done.timed_out:
        return _unavailable(names, ErrorClass.TIMEOUT, "asking for retractions took too long")
    answered = {f"{entry.get('Path')}@{entry.get('Version')}": entry for entry in _entries(done.stdout)}
    notices = [_notice(answered[name]) for name in names if name in answered and not answered[name].get("Error")]
    known = {f"{notice.path}@{notice.version}" for notice in notices}
    unanswered = tuple(name for name in names if name not in known)
    found = {(notice.path, notice.version): notice for notice in notices if notice.rationale or notice.deprecated}
    outcome = _outcome(found.values(), unanswered)
    error = _incomplete(names, unanswered, answered) if unanswered else None
    return Retractions(outcome, found, len(names), unanswered, error)


def _outcome(notices: Iterable[Notice], unanswered: Sequence[str]) -> Outcome:
    if any(notice.retracted for notice in notices):
        return Outcome.FAIL
    return Outcome.UNAVAILABLE if unanswered else Outcome.PASS


def _incomplete(names: Sequence[str], unanswered: Sequence[str], answered: Mapping[str, Any]) -> ModuleError:
    first = unanswered[0]
    cause = ((answered.get(first) or {}).get("Error") or {}).get("Err", "Go gave no answer")
    message = f"{len(unanswered)} of {len(names)} required versions could not be asked for retraction, {first} first"
    return ModuleError(ErrorClass.NETWORK, message, hint=" ".join(str(cause).split())[:300])


def _unavailable(names: Sequence[str], kind: ErrorClass, message: str) -> Retractions:
    error = ModuleError(kind, message, hint="run again with the network, or leave retracted-version out")
    return Retractions(Outcome.UNAVAILABLE, asked=0, unanswered=tuple(names), error=error)


def _notice(entry: Mapping[str, Any]) -> Notice:
    rationale = tuple(" ".join(str(text).split()) for text in entry.get("Retracted") or ())
    return Notice(str(entry["Path"]), str(entry["Version"]), rationale, str(entry.get("Deprecated") or ""))


def _entries(stdout: bytes) -> Iterator[dict[str, Any]]:
    """The JSON objects that Go prints one after the other; a cut end is left out."""
    text, decoder, position = stdout.decode("utf-8", "replace"), json.JSONDecoder(), 0
    while (start := text.find("{", position)) >= 0:
        try:
            entry, position = decoder.raw_decode(text, start)
        except json.JSONDecodeError:
            return
        yield entry


def _askable(module: Module) -> Iterator[Requirement]:
    for need in effective_requirements(module):
        if _PATH.fullmatch(need.path) and _VERSION.fullmatch(need.version):
            yield need


def _replacement(replaces: Sequence[Replace], path: str, version: str) -> Replace | None:
    """The directive that applies: one for this very version before one for all (https://go.dev/ref/mod#go-mod-file-replace)."""
    candidates = [item for item in replaces if item.path == path and item.version in {version, ""}]
    return max(candidates, key=lambda item: bool(item.version), default=None)
