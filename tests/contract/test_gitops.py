"""The gitops target: a bare repository as origin, real pushes, real races, pull requests at the fake of GitHub."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes.github import GitHub, plugin
from go_release_gate.adapters.environment import git_configuration
from go_release_gate.adapters.github.answers import Answer
from go_release_gate.adapters.process import Completed, ProcessRunner, Runner
from go_release_gate.adapters.targets.addresses import (
    checkout_for,
    full_address,
    own_address,
    own_settings,
    repository_name,
)
from go_release_gate.adapters.targets.checkout import Checkout, GitAccess
from go_release_gate.adapters.targets.gitops import GitOps, OpenRequestError, branch_of
from go_release_gate.config.releases import Service, Target
from go_release_gate.errors import GateError, RaceError, RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.entry import Image
from go_release_gate.ledger.move import Move, Observed
from go_release_gate.report.delivery import delivery_words
from support.patient import Send, client, losing

github = plugin.github
GIT = Path("/usr/bin/git")
OLD, NEW, THIRD = (f"sha256:{hashlib.sha256(word).hexdigest()}" for word in (b"old", b"new", b"third"))
API, WEB = "ghcr.io/acme/api", "ghcr.io/acme/web"
PATH = "apps/pröd/pod one.yaml"
SERVICES = {"api": Service(API), "web": Service(WEB)}
MEDIA = "application/vnd.oci.image.manifest.v1+json"


def pod(api: str = OLD, web: str = OLD) -> bytes:
    """Two services in one file of CRLF lines."""
    head = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n"
    text = f"{head}  - image: {API}:1.4.2@{api} # pinned\n  - image: '{WEB}@{web}'"
    return text.replace("\n", "\r\n").encode()


def git(cwd: Path, *words: str) -> str:
    """One git command's output."""
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
    return subprocess.run(
        ["git", *identity, *words], cwd=cwd, capture_output=True, text=True, check=True
    ).stdout.strip()


