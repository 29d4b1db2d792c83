"""Bad input and bad surroundings: one clear message, the right exit code, nothing half-written."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from story.conftest import Gate


@pytest.fixture
def silent_host() -> Iterator[int]:
    """A port that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    kept.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for connection in kept:
            connection.close()


def closed_port() -> int:
    """A loopback port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_no_module(gate: Gate) -> None:
    """A folder without a module is a usage error, not a pass."""
    ran = gate.check()

    assert ran.code == 2
    assert "no Go module" in ran.err
    assert ran.out == ""


def test_no_go(gate: Gate) -> None:
    """Without Go the answer is unavailable, and the message says what to install."""
    gate.tidy_module()

    ran = gate.check(PATH="/nonexistent")

    assert ran.code == 3
    assert "go" in ran.err.lower()
    assert (ran.report["verdict"], ran.report["complete"]) == ("unavailable", False)
    assert "Traceback" not in ran.err


def test_old_go(gate: Gate) -> None:
    """A Go without `tidy -diff` is refused by name."""
    gate.tidy_module()
    old = gate.repo.parent / "old" / "go"
    old.parent.mkdir()
    old.write_text('#!/bin/sh\necho \'{"GOVERSION": "go1.20.1", "GOMODCACHE": "/tmp/x", "GOPROXY": "off"}\'\n')
    old.chmod(0o755)

    ran = gate.check(PATH=f"{old.parent}:/usr/bin:/bin")

    assert ran.code == 3
    assert "1.20.1" in ran.err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("garbage", bytes(range(256)) * 8),
        ("huge", b"module example.com/m\n//" + b"x" * (64 << 20) + b"\n"),
        ("conflict", b"module example.com/m\n<<<<<<< HEAD\ngo 1.24\n=======\ngo 1.25\n>>>>>>> x\n"),
        ("no module line", b"go 1.24\n"),
    ],
)
def test_unreadable_go_mod(gate: Gate, name: str, content: bytes) -> None:
    """Binary garbage, 64 MB and merge markers are malformed files with their place, quickly."""
    gate.write({"go.mod": content, "m.go": "package m\n"})
    started = time.monotonic()

    ran = gate.check()

    assert ran.code == 1, ran.err
    assert ran.module()["error"]["class"] == "malformed-file"
    assert ran.rules == ["broken-module"]
    assert time.monotonic() - started < 20


def test_linked_go_mod_is_refused(gate: Gate) -> None:
    """A go.mod that is a link is refused before Go could write through it; the target's text appears nowhere."""
    secret = gate.repo.parent / "secret"
    secret.write_text("token-canary-1234\n")
    (gate.repo / "go.mod").symlink_to(secret)

    ran = gate.check()

    assert ran.module()["error"]["class"] == "unsafe-path"
    assert "token-canary" not in ran.out + ran.err
    assert secret.read_text() == "token-canary-1234\n"


def test_unreachable_proxy_is_unavailable(gate: Gate) -> None:
    """A refused connection is exit 3, class network, with the host named, and never an untidy module."""
    gate.tidy_module()

    ran = gate.check(GOPROXY=f"http://127.0.0.1:{closed_port()}")

    error = ran.module()["error"]
    assert (ran.code, error["class"], ran.rules) == (3, "network", [])
    assert "127.0.0.1" in error["message"] + error["hint"]
    assert ran.report["complete"] is False


def test_dead_host_costs_one_time_limit(gate: Gate, silent_host: int) -> None:
    """Forty modules that need a host which never answers cost about one time limit, under one message."""
    for number in range(40):
        gate.tidy_module(f"m{number}")
    gate.write({".go-release-gate.yml": "go:\n  timeout: 3\n"})
    started = time.monotonic()

    ran = gate.check("--jobs", "2", GOPROXY=f"http://127.0.0.1:{silent_host}", GOFLAGS="-modcacherw")

    assert ran.code == 3
    assert {module["error"]["class"] for module in ran.report["modules"]} == {"timeout"}
    assert time.monotonic() - started < 25


def test_offline_uses_what_the_cache_has(gate: Gate) -> None:
    """With a filled cache nothing needs the network; with an empty one the answer is unavailable."""
    gate.tidy_module()
    empty = gate.check("--offline")
    gate.check()

    filled = gate.check("--offline")

    assert (empty.code, empty.module()["error"]["class"]) == (3, "network")
    assert filled.code == 0


def test_hostile_names_stay_text(gate: Gate) -> None:
    """A folder whose name holds a newline and a workflow command prints no line that begins with one."""
    name = "a\n::error::owned ##[set-output name=x]y"
    gate.write({f"{name}/go.mod": "module example.com/m\n", f"{name}/m.go": "package m\n"})

    for form in ("text", "json", "github"):
        ran = gate.run("check", "--format", form, GITHUB_ACTIONS="true")
        lines = (ran.out + ran.err).splitlines()

        assert not any(line.lstrip().startswith("::error::owned") for line in lines)
        assert not any("##[set-output" in line for line in lines)


