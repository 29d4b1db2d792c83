"""The toolbox: what one run is set up with, on every kind of machine and event."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fakes.authority import Authority
from go_release_gate.adapters.toolbox import ToolboxRequest, checkout_of, open_toolbox, url_secrets
from go_release_gate.errors import UsageError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty repository."""
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def _parent(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), **more}


def test_a_persons_own_settings_count_at_home_only(root: Path, tmp_path: Path) -> None:
    """`go env -w` is honoured on a laptop; in a workflow, and for a fork's code, that file is not read."""
    (tmp_path / "home/.config/go").mkdir(parents=True)
    (tmp_path / "home/.config/go/env").write_text("GOPROXY=https://mine.example.com\n")
    seen = []
    for trusted, in_workflow in ((True, False), (True, True), (False, False)):
        with open_toolbox(_parent(tmp_path), ToolboxRequest(root, trusted=trusted, in_workflow=in_workflow)) as tools:
            seen.append("mine.example.com" in tools.go.toolchain.env["GOPROXY"])
    assert seen == [True, False, False]


def test_the_caches_are_the_users(root: Path, tmp_path: Path) -> None:
    """A private HOME of children does not make the module cache empty: it is where the user's Go keeps it."""
    with open_toolbox(_parent(tmp_path), ToolboxRequest(root)) as tools:
        assert tools.go.toolchain.modcache == str(tmp_path / "home/go/pkg/mod")
    request = ToolboxRequest(root, in_workflow=True, cache_home=str(tmp_path / "kept"))
    with open_toolbox(_parent(tmp_path), request) as tools:
        assert tools.go.toolchain.modcache == str(tmp_path / "kept/go/pkg/mod")


def test_what_was_left_out_is_said(root: Path, tmp_path: Path) -> None:
    """Dropped flags and withheld credentials are told, without the secret; it is masked all the same."""
    request = ToolboxRequest(root, trusted=False, credentials="git.example.com/acme s3cr3t-canary")
    with open_toolbox(_parent(tmp_path, GOFLAGS="-mod=mod"), request) as tools:
        said = " / ".join(tools.notices)
        assert "GOFLAGS -mod=mod was left out" in said
        assert "withheld" in said
        assert "s3cr3t-canary" not in said
        assert "s3cr3t-canary" in tools.masks
        assert not (tools.scratch / "netrc").exists()


def test_credentials_make_their_paths_private(root: Path, tmp_path: Path) -> None:
    """On a trusted event GOPRIVATE covers what a credential is for, beside what the user said."""
    request = ToolboxRequest(root, credentials="git.example.com/acme t0ken-abc")
    with open_toolbox(_parent(tmp_path, GOPRIVATE="corp.example.com"), request) as tools:
        assert tools.go.toolchain.env["GOPRIVATE"] == "corp.example.com,git.example.com/acme"


def test_a_ca_bundle_serves_us_too(root: Path, tmp_path: Path) -> None:
    """Our own requests trust the company as Go and git do, while the run lasts."""
    pem = Authority(tmp_path / "ca").pem
    with open_toolbox(_parent(tmp_path), ToolboxRequest(root, ca_bundle=pem)) as tools:
        bundle = Path(tools.own_variables["REQUESTS_CA_BUNDLE"])
        assert tools.own_variables["SSL_CERT_FILE"] == str(bundle)
        assert bundle.read_text().endswith(pem)
    assert not bundle.exists()


def test_wrong_inputs_stop_before_anything_is_made(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong line or bundle is wrong usage; no directory is left behind."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for request in (ToolboxRequest(root, credentials="what"), ToolboxRequest(root, ca_bundle="none.pem")):
        with pytest.raises(UsageError), open_toolbox(_parent(tmp_path), request):
            pass
    assert list(tmp_path.iterdir()) == [root]


def test_passwords_in_proxy_addresses_are_secrets() -> None:
    """Whatever stands as a password in a proxy's address is masked, as written and decoded."""
    parent = {
        "GOPROXY": "https://ci:p%40ss@a.example.com,https://b.example.com|https://x:second@c.example.com,direct",
        "https_proxy": "http://u:third@proxy.example.com:3128",
    }
    assert set(url_secrets(parent)) == {"p%40ss", "p@ss", "second", "third"}


def test_the_checkout_is_the_whole_tree(tmp_path: Path) -> None:
    """Programs of the enclosing work tree or workspace are the checkout's too; a home directory is no checkout."""
    sub = tmp_path / "repo/services/api"
    sub.mkdir(parents=True)
    assert checkout_of(sub, {}) == sub
    assert checkout_of(sub, {"GITHUB_WORKSPACE": str(tmp_path)}) == tmp_path
    assert checkout_of(sub, {"GITHUB_WORKSPACE": str(tmp_path / "other")}) == sub
    (tmp_path / "repo/.git").mkdir()
    assert checkout_of(sub, {}) == tmp_path / "repo"
    assert checkout_of(sub, {"HOME": str(tmp_path / "repo")}) == sub