def write(origin: Path, data: bytes, path: str = PATH, words: str = "by hand") -> None:
    """Somebody else's commit to main."""
    clone = origin.parent / "people"
    if not clone.exists():
        git(origin.parent, "clone", "--quiet", str(origin), "people")
    git(clone, "fetch", "--quiet")
    git(clone, "checkout", "--quiet", "-B", "main", *(["origin/main"] if git(clone, "branch", "-r") else []))
    (clone / path).parent.mkdir(parents=True, exist_ok=True)
    (clone / path).write_bytes(data)
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "-m", words)
    git(clone, "push", "--quiet", "origin", "main")


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A bare repository whose main holds the manifest, and a file that is no YAML."""
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git")
    place = tmp_path / "origin.git"
    write(place, pod())
    write(place, b"{{ template }}", "notes.txt")
    return place


def shown(origin: Path, branch: str = "main") -> bytes:
    """The manifest at a branch."""
    return subprocess.run(
        ["git", "show", f"{branch}:{PATH}"], cwd=origin, capture_output=True, check=True
    ).stdout  # fmt: skip


def commits(origin: Path, branch: str = "main") -> int:
    """How many commits a branch has."""
    return int(git(origin, "rev-list", "--count", branch))


def target(origin: Path, runner: Runner | None = None, gh: GitHub | None = None, **given: object) -> GitOps:
    """A target of its own private copy; `given` are its settings."""
    home = origin.parent / "home"
    home.mkdir(exist_ok=True)
    access = GitAccess(
        runner or ProcessRunner(),
        GIT,
        {"PATH": "/usr/bin:/bin", "HOME": str(home)},
        origin.parent,
        lambda: datetime(2026, 11, 21, 10, tzinfo=UTC),
        "release bot <bot@example.com>",
    )
    settings = replace(Target("gitops", "deploy", files=(PATH, "notes.txt")), **given)  # type: ignore[arg-type]
    api = (lambda: client(gh)) if gh else None
    return GitOps(settings, SERVICES, Checkout(access, str(origin)), delivery_words(), github=api)


def move(service: str = "api", digest: str = NEW, before: str = OLD, **given: object) -> Move:
    """A move of a service."""
    image = Image(digest, MEDIA, locations=(SERVICES[service].image,))
    made = Move(service, "production", image, before, "v1.5.0", "faster", "ann", entry=7)
    return replace(made, **given)  # type: ignore[arg-type]


class Meddling:
    """A runner that does something right before, or instead of telling the answer of, the first pushes."""

    def __init__(self, *, before: Callable[[], None] = lambda: None, times: int = 1, is_lost: bool = False) -> None:
        self.before, self.times, self.is_lost = before, times, is_lost
        self.real = ProcessRunner()

    def run(self, argv: list[str], **given: object) -> Completed:
        """See Runner."""
        if "push" not in argv or self.times == 0:
            return self.real.run(argv, **given)  # type: ignore[arg-type]
        self.times -= 1
        self.before()
        answer = self.real.run(argv, **given)  # type: ignore[arg-type]
        return Completed(128, b"", b"fatal: the remote end hung up", 0.1) if self.is_lost else answer


def test_a_push_changes_one_scalar_of_the_branch(origin: Path) -> None:
    """Line ends, comment, quotes and the missing last newline stay; the commit says service, digest, actor, entry."""
    made = target(origin)

    assert made.observe("api", "production").digest == OLD
    (effect,) = made.plan(move())
    said = made.apply(move())

    after = pod().replace(f"1.4.2@{OLD}".encode(), f"1.5.0@{NEW}".encode())
    assert shown(origin) == after
    assert NEW in said
    assert "commit 1 value" in effect.what
    assert [line[:1] for line in effect.diff.splitlines() if line[:2] in ("+ ", "- ")] == ["-", "+"]
    assert made.observe("api", "production").digest == NEW
    assert made.observe("web", "production").digest == OLD
    message = git(origin, "log", "-1", "--format=%an <%ae> %at%n%B", "main").splitlines()
    assert message[0] == "release bot <bot@example.com> 1795255200"
    assert message[1] == "release: api v1.5.0 in production"
    for line in (
        "faster",
        "Release-Service: api",
        f"Release-Digest: {NEW}",
        "Release-Actor: ann",
        "Release-Entry: entry 7",
    ):
        assert line in message


@pytest.mark.parametrize("there", [THIRD, ""])
def test_a_tag_that_alone_says_what_runs_must_be_the_release(origin: Path, there: str) -> None:
    """By tag, the registry is asked what the new tag is: another image, or none, is never deployed in its place."""
    write(origin, pod().replace(f"@{OLD}".encode(), b""))
    made, asked = target(origin, by="tag"), list[str]()
    made.digest_at = lambda reference: asked.append(reference) or there
    before = commits(origin)

    for act in (made.plan, made.apply):
        with pytest.raises(RefusedError, match=f"would name {API}:1.5.0, which is {there or 'not there'}"):
            act(move())

    assert commits(origin) == before
    made.digest_at = lambda reference: asked.append(reference) or NEW
    made.apply(move())
    assert set(asked) == {f"{API}:1.5.0"}
    assert f"{API}:1.5.0 #".encode() in shown(origin)


def test_what_is_done_is_not_done_again(origin: Path) -> None:
    """Killed between the push and the closing entry, the repetition (another process) writes nothing."""
    target(origin).apply(move())
    count = commits(origin)

    again = target(origin)

    assert again.plan(move()) == ()
    assert "already" in again.apply(move())
    assert commits(origin) == count


def test_a_plan_writes_nothing(origin: Path) -> None:
    """Observing and planning leave the origin as it was, whatever the delivery."""
    refs = git(origin, "for-each-ref")
    for deliver in ("push", "pull-request"):
        made = target(origin, deliver=deliver)
        made.observe("api", "production")
        assert made.plan(move())
    assert git(origin, "for-each-ref") == refs


def test_others_may_be_faster(origin: Path) -> None:
    """Commits that leave our scalar alone are kept: ours comes behind them, after several lost races, too."""
    count = iter(range(9))
    runner = Meddling(before=lambda: write(origin, f"{next(count)}".encode(), "README.md"), times=3)

    target(origin, runner).apply(move())

    assert shown(origin).count(NEW.encode()) == 1
    assert git(origin, "show", "main:README.md") == "2"


def test_whoever_changes_our_scalar_wins(origin: Path) -> None:
    """A commit that came in between and moved the same image is not overwritten."""
    runner = Meddling(before=lambda: write(origin, pod(api=THIRD)))

    with pytest.raises(RaceError, match="changed meanwhile"):
        target(origin, runner).apply(move())
    assert shown(origin) == pod(api=THIRD)


def test_somebody_who_does_the_same_move_is_welcome(origin: Path) -> None:
    """The same digest written in between is the move done."""
    runner = Meddling(
        before=lambda: write(origin, shown(origin).replace(f"1.4.2@{OLD}".encode(), f"1.5.0@{NEW}".encode()))
    )

    assert NEW in target(origin, runner).apply(move())


def test_two_services_of_one_file_at_once(origin: Path) -> None:
    """Two writers that push to one file at the same time both land."""
    moves = [move("api"), move("web")]
    failed: list[GateError] = []

    def run(one: Move) -> None:
        try:
            target(origin).apply(one)
        except GateError as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert shown(origin).count(NEW.encode()) == 2


def test_drift_is_a_race_unless_accepted(origin: Path) -> None:
    """A branch that shows neither what ran nor what is to run is not written to, but for a reason that was given."""
    with pytest.raises(RaceError, match="nothing was written"):
        target(origin).apply(move(before=THIRD))
    assert shown(origin) == pod()

    target(origin).apply(move(before=THIRD, accepts_drift="known"))
    assert NEW.encode() in shown(origin)


def test_a_protected_branch_refuses(origin: Path) -> None:
    """What the remote's hook declines is a refusal with the remedy, and nothing changed."""
    hook = origin / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'GH006: protected branch' >&2\nexit 1\n")
    hook.chmod(0o755)

    with pytest.raises(RefusedError, match=r"refuses the push to main: .*pre-receive hook declined") as caught:
        target(origin).apply(move())
    assert "pull-request" in caught.value.hint
    assert shown(origin) == pod()


