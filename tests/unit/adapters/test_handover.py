"""How credentials are handed to Go and git."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from go_release_gate.adapters import handover
from go_release_gate.adapters.credentials import parse

BOTH = parse("git.example.com/acme one\ngit.example.com whole\ngit.example.com/acme/deep two\n")


def _basic(user: str, secret: str) -> str:
    return "Authorization: Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()


def test_git_gets_the_longest_prefix_first() -> None:
    """git adds up the headers of better and better matches; only with the best one first is there one header."""
    assert handover.git_settings(BOTH) == (
        ("http.https://git.example.com/acme/deep/.extraHeader", _basic("x-access-token", "two")),
        ("http.https://git.example.com/acme/.extraHeader", _basic("x-access-token", "one")),
        ("http.https://git.example.com/.extraHeader", _basic("x-access-token", "whole")),
    )


def test_a_netrc_holds_whole_hosts_only() -> None:
    """A netrc knows no paths: a credential for one owner would go to all of them."""
    assert handover.netrc(BOTH) == "machine git.example.com login x-access-token password whole\n"


def test_go_auth_gives_headers_by_address() -> None:
    """Each address is followed by a blank line, its header and a blank line, as Go reads it."""
    one = parse("proxy.example.com:8443/go ci:pw")
    assert handover.go_auth(one) == f"https://proxy.example.com:8443/go\n\n{_basic('ci', 'pw')}\n\n"


def test_files_are_private_and_variables_hold_no_secret(tmp_path: Path) -> None:
    """Both files are readable by us alone; the variables name files, so that no process list shows a secret."""
    variables = handover.install(parse("git.example.com s3cr3t-canary"), tmp_path, {})
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "s3cr3t-canary" in Path(variables["NETRC"]).read_text()
    assert "s3cr3t-canary" not in "".join(variables.values())
    assert variables["GOPRIVATE"] == "git.example.com"


def test_no_credentials_leave_everything_alone(tmp_path: Path) -> None:
    """Without credentials there are no files and no variables."""
    assert handover.install((), tmp_path, {"GOAUTH": "off"}) == {}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("given", "end"), [("", "; netrc"), ("git /home/me/x", "; git /home/me/x"), ("off", '.sh"')])
def test_the_users_own_goauth_stays_second(tmp_path: Path, given: str, end: str) -> None:
    """Our command comes first; `off` cannot stand beside another and is replaced."""
    assert handover.install(BOTH, tmp_path, {"GOAUTH": given})["GOAUTH"].endswith(end)


@pytest.mark.parametrize(
    ("lines", "private", "proxies", "expected"),
    [
        ("github.com/acme t", "", "", "github.com/acme"),
        ("github.com/acme t", "example.com/x", "", "example.com/x,github.com/acme"),
        ("github.com/acme t", "github.com/acme/*,*.example.com", "", "github.com/acme/*,*.example.com,github.com/acme"),
        ("github.com/acme t", "github.com/ac*", "", "github.com/ac*"),
        ("github.com/acme/repo t", "github.com/acme", "", "github.com/acme"),
        ("git.example.com t", "*.example.com", "", "*.example.com"),
        ("git.example.com:8443/team t", "", "", "git.example.com/team"),
        ("proxy.example.com/go u:p", "", "https://proxy.example.com/go/,direct", ""),
        ("proxy.example.com/go u:p", "", "https://a.example.com|https://u@proxy.example.com", ""),
        ("github.com t", "", "", ""),
    ],
)
def test_goprivate_is_derived(lines: str, private: str, proxies: str, expected: str) -> None:
    """Prefixes of git hosts are added where no pattern covers them; module proxies and hosts of many owners are not."""
    assert handover.go_private(parse(lines), private, proxies) == expected


def test_a_whole_shared_host_is_spoken_of() -> None:
    """The user is told why GOPRIVATE was left alone, and what to write."""
    (notice,) = handover.notices(parse("github.com s3cr3t-canary\ngit.example.com x"))
    assert "github.com/OWNER" in notice
    assert "s3cr3t-canary" not in notice
