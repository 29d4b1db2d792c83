"""The last build of the same commit is begun again before it is known what is to be built: mostly it is the same.

Go answers an up-to-date build in a tenth of a second, of which none is left to save; listing the packages, reading the
tree and loading this program take as long again. So they are done beside it. What was begun counts only if, later,
exactly this call is asked for; it reads the tree as that call would, and the answer of one that failed is not used.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from go_release_gate.adapters.go import Go
from go_release_gate.adapters.process import Completed
from go_release_gate.errors import GateError

FOLDER = "go-release-gate"
"""Below Go's build cache, beside the programs that are kept there."""

LIMIT = 1 << 20  # bytes of what is remembered


_LINKED = r"(-s|-w|-X[ =][\w./-]+=[\w.:+/-]*)"
_FLAG = re.compile(
    rf"-trimpath|-buildvcs=(auto|true|false)|-mod=(readonly|vendor)|-tags=[\w.,]+|-ldflags={_LINKED}( {_LINKED})*"
)
_PLACE = re.compile(r"\.|(\./)?\w[\w./-]*")
_WORD = re.compile(r"[\w.,]*")
_VARIABLES = {
    **dict.fromkeys(("GOOS", "GOARCH", "GOARM", "GOAMD64", "GOARM64", "GO386", "SOURCE_DATE_EPOCH"), _WORD),
    "CGO_ENABLED": re.compile("[01]?"),
    "GOFLAGS": re.compile(""),
    "GOPROXY": re.compile("off"),
}


@dataclass(slots=True)
class _Begun:
    """One call that runs already."""

    call: dict[str, Any]
    thread: Thread
    answers: list[Completed] = field(default_factory=list)


class Guess:
    """What the last build of a tree ran, and what of it runs already.

    Args:
        go: has a build cache, where it is remembered.
        root: the tree, real path. key: what the calls depend on (commit, settings); others are not begun.
        jobs: how many are begun at most.
    """

    def __init__(self, go: Go, root: Path, key: Sequence[str], jobs: int) -> None:
        self._go, self._root, self._key, self._jobs = go, root, list(key), jobs
        name = hashlib.sha256(os.fsencode(root)).hexdigest()[:24]
        self._file = Path(go.cache) / FOLDER / name / "last.json"
        self._begun: list[_Begun] = []
        self._known: dict[str, Any] = {}

    def start(self, timeout: float) -> None:
        """Begin what was run last time. `timeout`: seconds for one call."""
        with suppress(OSError, ValueError, RecursionError):
            self._known = _read(self._file)
        if self._known.get("key") != self._key:
            return
        for call in self._known["calls"][: self._jobs]:
            if not is_harmless(call, self._root, self._file.parents[1]):
                continue
            one = _Begun(call, Thread())
            one.thread = Thread(target=self._run, args=(one, timeout), daemon=True)
            one.thread.start()
            self._begun.append(one)

    def answer(self, module: str, words: Sequence[str], variables: Mapping[str, str]) -> Completed | None:
        """What came of this call; None: it was not begun, or failed. Then nothing of what was begun runs any more,
        so that no two write the same program."""
        wanted = _call(module, words, variables)
        for one in tuple(self._begun):
            if one.call == wanted:
                one.thread.join()
                self._begun.remove(one)
                return one.answers[0] if one.answers and one.answers[0].returncode == 0 else None
        self.settle()
        return None

    def settle(self) -> None:
        """Wait for what runs."""
        for one in tuple(self._begun):
            one.thread.join()

    def keep(self, calls: Sequence[tuple[str, Sequence[str], Mapping[str, str]]]) -> None:
        """Remember the calls of this build; that it cannot be written costs nothing but time."""
        wanted = {"key": self._key, "calls": [_call(*one) for one in calls[: self._jobs]]}
        if wanted == self._known:
            return
        file = self._file
        new = file.with_name(f"{file.name}.{os.getpid()}")
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(wanted), encoding="utf-8")
            new.replace(file)

    def _run(self, one: _Begun, timeout: float) -> None:
        with suppress(GateError, OSError):
            place = self._root / one.call["module"]
            answer = self._go.early(one.call["words"], cwd=place, timeout=timeout, env=one.call["variables"])
            one.answers += [answer] if answer else []


def _call(module: str, words: Sequence[str], variables: Mapping[str, str]) -> dict[str, Any]:
    return {"module": module, "words": list(words), "variables": dict(variables)}


def _read(file: Path) -> dict[str, Any]:
    """What was remembered; of a form that is not ours: nothing."""
    with file.open("rb") as stream:
        found = json.loads(stream.read(LIMIT))
    return found if isinstance(found, dict) and isinstance(found.get("calls"), list) else {}


def is_harmless(call: object, root: Path, programs: Path) -> bool:
    """Whether a remembered call can only build a package of the tree into the folder of kept programs.

    Who can write into a build cache (a cache that strangers filled and a job restored) must not choose what runs here:
    no flag and no variable that names a program, no place outside.
    """
    match call:
        case {
            "module": str(module),
            "words": ["build", *words, "-o", str(output), str(target)],
            "variables": dict(told),
        }:
            places = (module, target)
        case _:
            return False
    return (
        all(isinstance(word, str) and _FLAG.fullmatch(word) for word in words)
        and all(_is_variable(name, value, root) for name, value in told.items())
        and all(_PLACE.fullmatch(place) and ".." not in place.split("/") for place in places)
        and os.path.normpath(output) == output
        and Path(output).is_relative_to(programs)
    )


def _is_variable(name: object, value: object, root: Path) -> bool:
    if name == "GOWORK":
        return value in ("off", f"{root}/go.work")
    return name in _VARIABLES and isinstance(value, str) and _VARIABLES[name].fullmatch(value) is not None