def test_no_space(gate: Gate) -> None:
    """A full temporary file system is said in words, exit 3, and nothing is left behind."""
    gate.tidy_module()
    gate.write({"big.go": b"package m\n//" + b"x" * (3 << 20)})
    small = gate.repo.parent / "small"
    small.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)], capture_output=True, check=False
    ).returncode:
        pytest.skip("no right to mount a small file system")
    try:
        ran = gate.check(TMPDIR=str(small))
        left = list(small.iterdir())
    finally:
        subprocess.run(["umount", str(small)], check=True)

    assert ran.code == 3
    assert "space" in ran.err
    assert left == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted(gate: Gate, silent_host: int, number: signal.Signals) -> None:
    """Interrupted while Go waits for a host: the tree is untouched, nothing is left inside it, children are gone."""
    gate.tidy_module()
    before = gate.tree()
    temporary = gate.repo.parent / "temporary"
    temporary.mkdir()
    env = {**gate.env, "GOPROXY": f"http://127.0.0.1:{silent_host}", "TMPDIR": str(temporary)}
    process = subprocess.Popen(
        gate.command("check"), cwd=gate.repo, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_for(lambda: bool(children(process.pid)))
    offspring = children(process.pid)
    process.send_signal(number)
    _out, err = process.communicate(timeout=30)

    assert gate.tree() == before
    assert "Traceback" not in err
    if number is not signal.SIGKILL:
        assert process.returncode == 128 + number
        assert list(temporary.iterdir()) == []
        wait_for(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in offspring))
    else:
        for pid in offspring:
            if Path(f"/proc/{pid}").exists():
                os.kill(pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    """Process ids of the children of `pid`."""
    try:
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return []


def wait_for(condition: object, seconds: float = 20.0) -> None:
    """Wait until `condition()` holds."""
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_prepare_generates_in_a_copy(gate: Gate) -> None:
    """A package that only `prepare` generates is found, and nothing of it lands in the checkout."""
    gate.tidy_module()
    gate.write({"use.go": 'package m\n\nimport _ "example.com/m/gen"\n'})
    missing = gate.check()
    gate.write({".go-release-gate.yml": "prepare: [sh, -c, 'mkdir gen && echo package gen > gen/gen.go']\n"})
    before = gate.tree()

    ran = gate.check()

    assert (missing.code, missing.module()["error"]["class"]) == (1, "missing-package")
    assert (ran.code, ran.report["verdict"]) == (0, "pass")
    assert gate.tree() == before


def test_failing_prepare_is_said(gate: Gate) -> None:
    """A prepare command that fails ends the run with its last words and exit 2."""
    gate.tidy_module()
    gate.write({".go-release-gate.yml": "prepare: [sh, -c, 'echo no protoc >&2; exit 7']\n"})

    ran = gate.check()

    assert ran.code == 2
    assert "exit code 7: no protoc" in ran.err


def test_retractions_unasked_on_a_tag_are_no_pass(gate: Gate) -> None:
    """On a tag the question for retractions belongs to the verdict: without an answer it is unavailable."""
    gate.tidy_module()
    gate.check()

    branch = gate.check("--offline")
    tag = gate.check("--offline", "--event", "tag")

    assert (branch.code, tag.code) == (0, 3)
    assert tag.report["complete"] is False


def test_one_refused_module_does_not_silence_the_proxy(gate: Gate) -> None:
    """A module the proxy refuses to serve leaves its neighbours judged, in whatever order they come."""
    for number in range(4):
        gate.tidy_module(f"m{number}")
    gate.write(
        {
            "a/go.mod": "module example.com/a\n\ngo 1.24\n\nrequire git.example.com/private v1.0.0\n",
            "a/a.go": 'package a\n\nimport _ "git.example.com/private"\n',
        }
    )

    ran = gate.check("--jobs", "1")

    outcomes = {module["dir"]: module["tidy"]["outcome"] for module in ran.report["modules"]}
    assert outcomes == {"a": "unavailable", **{f"m{number}": "pass" for number in range(4)}}


def test_diff_and_fix_exclude_each_other(gate: Gate) -> None:
    """`--diff` promises to change nothing."""
    gate.tidy_module()

    assert gate.run("check", "--diff", "--fix").code == 2


def test_workspace_vendor_is_compared(gate: Gate) -> None:
    """A vendor tree beside go.work is judged although no module lies there."""
    gate.tidy_module("a")
    gate.write({"go.work": "go 1.24\n\nuse ./a\n"})
    env = {name: value for name, value in gate.env.items() if name != "GOWORK"}
    subprocess.run(["go", "work", "vendor"], cwd=gate.repo, env=env, check=True, capture_output=True)
    whole = gate.check()
    gate.write({"vendor/example.com/dep/dep.go": "package dep\n\nconst Edited = 1\n"})

    edited = gate.check()

    assert (whole.code, whole.module("a")["vendor"]["outcome"]) == (0, "pass")
    assert "modified-vendor" in edited.rules
