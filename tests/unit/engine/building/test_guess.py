"""The last build, begun before it is known what is to be built: what is taken of it, and what never runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.adapters.process import Completed
from go_release_gate.engine.building.guess import Guess

VARIABLES = {"GOFLAGS": "", "GOWORK": "off", "CGO_ENABLED": "0", "GOOS": "linux", "GOARCH": "arm64", "GOARM64": "v8.0"}


class ToldGo:
    """Remembers what it was asked; answers with a fixed code."""

    def __init__(self, cache: Path, code: int = 0) -> None:
        self.cache, self.code = str(cache), code
        self.ran: list[tuple[tuple[str, ...], str]] = []

    def early(self, args: Sequence[str], *, cwd: Path, timeout: float, env: Mapping[str, str]) -> Completed:
        """Run nothing."""
        del timeout, env
        self.ran.append((tuple(args), cwd.name))
        return Completed(self.code, b"", b"", 0.0)


def words(cache: Path, *flags: str) -> list[str]:
    """A build of the package in cmd/api."""
    place = cache / "go-release-gate" / "abc" / "api"
    return ["build", "-buildvcs=auto", "-trimpath", "-mod=readonly", *flags, "-o", str(place), "./cmd/api"]


def second(
    tmp_path: Path, call: tuple[str, list[str], dict[str, str]], code: int = 0, key: str = "c"
) -> tuple[ToldGo, Guess]:
    """A guess that was started after a build of `call`."""
    Guess(ToldGo(tmp_path), tmp_path / "shop", ["c"], 2).keep([call])  # type: ignore[arg-type]
    go = ToldGo(tmp_path, code)
    guess = Guess(go, tmp_path / "shop", [key], 2)  # type: ignore[arg-type]
    guess.start(5.0)
    return go, guess


def test_the_same_call_is_answered_once(tmp_path: Path) -> None:
    """What was remembered runs at once, and its answer is that of this call; a second asks Go again."""
    call = (".", words(tmp_path, "-ldflags=-s -w -X main.version=v1.2.3"), VARIABLES)
    go, guess = second(tmp_path, call)
    assert guess.answer(*call) is not None
    assert guess.answer(*call) is None
    assert go.ran == [(tuple(call[1]), "shop")]


def test_another_call_waits_and_is_not_answered(tmp_path: Path) -> None:
    """Other flags, variables or directories are another call; what was begun has ended before it starts."""
    call = (".", words(tmp_path), VARIABLES)
    go, guess = second(tmp_path, call)
    assert guess.answer(".", words(tmp_path, "-tags=x"), VARIABLES) is None
    assert len(go.ran) == 1
    assert guess.answer(".", call[1], {**VARIABLES, "GOARCH": "amd64"}) is None
    assert guess.answer("tools", call[1], VARIABLES) is None


def test_a_failure_is_asked_again(tmp_path: Path) -> None:
    """Of a call that failed nothing is taken."""
    call = (".", words(tmp_path), VARIABLES)
    _, guess = second(tmp_path, call, code=1)
    assert guess.answer(*call) is None


def test_another_commit_begins_nothing(tmp_path: Path) -> None:
    """What depends on other things than those remembered is not begun."""
    go, guess = second(tmp_path, (".", words(tmp_path), VARIABLES), key="d")
    guess.settle()
    assert go.ran == []


BAD: dict[str, dict[str, Any]] = {
    "a flag that starts a program": {"flag": "-toolexec=/tmp/x"},
    "a linker": {"flag": "-ldflags=-s -extld=/tmp/x"},
    "a quoted linker": {"flag": "-ldflags=-X main.a='b -extld=/tmp/x'"},
    "an overlay": {"flag": "-overlay=/tmp/x"},
    "a compiler": {"variables": {"CC": "/tmp/x"}},
    "flags by variable": {"variables": {"GOFLAGS": "-toolexec=/tmp/x"}},
    "a workspace elsewhere": {"variables": {"GOWORK": "/tmp/go.work"}},
    "a directory above": {"module": "../other"},
    "an absolute directory": {"module": "/tmp"},
    "a program elsewhere": {"output": "/tmp/x"},
    "a program above": {"output": "../../x"},
    "a package by its path": {"target": "example.com/x@v1.0.0"},
    "another verb": {"verb": "run"},
}


@pytest.mark.parametrize("fault", BAD.values(), ids=BAD.keys())
def test_nothing_else_runs(tmp_path: Path, fault: dict[str, Any]) -> None:
    """Who writes into the build cache cannot have anything run but a build of the tree into the cache."""
    told = words(tmp_path, *([fault["flag"]] if "flag" in fault else []))
    told[0], told[-1] = fault.get("verb", "build"), fault.get("target", told[-1])
    if "output" in fault:
        told[-2] = str(Path(told[-2]).parent / fault["output"]) if ".." in fault["output"] else fault["output"]
    go, guess = second(tmp_path, (fault.get("module", "."), told, {**VARIABLES, **fault.get("variables", {})}))
    guess.settle()
    assert go.ran == []


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"key": ["c"]}', '{"key": ["c"], "calls": [1, null, {}]}', "[" * 9000]
)
def test_what_is_not_ours_is_nothing(tmp_path: Path, text: str) -> None:
    """A file of another form is no reason to fail."""
    guess = Guess(ToldGo(tmp_path), tmp_path / "shop", ["c"], 2)  # type: ignore[arg-type]
    guess.keep([])
    (file,) = tmp_path.glob("go-release-gate/*/last.json")
    assert json.loads(file.read_text())["calls"] == []
    file.write_text(text)
    go = ToldGo(tmp_path)
    Guess(go, tmp_path / "shop", ["c"], 2).start(5.0)  # type: ignore[arg-type]
    assert go.ran == []
