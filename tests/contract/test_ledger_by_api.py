"""The ledger grown through GitHub's interface: the contract-checked fake over a real bare repository, real clones."""

from __future__ import annotations

import subprocess
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes.github import GitHub, faults
from go_release_gate.adapters.github.client import Timing
from go_release_gate.adapters.github.connecting import connect
from go_release_gate.adapters.ledger.api_store import ApiStore
from go_release_gate.adapters.ledger.git_store import GitStore, Place
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.errors import RefusedError, UnavailableError
from go_release_gate.ledger.canonical import decoded
from go_release_gate.ledger.entry import Actor, Entry
from go_release_gate.release.book import Book

REF = "refs/heads/release-ledger"
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
GIT = Path("/usr/bin/git")


def quick() -> Timing:
    """A clock that nothing but waiting moves, so that no test waits."""
    passed = [0.0]

    def sleep(seconds: float) -> None:
        passed[0] += seconds

    return Timing(clock=lambda: passed[0], sleep=sleep)


def git(cwd: Path, *words: str) -> str:
    """One git command's output."""
    return subprocess.run(["git", *words], cwd=cwd, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def origin(tmp_path: Path, github: GitHub) -> Path:
    """The bare repository behind the fake."""
    git(tmp_path, "init", "--quiet", "--bare", "origin.git")
    github.repository.origin = str(tmp_path / "origin.git")
    return tmp_path / "origin.git"


def store(origin: Path, github: GitHub, name: str = "clone") -> ApiStore:
    """A store with a clone of its own."""
    clone, home = origin.parent / name, origin.parent / "home"
    if not clone.exists():
        git(origin.parent, "clone", "--quiet", str(origin), name)
    home.mkdir(exist_ok=True)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    reader = GitStore(ProcessRunner(), GIT, environment, Place(clone, "origin", REF))
    environ = {"GITHUB_API_URL": github.api_url, "GITHUB_REPOSITORY": "acme/shop"}
    return ApiStore(reader, lambda: connect(environ, token=github.token, timing=quick()), REF)


def quarantine(service: str) -> Entry:
    """An entry that always fits, with a reason that is no ASCII."""
    digest = f"sha256:{'a' * 64}"
    return Entry(0, "", "quarantine", service, "", NOW, Actor("ann"), reason="läuft ✗", digest=digest)


def services(book: ApiStore) -> list[str]:
    """Whom the entries are about."""
    return [decoded(data).service for data in book.read().records]


def test_entries_come_back_as_they_were_written(origin: Path, github: GitHub) -> None:
    """The first append makes the ref, later ones move it; each entry is one commit of one file, without an author."""
    here, there = Book(store(origin, github)), store(origin, github, "other")

    here.append(lambda _state: [quarantine("api"), quarantine("web")])
    here.append(lambda _state: [quarantine("db")])

    assert services(there) == ["api", "web", "db"]
    assert git(origin, "ls-tree", "-r", "--name-only", REF) == "entry.json"
    assert git(origin, "log", "--format=%s", REF).splitlines()[0].startswith("quarantine db")
    commits = [asked.body for asked in github.writes if asked.path.endswith("/git/commits")]
    assert len(commits) == 3
    assert not any({"author", "committer"} & set(body) for body in commits)


def test_both_transports_write_one_ledger(origin: Path, github: GitHub) -> None:
    """What was appended by push is gone on with by the interface, and the chain holds."""
    by_api = store(origin, github)
    Book(by_api._reader).append(lambda _state: [quarantine("api")])
    book = Book(by_api)
    book.append(lambda _state: [quarantine("web")])
    Book(by_api._reader).append(lambda _state: [quarantine("db")])

    assert book.chain().fault is None
    assert services(by_api) == ["api", "web", "db"]


@pytest.mark.parametrize("before", [0, 1])
def test_a_stale_tip_is_refused(origin: Path, github: GitHub, before: int) -> None:
    """Of two writers that saw the same tip, or the same absence, one gets None and leaves nothing."""
    first, second = store(origin, github), store(origin, github, "other")
    if before:
        Book(first).append(lambda _state: [quarantine("api")])
    tip = first.read().tip

    made = first.append([(b"{}\n", "one")], tip)

    assert second.append([(b"[]\n", "two")], tip) is None
    assert made == git(origin, "rev-parse", REF)


def test_writers_at_once_all_land(origin: Path, github: GitHub) -> None:
    """Entries of others that came in between are linked behind, and the chain holds."""
    stores = [store(origin, github, f"clone{number}") for number in range(4)]
    troubles: list[Exception] = []

    def write(number: int) -> None:
        try:
            Book(stores[number]).append(lambda _state: [quarantine(f"service-{number}")])
        except Exception as error:  # noqa: BLE001 - looked at below
            troubles.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not troubles
    assert Book(stores[0]).chain().fault is None
    assert sorted(services(stores[0])) == [f"service-{number}" for number in range(4)]


@pytest.mark.parametrize("name", sorted(set(faults.TRANSIENT) - {"hidden", "unlisted"}))
@pytest.mark.parametrize("place", ["git/trees", "git/commits", "git/refs"])
def test_each_entry_lands_once_whatever_happens(origin: Path, github: GitHub, name: str, place: str) -> None:
    """A lost answer anywhere leaves the entry in the ledger exactly once."""
    book = Book(store(origin, github), sleep=lambda _seconds: None)
    book.append(lambda _state: [quarantine("api")])
    github.plan(faults.TRANSIENT[name]().on("POST|PATCH", place))

    book.append(lambda _state: [quarantine("web")])
    book.append(lambda _state: [quarantine("db")])

    assert services(store(origin, github, "other")) == ["api", "web", "db"]


def test_a_lost_answer_and_somebody_behind_it(origin: Path, github: GitHub) -> None:
    """The entry landed, its answer was lost, and another one stands behind it: it is not written again."""
    here, other = store(origin, github), Book(store(origin, github, "other"))
    book = Book(here, sleep=lambda _seconds: None)
    book.append(lambda _state: [quarantine("api")])
    github.plan(faults.lost().on("PATCH", "git/refs"))
    seen = here._set
    calls: list[int] = []

    def meanwhile(*words: object) -> None:
        if calls:
            other.append(lambda _state: [quarantine("other")])
        calls.append(1)
        seen(*words)  # type: ignore[arg-type]

    here._set = meanwhile  # type: ignore[method-assign]
    book.append(lambda _state: [quarantine("web")])

    assert services(here) == ["api", "web", "other"]


def test_a_ruleset_without_bypass_is_named(origin: Path, github: GitHub) -> None:
    """A rule that refuses the ref is no lost race: it is said, with what would mend it, and nothing is written."""
    said = "Repository rule violations found\n\nCannot update this protected ref.\n\n"
    github.repository.refused_refs[REF] = said
    with pytest.raises(RefusedError, match="rule violations") as caught:
        Book(store(origin, github)).append(lambda _state: [quarantine("api")])
    assert "bypass" in caught.value.hint
    assert not git(origin, "for-each-ref")


def test_a_token_that_may_only_read_is_named(origin: Path, github: GitHub) -> None:
    """The permission that is missing is in the message."""
    github.restrict(contents="read", metadata="read")
    with pytest.raises(RefusedError) as caught:
        Book(store(origin, github)).append(lambda _state: [quarantine("api")])
    assert "contents: write" in caught.value.hint


def test_github_away_is_no_refusal(origin: Path, github: GitHub) -> None:
    """Nobody could be asked: that is said as such, and the ledger stays as it was."""
    github.plan(*[faults.status(503)] * 40)
    with pytest.raises(UnavailableError):
        Book(store(origin, github)).append(lambda _state: [quarantine("api")])
    assert not git(origin, "for-each-ref")