def test_a_push_whose_answer_is_lost_is_looked_for(origin: Path) -> None:
    """The push was carried out and its answer lost: the branch tells, and nothing is pushed twice."""
    count = commits(origin)

    assert NEW in target(origin, Meddling(is_lost=True)).apply(move())
    assert commits(origin) == count + 1


def test_a_remote_that_is_away_is_unavailable(origin: Path) -> None:
    """No repository at the address: exit 3 for all three, with the address and without a login in it."""
    away = target(origin)
    away.checkout = Checkout(away.checkout.access, "http://user:secret@127.0.0.1:9/acme/deploy.git")

    for ask in (lambda: away.observe("api", "production"), lambda: away.plan(move()), lambda: away.apply(move())):
        with pytest.raises(UnavailableError) as caught:
            ask()
        assert "secret" not in caught.value.message


def test_what_cannot_be_told_is_unknown(origin: Path) -> None:
    """Another image, a missing file or branch: no digest is guessed, and a plan refuses with the reason."""
    for settings in ({"files": ("gone.yaml",)}, {"branch": "gone"}, {"files": ("notes.txt",)}, {"files": ("apps",)}):
        made = target(origin, **settings)
        assert made.observe("api", "production").unknown
        with pytest.raises(RefusedError):
            made.plan(move())
    write(origin, pod(api=f"{OLD}").replace(f"@{OLD} #".encode(), b" #"))
    assert target(origin).observe("api", "production") == Observed(unknown="the files name the tag 1.4.2 alone")


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", ".git/config", "a/.GIT/x", "a//b", "a\nb", ""])
def test_paths_lie_below_the_root(path: str, origin: Path) -> None:
    """No other path is asked for or committed."""
    with pytest.raises(UsageError):
        target(origin, files=(path,)).plan(move())


def test_links_are_not_followed(origin: Path) -> None:
    """A link in the repository is refused, wherever it leads."""
    clone = origin.parent / "people"
    (clone / "link.yaml").symlink_to("/etc/passwd")
    write(origin, b"more", "README.md")

    with pytest.raises(RefusedError, match="a link"):
        target(origin, files=("link.yaml",)).plan(move())


def test_nothing_of_the_repository_is_run_or_converted(origin: Path) -> None:
    """Attributes that would filter or convert have no say: bytes go in as they came out."""
    clone = origin.parent / "people"
    (clone / ".gitattributes").write_text("* text eol=lf filter=evil\n")
    git(clone, "add", "--", ".gitattributes")
    git(clone, "commit", "--quiet", "-m", "attributes")
    git(clone, "push", "--quiet", "origin", "main")

    target(origin).apply(move())

    assert shown(origin).count(b"\r\n") == pod().count(b"\r\n")


