"""Private modules and company networks: the real Go and git against real servers, through a CONNECT proxy with TLS.

Every test goes the whole way: inputs → toolbox → `go mod tidy -diff` → git or Go's own requests → server.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.authority import Authority
from fakes.authproxy import AuthProxy
from fakes.gitserver import GitServer
from fakes.tlsproxy import Internet
from go_release_gate.adapters.process import Completed
from go_release_gate.adapters.toolbox import Toolbox, ToolboxRequest, open_toolbox
from support.moduleproxy import ModuleProxy

GIT_HOST = "git.example.com"
PROXY_HOST = "modules.example.com"
TOKENS = {"acme": "acme-token-1", "other": "other-token-2"}


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """The company's authority: nothing on this machine trusts it."""
    return Authority(tmp_path / "ca")


@pytest.fixture
def internet(tmp_path: Path, authority: Authority) -> Iterator[Internet]:
    """A code host with two owners, and a module proxy that wants a password."""
    host = GitServer(tmp_path / "host", GIT_HOST, TOKENS)
    for owner in TOKENS:
        files = {"go.mod": f"module {GIT_HOST}/{owner}/lib\n\ngo 1.23\n", "lib.go": "package lib\n\nconst Name = 1\n"}
        host.publish(f"{owner}/lib", "v1.0.0", files)
    modules = ModuleProxy(
        tmp_path / "modules",
        {"example.com/pub@v1.0.0": {"go.mod": b"module example.com/pub\n", "p.go": b"package p\n"}},
    )
    proxy = AuthProxy(modules.files, "/go", "ci", "pass-word-3")
    with Internet(authority, {GIT_HOST: host, PROXY_HOST: proxy}).running() as net:
        yield net


def _module(root: Path, *imports: str) -> Path:
    root.mkdir()
    requires = "".join(f"require {path} v1.0.0\n" for path in imports)
    (root / "go.mod").write_text(f"module example.com/app\n\ngo 1.23\n\n{requires}")
    lines = "".join(f'import _ "{path}"\n' for path in imports)
    (root / "main.go").write_text(f"package main\n\n{lines}\nfunc main() {{}}\n")
    return root


def _tidy(tools: Toolbox, root: Path, **env: str) -> tuple[Completed, str]:
    answer = tools.go.run(["mod", "tidy", "-diff"], cwd=root, env=env)
    return answer, (answer.stdout + answer.stderr).decode()


class Run:
    """One run in a workflow, with its own caches."""

    def __init__(self, tmp_path: Path, internet: Internet, authority: Authority) -> None:
        self._tmp, self._net, self._authority = tmp_path, internet, authority

    def tidy(
        self, *imports: str, credentials: str = "", proxies: str = "direct", trusted: bool = True, trust: bool = True,
        **env: str,
    ) -> tuple[Completed, str]:  # fmt: skip
        """`go mod tidy -diff` of a module with these imports; gives the answer and all that was said."""
        root = _module(self._tmp / "app", *imports)
        parent = {
            "PATH": os.environ["PATH"],
            "HTTPS_PROXY": self._net.url,
            "GOPROXY": proxies,
            "GOSUMDB": "off",
            "GOMODCACHE": str(self._tmp / "modcache"),
            "GOCACHE": str(self._tmp / "cache"),
        }
        request = ToolboxRequest(
            root=root,
            trusted=trusted,
            in_workflow=True,
            credentials=credentials,
            ca_bundle=self._authority.pem if trust else "",
        )
        with open_toolbox(parent, request) as tools:
            self.notices = tools.notices
            return _tidy(tools, root, **env)


@pytest.fixture
def run(tmp_path: Path, internet: Internet, authority: Authority) -> Run:
    """A run that can be started once."""
    return Run(tmp_path, internet, authority)


def _users(internet: Internet, prefix: str) -> set[str]:
    return {asked.headers.get("Authorization", "") for asked in internet.log if asked.path.startswith(prefix)}


def test_a_right_token_reaches_a_private_module(run: Run) -> None:
    """With the owner's token the module is found through go-get and git, and its sums are told."""
    answer, text = run.tidy(f"{GIT_HOST}/acme/lib", credentials=f"{GIT_HOST}/acme acme-token-1")
    assert answer.returncode == 1, text
    assert f"+{GIT_HOST}/acme/lib v1.0.0 h1:" in text


def test_two_owners_of_one_host_each_have_their_token(run: Run, internet: Internet) -> None:
    """Each repository sees its owner's token and never the other's, in git and in Go's own requests."""
    lines = f"{GIT_HOST}/acme acme-token-1\n{GIT_HOST}/other other-token-2\n"
    _, text = run.tidy(f"{GIT_HOST}/acme/lib", f"{GIT_HOST}/other/lib", credentials=lines)
    assert f"+{GIT_HOST}/acme/lib v1.0.0 h1:" in text
    assert f"+{GIT_HOST}/other/lib v1.0.0 h1:" in text
    acme, other = _users(internet, "/acme/"), _users(internet, "/other/")
    assert len(acme) == len(other) == 1
    assert not acme & other


