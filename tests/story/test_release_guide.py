"""The guide to the release ledger is true: its commands run, in its order, and say what it shows."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.adapters.alerts.webhook import SIGNATURE, signature_of
from go_release_gate.cli import app
from go_release_gate.config.policy import read_policy
from go_release_gate.model.severity import Event
from support import dockerregistry
from support.dockerregistry import RealRegistry
from support.releaseworld import World, stopped_clock

GUIDE = (Path(__file__).parents[2] / "docs/release-ledger.md").read_text("utf-8")
SETTINGS = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
NAME = "registry.example.com/acme/api"


@dataclass(frozen=True)
class Example:
    """A command of the guide, its exit code, and lines that it prints among others."""

    command: str
    code: int
    lines: tuple[str, ...]


def examples() -> list[Example]:
    """Every command, in the guide's order."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", GUIDE, re.DOTALL):
        for part in re.split(r"(?m)^\$ ", block)[1:]:
            head, *lines = part.rstrip().splitlines()
            command, _, note = head.partition("   # exit ")
            found.append(Example(command, int(note or 0), tuple(lines)))
    return found


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A real registry."""
    with dockerregistry.running(tmp_path_factory.mktemp("registry")) as found:
        yield found


def test_the_commands_run(tmp_path: Path, registry: RealRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each exits as the guide says and prints its lines; only the registry's name is another."""
    world = World(tmp_path, registry, stopped_clock(monkeypatch))
    own = f"{registry.domain}/{world.path}"
    world.make(SETTINGS[0].replace("{", "{{").replace("}", "}}").replace(NAME, own))
    world.release("1.4.1")
    world.release("1.4.2", dependency="v1.2.0")
    monkeypatch.chdir(world.clone)

    assert len(examples()) > 15
    for example in examples():
        said = io.StringIO()
        words = shlex.split(example.command.replace(NAME, own))
        assert words[:2] == ["go-release-gate", "release"]
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = app.run(words[1:], world.environ)
        assert code == example.code, f"{example.command}\n{said.getvalue()}"
        for line in example.lines:
            assert re.search(pattern(line.replace(NAME, own)), said.getvalue(), re.MULTILINE), said.getvalue()


def pattern(line: str) -> str:
    """A line of the guide as an expression: `...` is anything, a space is any number of them."""
    words = [r".*".join(map(re.escape, word.split("..."))) for word in line.split()]
    return r"^" + r"\s+".join(words) + r"\s*"


def test_the_settings_load() -> None:
    """The examples of the configuration are valid, but for keys nobody should copy."""
    first = read_policy(SETTINGS[0].encode(), "f", Event.BRANCH, {}).settings.releases
    second, third = (
        read_policy(next(one for one in SETTINGS if word in one).encode(), "f", Event.BRANCH, {}).settings.releases
        for word in ("signers:", "kind: gitops")
    )

    assert first is not None
    assert second is not None
    assert third is not None
    assert [one.kind for one in third.environments["production"].targets] == ["gitops", "kubectl"]
    assert third.environments["production"].health.http[0].version_key == "version"
    assert first.environments["production"].after == "staging"
    assert [one.may for one in second.ledger.signers] == [("release", "promote", "verdict"), ()]


def test_the_other_settings_load() -> None:
    """Request keys and alerts are as the configuration takes them."""
    keys, told = (
        read_policy(next(one for one in SETTINGS if word in one).encode(), "f", Event.BRANCH, {}).settings.releases
        for word in ("request-keys:", "alerts:")
    )

    assert keys is not None
    assert told is not None
    assert [one.id for one in keys.ledger.request_keys] == ["pager", "ann"]
    assert [one.kind for one in told.environments["production"].alerts] == ["issue", "webhook", "chat", "command"]


def test_a_receiver_knows_our_signature() -> None:
    """The guide's own code takes what the webhook sends, and nothing else."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    there: dict[str, Any] = {}
    exec(code, there)  # noqa: S102 - the guide's own text

    headers = {SIGNATURE: signature_of(b"{}", b"key")}
    assert there["is_ours"](b"{}", headers, b"key")
    assert not there["is_ours"](b"{ }", headers, b"key")
    assert not there["is_ours"](b"{}", {}, b"key")