@pytest.fixture
def gh(github: GitHub, origin: Path) -> GitHub:
    """A GitHub that sees the origin's branches."""
    github.repository.origin = str(origin)
    return github


def request(origin: Path, gh: GitHub, one: Move | None = None, **given: object) -> OpenRequestError:
    """Apply by pull request; it is open then."""
    with pytest.raises(OpenRequestError) as caught:
        target(origin, gh=gh, deliver="pull-request", **given).apply(one or move())
    return caught.value


def test_a_pull_request_waits_for_its_merge(origin: Path, gh: GitHub) -> None:
    """Base and observation stay; branch and pull request carry the move; once merged, applying again is done."""
    error = request(origin, gh)

    (pull,) = gh.repository.pulls.values()
    assert (pull.head_ref, pull.base_ref) == ("release/api-production-v1.5.0", "main")
    assert pull.title == "release: api v1.5.0 in production"
    assert pull.body
    assert NEW in pull.body
    assert "faster" in pull.body
    assert error.url.endswith(f"/pull/{pull.number}")
    assert target(origin).observe("api", "production").digest == OLD
    assert shown(origin) == pod()
    git(origin, "update-ref", "refs/heads/main", f"refs/heads/{pull.head_ref}")
    assert "already" in target(origin, gh=gh, deliver="pull-request").apply(move())
    assert target(origin).observe("api", "production").digest == NEW


def test_a_pull_request_is_opened_once(origin: Path, gh: GitHub) -> None:
    """Repeated, nothing is written; with another reason the same one is brought up to date."""
    request(origin, gh)
    head, writes = git(origin, "rev-parse", "release/api-production-v1.5.0"), len(gh.writes)

    request(origin, gh)
    assert (git(origin, "rev-parse", "release/api-production-v1.5.0"), len(gh.writes)) == (head, writes)

    request(origin, gh, move(reason="much faster"))
    (pull,) = gh.repository.pulls.values()
    assert pull.edits == 1
    assert "much faster" in (pull.body or "")


def test_a_lost_answer_opens_no_second_one(origin: Path, gh: GitHub) -> None:
    """The pull request was opened and the answer lost: it is found."""
    made = target(origin, deliver="pull-request")
    made.github = lambda: client(gh, losing(0))

    with pytest.raises(OpenRequestError):
        made.apply(move())
    assert len(gh.repository.pulls) == 1


def test_killed_between_branch_and_pull_request(origin: Path, gh: GitHub) -> None:
    """A branch that was pushed without its pull request is taken up as it is."""

    def kill(method: str, _path: str, send: Send) -> Answer:
        if method == "POST":
            raise KeyboardInterrupt
        return send()

    made = target(origin, deliver="pull-request")
    made.github = lambda: client(gh, kill)
    with pytest.raises(KeyboardInterrupt):
        made.apply(move())
    head = git(origin, "rev-parse", "release/api-production-v1.5.0")

    request(origin, gh)

    (pull,) = gh.repository.pulls.values()
    assert pull.head_sha == head


def test_a_stale_branch_is_made_anew(origin: Path, gh: GitHub) -> None:
    """A branch of that name that does not show the digest is replaced by one commit behind the base."""
    head = "release/api-production-v1.5.0"
    git(origin, "branch", head, "main~1")

    request(origin, gh)

    assert NEW.encode() in shown(origin, head)
    assert git(origin, "rev-parse", f"{head}~1") == git(origin, "rev-parse", "main")


def test_a_branch_left_behind_is_made_anew(origin: Path, gh: GitHub) -> None:
    """Promoted, merged, rolled back, promoted again: the old branch shows the digest and is no change any more."""
    request(origin, gh)
    (pull,) = gh.repository.pulls.values()
    git(origin, "update-ref", "refs/heads/main", f"refs/heads/{pull.head_ref}")
    pull.state = "closed"
    target(origin).apply(move(digest=OLD, before=NEW, version="v1.4.2"))

    request(origin, gh)

    assert [one.state for one in gh.repository.pulls.values()] == ["closed", "open"]
    assert git(origin, "rev-parse", f"{pull.head_ref}~1") == git(origin, "rev-parse", "main")


def test_a_foreign_pull_request_is_left_alone(origin: Path, gh: GitHub) -> None:
    """One that people opened from a branch of that name is not rewritten."""
    gh.open_pull_request(3, files={"x": ("a", "b")}, branch="release/api-production-v1.5.0")

    with pytest.raises(RefusedError, match="pull request #3"):
        target(origin, gh=gh, deliver="pull-request").apply(move())
    assert gh.repository.pulls[3].edits == 0


