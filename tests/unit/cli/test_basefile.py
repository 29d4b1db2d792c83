"""The base commit of a shallow clone: its files and names come from GitHub, or it is said why not."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from fakes.authority import Authority
from fakes.rawserver import Asked, Piece, RawServer, answer
from go_release_gate.cli import options, plan
from go_release_gate.cli.basefile import Elsewhere, base_objects, base_reader
from go_release_gate.errors import UnavailableError

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="needs git")
MODULES = ("api", "lib", "tool")


def git(root: Path, *words: str) -> str:
    names = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", "-C", str(root), *names, *words], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


class GitHub:
    """The interface over a repository on disk; `refuses` makes every answer a refusal."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.status = 200

    def __call__(self, asked: Asked) -> Iterable[Piece]:
        parts = urlsplit(asked.path)
        if self.status != 200:
            return [answer(b'{"message": "Not Found"}', self.status)]
        if "/git/trees/" in parts.path:
            return [answer(json.dumps(self.tree(unquote(parts.path.rpartition("/")[2]))).encode())]
        path, commit = parts.path.partition("/contents/")[2], parts.query.removeprefix("ref=")
        return [answer(git(self.source, "show", f"{commit}:{path}").encode())]

    def tree(self, commit: str) -> dict[str, object]:
        rows = (line.split(None, 3) for line in git(self.source, "ls-tree", "-r", "-t", commit).splitlines())
        entries = [{"mode": mode, "type": kind, "sha": name, "path": path} for mode, kind, name, path in rows]
        return {"sha": commit, "tree": entries, "truncated": False}


class Clone:
    """A clone with the last commit alone, beside a GitHub that has all of them; `lib` changed in the last."""

    def __init__(self, place: Path) -> None:
        self.source, self.root = place / "source", place / "work" / "clone"
        git(place, "init", "-q", "-b", "main", str(self.source))
        for name in MODULES:
            (self.source / name).mkdir()
            (self.source / name / "go.mod").write_text(f"module example.com/{name}\n\ngo 1.22\n")
        self.base = self.commit()
        (self.source / "lib" / "lib.go").write_text("package lib\n")
        self.commit()
        git(place, "clone", "-q", "--depth=1", f"file://{self.source}", str(self.root))
        self.github = GitHub(self.source)
        self.environ = {"PATH": "/usr/bin:/bin", "GITHUB_REPOSITORY": "acme/shop", "INPUT_GITHUB-TOKEN": "t0ken"}

    def commit(self) -> str:
        git(self.source, "add", ".")
        git(self.source, "commit", "-qm", "x")
        return git(self.source, "rev-parse", "HEAD")

    def plan(self, server: RawServer, *words: str, folder: str = ".", **environ: str) -> list[str]:
        known = {**self.environ, "GITHUB_API_URL": server.url, **environ}
        args = options.parse(options.find_verb("plan"), [str(self.root / folder), *words], known)
        assert args is not None
        return [module.dir for module in plan.perform(args, known).modules]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A shallow clone; no proxy is in the way of the loopback."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return Clone(tmp_path)


def test_a_shallow_clone_is_planned(clone: Clone) -> None:
    """The modules that differ from a commit the clone lacks; GitHub is asked once, with the token."""
    with RawServer(clone.github) as server:
        assert clone.plan(server, "--base", clone.base) == ["lib"]
        assert clone.plan(server, "--base", "HEAD") == []

    (asked,) = server.asked
    assert asked.path == f"/repos/acme/shop/git/trees/{clone.base}?recursive=1"
    assert asked.headers["authorization"].endswith("t0ken")


def test_a_branch_is_asked_for_by_its_own_name(clone: Clone) -> None:
    """What a clone calls origin/NAME is NAME at GitHub."""
    git(clone.source, "branch", "feature/old", clone.base)
    with RawServer(clone.github) as server:
        assert clone.plan(server, "--base", "origin/feature/old") == ["lib"]

    assert server.asked[0].path == "/repos/acme/shop/git/trees/feature%2Fold?recursive=1"


