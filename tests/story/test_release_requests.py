"""`release request`: what a sender is told before anything is sent, and keys of both kinds."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import dockerregistry
from support.dockerregistry import RealRegistry
from support.releaseworld import CONFIG, World, stopped_clock

KEYS = """\
ledger:
  request-keys:
    - {{id: oncall, secret: ONCALL, environments: [production], actions: [rollback]}}
    - {{id: ann, public: "PUBLIC"}}
"""


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A real registry."""
    with dockerregistry.running(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture
def world(tmp_path: Path, registry: RealRegistry, monkeypatch: pytest.MonkeyPatch) -> World:
    """Two request keys: a shared one, and Ann's."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not on this machine")
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(tmp_path / "ann")]
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
    public = (tmp_path / "ann.pub").read_text().strip()
    made = World(tmp_path, registry, stopped_clock(monkeypatch)).make(CONFIG + KEYS.replace("PUBLIC", public))
    made.environ |= {"ONCALL": "s" * 32, "GITHUB_REPOSITORY": "acme/shop"}
    return made


def test_a_private_key_asks(world: World, tmp_path: Path) -> None:
    """What `release request` prints is carried out as it is, by `--request FILE`, on any machine that can."""
    world.through("1.0.0")
    world.through("1.1.0", "fail")
    private = (tmp_path / "ann").read_text().strip()
    file = tmp_path / "request.json"
    words = ("request", "--env", "production", "--key", "ann", "--reason", "500s", "--output", str(file))

    world.run(*words, GO_RELEASE_GATE_SIGNING_KEY=private)
    world.run("rollback", "--request", str(file), "--yes")

    assert world.current() == world.digests["1.0.0"]
    assert world.json("list")["entries"][0]["actor"] == "ann"


def test_the_remote_names_the_repository(world: World) -> None:
    """Without a workflow's variable a request is for the repository that the remote is at."""
    del world.environ["GITHUB_REPOSITORY"]
    words = ("request", "--env", "production", "--key", "oncall")
    assert "GITHUB_REPOSITORY" in world.run(*words, code=2).err
    subprocess.run(["git", "remote", "set-url", "origin", "git@github.com:acme/shop.git"], cwd=world.clone, check=True)

    sent = json.loads(world.run(*words).out)

    assert json.loads(sent["client_payload"]["body"])["repository"] == "acme/shop"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--env", "staging", "--key", "oncall"), 5, "oncall may not ask about staging"),
        (("--env", "production", "--key", "oncall", "--hold"), 5, "oncall may not ask for a hold"),
        (("--env", "production"), 2, "which key?"),
        (("--env", "production", "--key", "bob"), 2, "no request key 'bob'"),
        (("--env", "production", "--key", "ann"), 2, "there is no private one to sign with"),
        (("--env", "production", "--key", "ann", "--hold", "--to", "1.0.0"), 2, "do not go together"),
        (("--env", "produktion", "--key", "oncall"), 2, "did you mean production?"),
    ],
)
def test_what_would_be_refused_is_not_made(world: World, words: tuple[str, ...], code: int, said: str) -> None:
    """The receiver's rules are the sender's, before anything is sent."""
    assert said in world.run("request", *words, code=code).err


def test_an_event_is_asked_for_where_there_is_none(world: World) -> None:
    """`--request event` outside a workflow is said to lack the event, not to be an unreadable folder."""
    assert "no event started this run" in world.run("rollback", "--request", "event", "--yes", code=2).err
