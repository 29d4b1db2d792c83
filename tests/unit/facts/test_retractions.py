"""Asking which versions are retracted: what is asked, and what an answer means."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from go_release_gate.adapters.process import Completed
from go_release_gate.facts.retractions import TIME_LIMIT, collect, effective_requirements, read_answer
from go_release_gate.facts.toolchain import Toolchain
from go_release_gate.gomod.modfile import Replace
from go_release_gate.model.outcome import ErrorClass, Outcome
from support.modulefacts import module


class FakeGo:
    """Answers every call with the same output and remembers what it was asked."""

    def __init__(self, *entries: Mapping[str, object], goproxy: str = "https://proxy.example.com") -> None:
        self.calls: list[tuple[list[str], Path, float | None]] = []
        self.output = "\n".join(json.dumps(entry, indent=1) for entry in entries).encode()
        self.goproxy = goproxy

    @property
    def toolchain(self) -> Toolchain:
        """A Go with a proxy."""
        return Toolchain("go1.26.8", "/cache", {"GOPROXY": self.goproxy})

    def run(
        self, args: Sequence[str], *, cwd: Path, timeout: float | None = None, env: Mapping[str, str] | None = None
    ) -> Completed:
        """Remember and answer."""
        assert not env
        self.calls.append((list(args), cwd, timeout))
        return Completed(0, self.output, b"", 0.1)


def entry(name: str, **more: object) -> dict[str, object]:
    """One JSON object as Go prints it."""
    path, version = name.split("@")
    return {"Path": path, "Version": version, **more}


def completed(*entries: Mapping[str, object], **more: object) -> Completed:
    """An answer of Go."""
    return Completed(0, "\n".join(map(json.dumps, entries)).encode(), b"", 0.1, **more)  # type: ignore[arg-type]


def test_all_modules_cost_one_call(tmp_path: Path) -> None:
    """Two versions of one path, wanted by two modules, are asked for in one call, each once, outside the checkout."""
    go = FakeGo(entry("example.com/a@v1.0.0"), entry("example.com/a@v1.1.0"))
    modules = [module("x", requires={"example.com/a": "v1.0.0"}), module("y", requires={"example.com/a": "v1.1.0"})]
    found = collect([*modules, modules[0]], go, tmp_path, timeout=300)
    ((args, cwd, timeout),) = go.calls
    assert cwd == tmp_path
    assert args[args.index("--") + 1 :] == ["example.com/a@v1.0.0", "example.com/a@v1.1.0"]
    assert timeout == TIME_LIMIT
    assert (found.outcome, found.asked) == (Outcome.PASS, 2)


def test_nothing_required_nothing_asked(tmp_path: Path) -> None:
    """A repository without requirements costs no call."""
    go = FakeGo()
    assert collect([module()], go, tmp_path).outcome is Outcome.NOT_APPLICABLE
    assert go.calls == []


@pytest.mark.parametrize(("offline", "goproxy"), [(True, "https://proxy.example.com"), (False, "off")])
def test_offline_is_unavailable_never_a_pass(tmp_path: Path, offline: bool, goproxy: str) -> None:
    """Without the network nothing is asked, and the answer is not a pass."""
    go = FakeGo(goproxy=goproxy)
    found = collect([module(requires={"example.com/a": "v1.0.0"})], go, tmp_path, offline=offline)
    assert found.outcome is Outcome.UNAVAILABLE
    assert found.error is not None
    assert found.error.kind is ErrorClass.NETWORK
    assert go.calls == []


def test_requirements_follow_replace_directives() -> None:
    """A module replaced by another is asked for under the other's name, one replaced by a directory not at all; a
    directive for this very version wins."""
    replaces = (
        Replace("example.com/a", "", "example.com/fork", "v1.5.0", 9),
        Replace("example.com/b", "", "./b", "", 10),
        Replace("example.com/c", "", "./c", "", 11),
        Replace("example.com/c", "v1.0.0", "example.com/c", "v1.0.1", 12),
        Replace("example.com/d", "v9.0.0", "./d", "", 13),
    )
    requires = {f"example.com/{name}": "v1.0.0" for name in "abcd"}
    found = [(need.path, need.version) for need in effective_requirements(module(requires=requires, replaces=replaces))]
    assert found == [("example.com/fork", "v1.5.0"), ("example.com/c", "v1.0.1"), ("example.com/d", "v1.0.0")]


@pytest.mark.parametrize("path", ["-modfile=x", "a b", "a\nb", "https://example.com/a", ""])
def test_odd_names_reach_no_command_line(tmp_path: Path, path: str) -> None:
    """What is no module path is not handed to Go."""
    go = FakeGo()
    collect([module(requires={path: "v1.0.0"})], go, tmp_path)
    assert go.calls == []


def test_a_retraction_carries_its_reason() -> None:
    """The author's words are kept, each on one line; a deprecated module is kept apart."""
    answer = completed(
        entry("example.com/a@v1.0.0", Retracted=["Loses\n orders."]), entry("example.com/b@v1.0.0", Deprecated="use c")
    )
    found = read_answer(["example.com/a@v1.0.0", "example.com/b@v1.0.0"], answer)
    first, second = found.of("example.com/a", "v1.0.0"), found.of("example.com/b", "v1.0.0")
    assert first is not None
    assert second is not None
    assert (first.retracted, first.rationale) == (True, ("Loses orders.",))
    assert (second.retracted, second.deprecated) == (False, "use c")
    assert found.outcome is Outcome.FAIL


def test_an_error_for_one_module_leaves_the_others_answered() -> None:
    """One dead host makes the whole answer incomplete, not empty, and is named."""
    names = ["example.com/a@v1.0.0", "gone.invalid/b@v1.0.0"]
    found = read_answer(names, completed(entry(names[0]), entry(names[1], Error={"Err": "dial tcp: no such host"})))
    assert found.outcome is Outcome.UNAVAILABLE
    assert found.unanswered == (names[1],)
    assert found.error is not None
    assert "1 of 2" in found.error.message
    assert "no such host" in found.error.hint


def test_silence_about_a_module_is_no_pass() -> None:
    """A module that Go's answer does not speak of is unanswered, also when the output was cut."""
    name = "example.com/a@v1.0.0"
    cut = Completed(1, json.dumps(entry(name)).encode()[:-4], b"", 0.1, truncated=True)
    for answer in (completed(), cut):
        assert read_answer([name], answer).outcome is Outcome.UNAVAILABLE


def test_a_dead_network_costs_one_time_limit() -> None:
    """At the time limit everything is unanswered, class timeout."""
    found = read_answer(["example.com/a@v1.0.0"], completed(timed_out=True))
    assert found.error is not None
    assert (found.outcome, found.error.kind) == (Outcome.UNAVAILABLE, ErrorClass.TIMEOUT)


def test_an_unreadable_module_requires_nothing(tmp_path: Path) -> None:
    """A module whose go.mod cannot be read adds nothing to what is asked."""
    go = FakeGo()
    assert collect([replace(module(), mod=None)], go, tmp_path).outcome is Outcome.NOT_APPLICABLE