def test_a_public_repository_needs_no_token(clone: Clone) -> None:
    """Without a token it is asked all the same."""
    with RawServer(clone.github) as server:
        assert clone.plan(server, "--base", clone.base, **{"INPUT_GITHUB-TOKEN": ""}) == ["lib"]

    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize("workspace", ["", "work", "work/clone"])
@pytest.mark.parametrize(("folder", "expected"), [("lib", ["."]), ("api", [])])
def test_a_folder_of_the_repository_is_planned(
    clone: Clone, folder: str, expected: list[str], workspace: str, tmp_path: Path
) -> None:
    """GitHub's paths are the repository's, wherever it is checked out and whichever folder is judged."""
    with RawServer(clone.github) as server:
        found = clone.plan(server, "--base", clone.base, folder=folder, GITHUB_WORKSPACE=str(tmp_path / workspace))

    assert found == expected


def test_what_github_refuses_is_told(clone: Clone) -> None:
    """A commit that neither has is unavailable, with both reasons and what helps."""
    clone.github.status = 404
    with (
        RawServer(clone.github) as server,
        pytest.raises(UnavailableError, match=r"not in this checkout; .*404") as error,
    ):
        clone.plan(server, "--base", clone.base)

    assert "fetch-depth: 0" in error.value.hint
    assert "t0ken" not in str(error.value)


@pytest.mark.parametrize(
    ("revision", "repository", "offline"),
    [("", "", False), ("", "acme/shop", True), ("HEAD~1", "acme/shop", False), ("origin/main@{1}", "acme/shop", False)],
    ids=["no repository", "offline", "counted", "log"],
)
def test_what_is_not_github_s_is_not_asked(clone: Clone, revision: str, repository: str, offline: bool) -> None:
    """Offline, outside of a workflow, and for revisions that only a clone knows, the words are git's."""
    with RawServer(clone.github) as server:
        environ = {**clone.environ, "GITHUB_API_URL": server.url, "GITHUB_REPOSITORY": repository}
        with pytest.raises(UnavailableError, match=r"is not in this checkout$"):
            base_objects(environ, clone.root, revision or clone.base, Elsewhere(offline=offline))

    assert server.asked == []


def test_a_file_comes_with_the_company_authority(clone: Clone, tmp_path: Path) -> None:
    """The input `ca-bundle` counts for the base commit's files; one from a stranger's checkout does not."""
    authority = Authority(tmp_path / "ca")
    (clone.root / "ca.pem").write_text(authority.pem)
    with RawServer(clone.github, authority.server("127.0.0.1")) as server:
        environ = {**clone.environ, "GITHUB_API_URL": server.url}
        for bundle, trusted in ((authority.pem, False), (str(authority.file), False), ("ca.pem", True)):
            read = base_reader(environ, clone.root, clone.base, Elsewhere(ca_bundle=bundle, trusted=trusted))
            assert read("lib/go.mod") == b"module example.com/lib\n\ngo 1.22"
        with pytest.raises(UnavailableError, match="untrusted"):
            base_reader(environ, clone.root, clone.base, Elsewhere(ca_bundle="ca.pem"))("lib/go.mod")
        with pytest.raises(UnavailableError, match="SSLCertVerificationError"):
            base_reader(environ, clone.root, clone.base)("lib/go.mod")


def test_a_place_that_is_none_is_unavailable(clone: Clone) -> None:
    """An address or a repository that cannot be asked is no reason to stop: the base commit is just not readable."""
    for wrong in ({"GITHUB_API_URL": "http://github.example.com"}, {"GITHUB_REPOSITORY": "acme"}):
        with pytest.raises(UnavailableError, match="must be"):
            base_reader({**clone.environ, **wrong}, clone.root, clone.base)("go.mod")