def test_the_longest_prefix_wins_over_the_whole_host(run: Run, internet: Internet) -> None:
    """A wrong token for the whole host does not spoil the right one for an owner: one header is sent, not two."""
    lines = f"{GIT_HOST} wrong-token-9\n{GIT_HOST}/acme acme-token-1\n"
    _, text = run.tidy(f"{GIT_HOST}/acme/lib", credentials=lines)
    assert f"+{GIT_HOST}/acme/lib v1.0.0 h1:" in text
    assert len(_users(internet, "/acme/")) == 1


@pytest.mark.parametrize("lines", [f"{GIT_HOST}/acme expired-token-9", f"{GIT_HOST}/acme other-token-2", ""])
def test_a_wrong_token_fails_without_being_told(run: Run, lines: str) -> None:
    """A wrong, an expired or another owner's token, or none, fails soon; the message names the host and no secret."""
    answer, text = run.tidy(f"{GIT_HOST}/acme/lib", credentials=lines)
    assert answer.returncode == 1
    assert answer.stdout == b""
    assert not answer.timed_out
    assert GIT_HOST in text
    assert "token-" not in text


def test_an_untrusted_event_gets_no_credentials(run: Run, internet: Internet) -> None:
    """On a fork's pull request the credentials are withheld, said so, and no host sees them."""
    answer, _ = run.tidy(
        f"{GIT_HOST}/acme/lib",
        credentials=f"{GIT_HOST}/acme acme-token-1\n{PROXY_HOST}/go ci:pass-word-3",
        proxies=f"https://{PROXY_HOST}/go,direct",
        trusted=False,
    )
    assert answer.returncode == 1
    assert any("withheld" in notice for notice in run.notices)
    assert internet.log
    assert all("Authorization" not in asked.headers for asked in internet.log)
    assert GIT_HOST not in internet.tunnels


@pytest.mark.parametrize("prefix", [f"{PROXY_HOST}/go", PROXY_HOST], ids=["path", "host"])
@pytest.mark.parametrize("form", ["ci:pass-word-3", "ci pass-word-3"])
def test_a_module_proxy_with_basic_authentication(run: Run, prefix: str, form: str) -> None:
    """Both forms of the line serve Go's own requests to a proxy, by host and by path."""
    answer, text = run.tidy("example.com/pub", credentials=f"{prefix} {form}", proxies=f"https://{PROXY_HOST}/go")
    assert answer.returncode == 1, text
    assert "+example.com/pub v1.0.0 h1:" in text


def test_a_go_without_goauth_has_the_netrc(run: Run) -> None:
    """Go 1.23 knows the netrc alone: a credential for a whole host serves it."""
    _, text = run.tidy(
        "example.com/pub",
        credentials=f"{PROXY_HOST} ci:pass-word-3",
        proxies=f"https://{PROXY_HOST}/go",
        GOAUTH="netrc",
    )
    assert "+example.com/pub v1.0.0 h1:" in text


def test_a_wrong_password_fails_without_being_told(run: Run) -> None:
    """The proxy's refusal names the proxy; the password is not in it."""
    answer, text = run.tidy(
        "example.com/pub", credentials=f"{PROXY_HOST}/go ci:wrong-word-9", proxies=f"https://{PROXY_HOST}/go"
    )
    assert answer.returncode == 1
    assert "401" in text
    assert PROXY_HOST in text
    assert "wrong-word" not in text


def test_without_the_companys_authority_nothing_is_trusted(run: Run, internet: Internet) -> None:
    """Behind an intercepting proxy and without `ca-bundle`, Go refuses and no request with a secret arrives."""
    answer, text = run.tidy(
        "example.com/pub",
        credentials=f"{PROXY_HOST}/go ci:pass-word-3",
        proxies=f"https://{PROXY_HOST}/go",
        trust=False,
    )
    assert answer.returncode == 1
    assert "certificate" in text
    assert internet.tunnels
    assert not internet.log


def test_git_refuses_an_unknown_authority_too(run: Run, tmp_path: Path) -> None:
    """When Go alone trusts the company, git still refuses: `ca-bundle` must reach both."""
    stranger = Authority(tmp_path / "stranger")
    for place in (tmp_path / "stranger", stranger.file):
        place.chmod(0o755)
    _, text = run.tidy(
        f"{GIT_HOST}/acme/lib", credentials=f"{GIT_HOST}/acme acme-token-1", GIT_SSL_CAINFO=str(stranger.file)
    )
    assert "server certificate verification failed" in text


def test_no_secret_is_in_any_argument(run: Run, tmp_path: Path) -> None:
    """While git runs for Go, no process shows a token or its encoded form in its arguments."""
    seen = tmp_path / "arguments"
    tools = tmp_path / "tools"
    tools.mkdir()
    git = tools / "git"
    git.write_text(
        f'#!/bin/sh\ntr "\\0" " " < /proc/$PPID/cmdline >> {seen}\necho "$@" >> {seen}\nexec /usr/bin/git "$@"\n'
    )
    git.chmod(0o755)
    for place in (tmp_path, tools):
        place.chmod(0o755)
    seen.touch()
    seen.chmod(0o666)
    _, text = run.tidy(
        f"{GIT_HOST}/acme/lib",
        credentials=f"{GIT_HOST}/acme acme-token-1",
        PATH=f"{tools}:{os.environ['PATH']}",
    )
    assert f"+{GIT_HOST}/acme/lib v1.0.0 h1:" in text
    arguments = seen.read_text()
    assert "mod tidy -diff" in arguments
    assert "acme-token-1" not in arguments
    assert "Basic" not in arguments
