"""Which Go judges, and how it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes.process import Reply, ScriptedRunner
from go_release_gate.adapters.go import GoCommand, without_direct
from go_release_gate.config.settings import GoSettings
from go_release_gate.errors import UnavailableError, UsageError

GO = Path("/opt/go/bin/go")
ENV = {"GOTOOLCHAIN": "local", "HOME": "/private"}


SAID = {"GOMODCACHE": "/m", "GOPROXY": "https://proxy.example.com,direct"}


def _said(said: dict[str, str]) -> Reply:
    return Reply(stdout=json.dumps(said).encode())


def _answer(version: str) -> Reply:
    return _said({**SAID, "GOVERSION": version})


def _go(runner: ScriptedRunner, home: Path, *, trusted: bool = True, **settings: object) -> GoCommand:
    return GoCommand(runner, GO, ENV, home=home, settings=GoSettings(**settings), trusted=trusted)  # type: ignore[arg-type]


def _runner(version: str = "go1.26.8") -> ScriptedRunner:
    return ScriptedRunner().on([str(GO), "env"], _answer(version)).on([str(GO), "mod"], Reply(stdout=b"done"))


def test_go_is_asked_once(tmp_path: Path) -> None:
    """Version, caches and settings come from one process for the whole run, in a directory without a module."""
    runner = _runner()
    go = _go(runner, tmp_path)
    assert go.toolchain.version == "go1.26.8"
    assert go.toolchain.modcache == "/m"
    go.run(["mod", "tidy"], cwd=tmp_path)
    go.run(["mod", "tidy"], cwd=tmp_path)
    assert [call.argv[1] for call in runner.calls] == ["env", "mod", "mod"]
    assert runner.calls[0].cwd == tmp_path


def test_a_call_may_add_to_the_environment(tmp_path: Path) -> None:
    """What a call adds counts for that call alone."""
    runner = _runner()
    go = _go(runner, tmp_path)
    go.run(["mod", "tidy"], cwd=tmp_path, env={"GOPROXY": "off"})
    go.run(["mod", "tidy"], cwd=tmp_path)
    assert runner.calls[1].env == ENV | {"GOPROXY": "off"}
    assert runner.calls[2].env == ENV


def test_the_time_limit_is_the_settings(tmp_path: Path) -> None:
    """A call without its own limit has the configured one."""
    runner = ScriptedRunner().on([str(GO), "env"], _answer("go1.26.8")).on([str(GO), "mod"], Reply(seconds=5))
    go = _go(runner, tmp_path, timeout=3.0)
    assert go.run(["mod", "tidy"], cwd=tmp_path).timed_out
    assert not go.run(["mod", "tidy"], cwd=tmp_path, timeout=6).timed_out


@pytest.mark.parametrize("version", ["go1.22.12", "go1.9", "devel"])
def test_a_go_without_tidy_diff_is_too_old(tmp_path: Path, version: str) -> None:
    """Before Go 1.23 there is no `go mod tidy -diff`; the run is unavailable with a hint."""
    with pytest.raises(UnavailableError, match="too old") as caught:
        _go(_runner(version), tmp_path).run(["mod", "tidy"], cwd=tmp_path)
    assert "1.23" in caught.value.hint


@pytest.mark.parametrize(
    ("said", "version"),
    [("go1.23.0", "go1.23.0"), ("go1.26.8 X:nodwarf5", "go1.26.8"), ("devel go1.27-abcdef Mon", "go1.27-abcdef")],
)
def test_every_kind_of_version_is_read(tmp_path: Path, said: str, version: str) -> None:
    """Experiments and development versions do not confuse the reading."""
    assert _go(_runner(said), tmp_path).toolchain.version == version


@pytest.mark.parametrize("wanted", ["1.26.8", "go1.26.8", "1.26"])
def test_the_go_in_use_may_be_the_one_wanted(tmp_path: Path, wanted: str) -> None:
    """`go-version` with or without patch level is met by the Go on PATH when it is that one."""
    runner = _runner()
    assert _go(runner, tmp_path, version=wanted).toolchain.version == "go1.26.8"
    assert len(runner.calls) == 1


@pytest.mark.parametrize(("trusted", "allowed"), [(True, False), (False, True)], ids=["not-allowed", "not-trusted"])
def test_another_go_is_not_fetched_without_leave(tmp_path: Path, trusted: bool, allowed: bool) -> None:
    """Without the setting, or on an untrusted event, another Go is unavailable and nothing further runs."""
    runner = _runner()
    go = _go(runner, tmp_path, trusted=trusted, version="1.25.3", fetch_toolchain=allowed)
    with pytest.raises(UnavailableError, match=r"asks for Go 1\.25\.3, and the Go in use is go1\.26\.8"):
        _ = go.toolchain
    assert len(runner.calls) == 1
    assert go.newer("1.27.0") is None


def test_another_go_is_fetched_with_leave(tmp_path: Path) -> None:
    """With the setting, on a trusted event, Go fetches it into the private cache; then that one is called, as local."""
    runner = ScriptedRunner()
    fetched = {**SAID, "GOVERSION": "go1.25.3", "GOROOT": "/fetched"}
    runner.scripts.append(lambda call: _said(fetched) if call.env["GOTOOLCHAIN"] == "go1.25.3" else None)
    runner.on([str(GO), "env"], _answer("go1.26.8")).on(["/fetched/bin/go", "env"], _said(fetched))
    runner.on(["/fetched/bin/go", "mod"], Reply(stdout=b"done"))
    settings = GoSettings(version="1.25.3", fetch_toolchain=True)
    go = GoCommand(runner, GO, ENV, home=tmp_path, settings=settings, toolchains=tmp_path / "private")
    assert go.toolchain.version == "go1.25.3"
    assert go.run(["mod", "tidy"], cwd=tmp_path).stdout == b"done"
    assert runner.calls[1].env == ENV | {"GOTOOLCHAIN": "go1.25.3", "GOMODCACHE": str(tmp_path / "private")}
    assert [call.env for call in runner.calls[2:]] == [ENV, ENV]


def test_a_newer_go_may_be_had_for_one_module(tmp_path: Path) -> None:
    """`newer` gives another Go and leaves this one as it is."""
    runner = ScriptedRunner()
    fetched = {**SAID, "GOVERSION": "go1.27.0", "GOROOT": "/fetched"}
    runner.scripts.append(lambda call: _said(fetched) if call.env["GOTOOLCHAIN"] == "go1.27.0" else None)
    runner.on([str(GO), "env"], _answer("go1.26.8")).on(["/fetched/bin/go", "env"], _said(fetched))
    go = _go(runner, tmp_path, fetch_toolchain=True)
    newer = go.newer("1.27.0")
    assert newer is not None
    assert newer.toolchain.version == "go1.27.0"
    assert go.toolchain.version == "go1.26.8"


@pytest.mark.parametrize("wanted", ["1.25", "latest", "1.25.3+path", "1.25.3 x"])
def test_a_fetch_needs_a_full_version(tmp_path: Path, wanted: str) -> None:
    """Only a full version names a toolchain; anything else is wrong usage and never reaches Go."""
    with pytest.raises(UsageError, match="names no Go toolchain"):
        _ = _go(_runner(), tmp_path, version=wanted, fetch_toolchain=True).toolchain


@pytest.mark.parametrize("reply", [Reply(2, stderr=b"go: broken\n"), Reply(stdout=b"hello"), Reply(stdout=b'{"a": 1}')])
def test_a_go_that_does_not_answer_is_unavailable(tmp_path: Path, reply: Reply) -> None:
    """A program that fails, or answers as no Go does, is one message and no crash."""
    with pytest.raises(UnavailableError):
        _ = _go(ScriptedRunner().on([str(GO)], reply), tmp_path).toolchain


def test_an_untrusted_event_asks_proxies_only(tmp_path: Path) -> None:
    """For a fork no version control host is asked: `direct` is taken out, and the report names what is in force."""
    runner = _runner()
    go = _go(runner, tmp_path, trusted=False)
    go.run(["mod", "tidy"], cwd=tmp_path)
    assert runner.calls[-1].env["GOPROXY"] == "https://proxy.example.com"
    assert go.toolchain.env["GOPROXY"] == "https://proxy.example.com"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://a.example.com,direct", "https://a.example.com"),
        ("https://a.example.com|https://b.example.com,direct", "https://a.example.com|https://b.example.com"),
        ("direct,https://a.example.com", "https://a.example.com"),
        ("https://a.example.com,off", "https://a.example.com,off"),
        ("direct", "off"),
        ("off", "off"),
        ("", "off"),
    ],
)
def test_direct_is_taken_out_of_a_proxy_list(given: str, kept: str) -> None:
    """The separators that say when to go on stay with their proxies."""
    assert without_direct(given) == kept
