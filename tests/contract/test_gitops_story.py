"""Releases by git from plan to closing entry: ledger and manifests in one bare repository, killed in between."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes.github import GitHub, plugin
from go_release_gate.adapters.ledger.git_store import GitStore, Place
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.targets.checkout import Checkout, GitAccess
from go_release_gate.adapters.targets.gitops import GitOps, OpenRequestError
from go_release_gate.config.releases import Service, Target
from go_release_gate.errors import RefusedError, UnavailableError
from go_release_gate.ledger.candidates import Choice
from go_release_gate.ledger.entry import PROMOTE, Actor, Entry, Image, Source
from go_release_gate.release.applying import Hands, apply_plan, resume
from go_release_gate.release.book import Book
from go_release_gate.release.planning import Order, Plan, make_plan, refuse_move
from go_release_gate.release.situation import observe
from go_release_gate.report.delivery import delivery_words
from support.patient import client

github = plugin.github
GIT = Path("/usr/bin/git")
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ANN, PLACE, IMAGE = Actor("ann"), ("api", "production"), "ghcr.io/acme/api"
FIRST, SECOND = (f"sha256:{hashlib.sha256(word).hexdigest()}" for word in (b"first", b"second"))


class Killed(BaseException):
    """The process is gone."""


class World:
    """A bare repository with manifest and ledger; every property is a fresh process's view."""

    def __init__(self, folder: Path, deliver: str, github: GitHub) -> None:
        self.folder, self.deliver, self.github = folder, deliver, github
        self.git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git")
        self.origin = folder / "origin.git"
        github.repository.origin = str(self.origin)
        self.git(folder, "clone", "--quiet", "origin.git", "clone")
        text = f"kind: Kustomization\nimages:\n- name: {IMAGE}\n  digest: ''  # none yet\n"
        (folder / "clone" / "kustomization.yaml").write_text(text)
        self.git(folder / "clone", "add", ".")
        self.git(folder / "clone", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "first")
        self.git(folder / "clone", "push", "--quiet", "origin", "HEAD:main")
        self.book.append(lambda _state: [self.release(FIRST, "1.0.0"), self.release(SECOND, "1.1.0")])

    @staticmethod
    def git(cwd: Path, *words: str) -> str:
        return subprocess.run(["git", *words], cwd=cwd, check=True, capture_output=True, text=True).stdout.strip()

    @staticmethod
    def release(digest: str, version: str) -> Entry:
        image = Image(digest, "application/vnd.oci.image.index.v1+json", locations=(IMAGE,))
        return Entry(0, "", "release", "api", "", NOW, ANN, image=image, source=Source(version=version))

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder)}

    @property
    def book(self) -> Book:
        place = Place(self.folder / "clone", "origin", "refs/heads/release-ledger")
        return Book(GitStore(ProcessRunner(), GIT, self.environment, place))

    @property
    def target(self) -> GitOps:
        access = GitAccess(ProcessRunner(), GIT, self.environment, self.folder, lambda: NOW)
        settings = Target("gitops", "deploy", files=("kustomization.yaml",), deliver=self.deliver)  # type: ignore[arg-type]
        checkout = Checkout(access, str(self.origin))
        return GitOps(settings, {"api": Service(IMAGE)}, checkout, delivery_words(), lambda: client(self.github))

    @property
    def hands(self) -> Hands:
        return Hands(self.book, [self.target], lambda: NOW, ANN)

    def plan(self, version: str) -> Plan:
        state = self.book.state()
        situation = observe(state, *PLACE, [self.target])
        refuse_move(Order(PROMOTE), state, situation, NOW)
        return make_plan(Order(PROMOTE), Choice(state.find("api", version)[0]), situation, [self.target], NOW)

    @property
    def shown(self) -> str:
        return self.target.observe(*PLACE).digest

    @property
    def commits(self) -> int:
        return int(self.git(self.origin, "rev-list", "--count", "main"))


def test_pushed_and_killed_before_the_closing_entry(
    tmp_path: Path, github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest is moved and the intent open: resuming writes no second commit and closes the intent as done."""
    world = World(tmp_path, "push", github)
    apply_plan(world.plan("1.0.0"), world.hands)
    plan, real = world.plan("1.1.0"), GitOps.apply

    def killed(self: GitOps, move: object) -> str:
        real(self, move)  # type: ignore[arg-type]
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(GitOps, "apply", killed)
        with pytest.raises(Killed):
            apply_plan(plan, world.hands)
    count = world.commits
    assert world.shown == SECOND
    with pytest.raises(RefusedError, match="not ended"):
        world.plan("1.1.0")

    done = resume(*PLACE, world.hands)

    assert (done.phase, done.after, world.commits) == ("done", SECOND, count)
    assert world.book.state().at(*PLACE).current == SECOND


def test_a_pull_request_keeps_the_intent_open(tmp_path: Path, github: GitHub) -> None:
    """Nothing runs before the merge, and the ledger does not say so; resuming before and after it is told apart."""
    world = World(tmp_path, "pull-request", github)

    with pytest.raises(
        UnavailableError, match=r"waits for the merge of pull request #1 .*; the intent is open"
    ) as error:
        apply_plan(world.plan("1.0.0"), world.hands)
    assert isinstance(error.value.__cause__, OpenRequestError)
    assert (world.shown, world.book.state().at(*PLACE).current) == ("", "")
    with pytest.raises(UnavailableError, match="waits for the merge"):
        resume(*PLACE, world.hands)
    assert len(github.repository.pulls) == 1

    world.git(world.origin, "update-ref", "refs/heads/main", "refs/heads/release/api-production-1.0.0")

    assert resume(*PLACE, world.hands).phase == "done"
    assert world.shown == world.book.state().at(*PLACE).current == FIRST