def test_the_jobs_own_token_is_told_of(origin: Path, gh: GitHub) -> None:
    """Checks do not run for what GITHUB_TOKEN opens; that is said once, when it was opened."""
    told: list[str] = []
    made = target(origin, gh=gh, deliver="pull-request")
    made.notice = told.append
    for _ in range(2):
        with pytest.raises(OpenRequestError):
            made.apply(move())

    assert len(told) == 1
    assert "job's own token" in told[0]


def test_an_apps_token_needs_no_notice(origin: Path, gh: GitHub) -> None:
    """Another identity's pull requests run their checks."""
    gh.add_token(gh.token, "acme-release[bot]")
    told: list[str] = []
    made = target(origin, gh=gh, deliver="pull-request")
    made.notice = told.append
    with pytest.raises(OpenRequestError):
        made.apply(move())
    assert told == []


@pytest.mark.parametrize("version", ["v1.5.0", "a b", "x..y", "@{u}", "x.lock", "", "-", "../../main", "~^:?*[\\"])
def test_branches_are_names_whatever_the_version(version: str) -> None:
    """git takes every name that comes out."""
    name = branch_of(move(version=version))
    assert (
        subprocess.run(["git", "check-ref-format", "--branch", name], capture_output=True, check=False).returncode == 0
    )
    assert name.startswith("release/api-production-")


def test_addresses(origin: Path) -> None:
    """`owner/name` is at the server; the checkout's own remote, a relative path too, is found with its logins."""
    assert full_address("acme/deploy", "https://github.example.com/") == "https://github.example.com/acme/deploy.git"
    assert full_address("acme/deploy") == "https://github.com/acme/deploy.git"
    assert full_address("ssh://git@example.com/x.git") == "ssh://git@example.com/x.git"
    clone, runner, environment = origin.parent / "people", ProcessRunner(), {"PATH": "/usr/bin:/bin"}
    git(clone, "remote", "set-url", "origin", "../origin.git")
    git(clone, "config", "http.https://example.com/.extraheader", "AUTHORIZATION: basic eA==")
    assert own_address(runner, GIT, environment, clone, "origin") == str(origin)
    made = own_settings(runner, GIT, {**environment, **git_configuration([("gc.auto", "0")])}, clone)
    assert made["GIT_CONFIG_COUNT"] == "2"
    assert made["GIT_CONFIG_VALUE_1"] == "AUTHORIZATION: basic eA=="
    access = GitAccess(runner, GIT, environment, origin.parent, lambda: datetime(2026, 11, 21, tzinfo=UTC))
    own = checkout_for(Target("gitops"), access, clone, "origin")
    assert (own.address, own.access.environment["GIT_CONFIG_VALUE_0"]) == (str(origin), "AUTHORIZATION: basic eA==")
    assert own.tip("main") == git(origin, "rev-parse", "main")
    other = checkout_for(Target("gitops", repository="acme/deploy"), access, clone, "origin")
    assert (other.address, other.access) == ("https://github.com/acme/deploy.git", access)
    with pytest.raises(UsageError, match="no remote upstream"):
        own_address(runner, GIT, environment, clone, "upstream")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://github.com/acme/deploy.git", "acme/deploy"),
        ("https://x:y@GitHub.com/acme/deploy", "acme/deploy"),
        ("https://git.example.com/acme/deploy.git", ""),
        ("https://github.com@git.example.com/acme/deploy.git", ""),
        ("git@git.example.com:acme/deploy.git", ""),
        ("git@github.com:acme/deploy.git", "acme/deploy"),
        ("ssh://git@github.com:22/acme/deploy.git/", "acme/deploy"),
        ("https://git.example.com/group/sub/deploy.git", ""),
        ("/srv/git/acme/deploy.git", ""),
        ("../deploy.git", ""),
    ],
)
def test_pull_requests_go_to_the_repository_of_the_address(address: str, name: str) -> None:
    """The repository of the manifests is asked, whichever is released."""
    assert repository_name(address) == name
    elsewhere = address.replace("github.com/", "github.example.com/", 1)
    if elsewhere != address:
        assert repository_name(elsewhere, "https://github.example.com") == name
