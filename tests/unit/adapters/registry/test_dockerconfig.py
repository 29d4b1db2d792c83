"""Logins that docker has left: which file, which entry, which helper."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from fakes.process import Reply, ScriptedRunner
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.registry.dockerconfig import DockerConfig, load


def auth(user: str = "me") -> dict[str, str]:
    """An entry of `auths`."""
    return {"auth": base64.b64encode(f"{user}:tok".encode()).decode()}


def helper(folder: Path, name: str, script: str) -> Path:
    """A credential helper in `folder`."""
    folder.mkdir(exist_ok=True)
    program = folder / f"docker-credential-{name}"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def told(config: DockerConfig, domain: str, path: str = "acme/shop") -> tuple[str, str, bool] | None:
    """User, secret and kind of the login for an image."""
    login = config.find(domain, path)
    return (login.user, login.secret, login.is_identity) if login else None


@pytest.mark.parametrize(
    ("key", "domain"),
    [
        ("ghcr.io", "ghcr.io"),
        ("https://ghcr.io", "ghcr.io"),
        ("https://ghcr.io/v2/", "ghcr.io"),
        ("https://index.docker.io/v1/", "docker.io"),
        ("registry-1.docker.io", "docker.io"),
        ("quay.io/acme", "quay.io"),
        ("localhost:5000", "localhost:5000"),
    ],
)
def test_keys(key: str, domain: str) -> None:
    """Every form in which docker and podman have written a registry's name."""
    assert told(DockerConfig({"auths": {key: auth()}}), domain) == ("me", "tok", False)
    assert told(DockerConfig({"auths": {key: auth()}}), "other.example.com") is None


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"auth": base64.b64encode(b"me:a:b").decode()}, ("me", "a:b", False)),
        ({"username": "me", "password": "tok"}, ("me", "tok", False)),
        ({"auth": base64.b64encode(b"guid:").decode(), "identitytoken": "refresh"}, ("", "refresh", True)),
        ({}, None),
        ({"auth": "\x00not base64"}, None),
        ({"auth": base64.b64encode(b"\xff\xfe").decode()}, None),
        ({"auth": 7}, None),
        ([], None),
    ],
)
def test_entries(entry: Any, expected: tuple[str, str, bool] | None) -> None:
    """Refresh tokens, base64, the two apart, and what is none of it."""
    assert told(DockerConfig({"auths": {"ghcr.io": entry}}), "ghcr.io") == expected


@pytest.mark.parametrize(
    "document", [{"auths": 7}, {"credHelpers": [1]}, {"credsStore": {}}, {"credHelpers": {"ghcr.io": 7}}]
)
def test_odd_documents(document: dict[str, Any]) -> None:
    """Other types are no login."""
    assert told(DockerConfig(document), "ghcr.io") is None


def test_helpers_run_once_with_the_name_docker_gives(tmp_path: Path) -> None:
    """A host's own helper before the store for all, that before the file; our inputs are not in its environment."""
    for name in ("own", "all"):
        helper(tmp_path / "bin", name, "exit 1")
    document = {"auths": {"ghcr.io": auth("file")}, "credHelpers": {"quay.io": "own"}, "credsStore": "all"}
    runner = ScriptedRunner()
    environ = {"PATH": str(tmp_path / "bin"), "HOME": "/home/me", "INPUT_GITHUB-TOKEN": "hunter2"}
    for name in ("own", "all"):
        said = json.dumps({"Username": name, "Secret": "tok"}).encode()
        runner.on([str(tmp_path / "bin" / f"docker-credential-{name}"), "get"], Reply(stdout=said))
    config = DockerConfig(document, runner, environ, tmp_path / "checkout")
    assert told(config, "quay.io") == ("own", "tok", False)
    assert told(config, "ghcr.io") == told(config, "ghcr.io", "other/image") == ("all", "tok", False)
    assert told(config, "docker.io") == ("all", "tok", False)
    assert [call.stdin for call in runner.calls] == [b"quay.io", b"ghcr.io", b"https://index.docker.io/v1/"]
    assert all("INPUT_GITHUB-TOKEN" not in call.env and call.cwd == Path("/") for call in runner.calls)


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (Reply(1, b"credentials not found in native keychain\n"), ""),
        (Reply(1, b"", b"boom"), "failed"),
        (Reply(0, b"no json"), "gave no user"),
        (Reply(0, b'{"Username": "", "Secret": ""}'), "gave no user"),
        (Reply(0, b"[" * 100_000), "gave no user"),
        (Reply(0, b"{}", seconds=99), "no answer within 10 s"),
        (None, "could not be started"),
    ],
)
def test_helpers_that_give_nothing(tmp_path: Path, reply: Reply | None, trouble: str) -> None:
    """The file's own login is taken, and what went wrong is said; having none is nothing wrong."""
    program = helper(tmp_path / "bin", "store", "exit 1")
    runner = ScriptedRunner()
    if reply:
        runner.on([str(program)], reply)
    document = {"auths": {"ghcr.io": auth()}, "credsStore": "store"}
    config = DockerConfig(document, runner, {"PATH": str(tmp_path / "bin")}, tmp_path / "checkout")
    assert told(config, "ghcr.io") == ("me", "tok", False)
    assert (trouble in " ".join(config.troubles())) is True
    assert len(config.troubles()) == bool(trouble)


def test_a_real_helper_with_a_refresh_token(tmp_path: Path) -> None:
    """A program reads the host and answers; the user `<token>` marks a refresh token."""
    script = """read -r host; printf '{"ServerURL":"%s","Username":"<token>","Secret":"for-%s"}' "$host" "$host" """
    helper(tmp_path / "bin", "real", script)
    environ = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
    config = DockerConfig({"credsStore": "real"}, ProcessRunner(), environ, tmp_path / "checkout")
    assert told(config, "ghcr.io") == ("", "for-ghcr.io", True)


@pytest.mark.parametrize("name", ["../evil", "a/b", "", "-x", "evil"])
def test_helpers_of_the_checkout_are_not_run(tmp_path: Path, name: str) -> None:
    """No helper is taken from the checkout, whatever PATH says, and no name leads out of PATH's folders."""
    root = tmp_path / "checkout"
    root.mkdir()
    helper(root / "bin", "evil", f"touch {tmp_path}/ran")
    environ = {"PATH": f"{root / 'bin'}:{root}/bin/sub:bin"}
    config = DockerConfig({"credHelpers": {"ghcr.io": name}}, ProcessRunner(), environ, root)
    assert told(config, "ghcr.io") is None
    assert not (tmp_path / "ran").exists()


def test_which_file(tmp_path: Path) -> None:
    """DOCKER_CONFIG, else the home directory; nothing of the checkout, not through a link either."""
    root, home = tmp_path / "checkout", tmp_path / "home"
    for folder in (root / ".docker", home / ".docker"):
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps({"auths": {"ghcr.io": auth(folder.parent.name)}}))
    found = load({"HOME": str(home)}, root, None)
    assert found
    assert told(found, "ghcr.io") == ("home", "tok", False)
    assert load({"DOCKER_CONFIG": str(root / ".docker"), "HOME": str(home)}, root, None) is None
    assert load({"HOME": str(root)}, root, None) is None
    assert load({"DOCKER_CONFIG": ".docker"}, root, None) is None
    (tmp_path / "link").symlink_to(root / ".docker")
    assert load({"DOCKER_CONFIG": str(tmp_path / "link")}, root, None) is None
    assert load({}, root, None) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"[" * 200_000, b" " * (1 << 20) + b"{}"])
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    """A broken, deep or huge file is no login and no crash."""
    (tmp_path / "config.json").write_bytes(content)
    assert load({"DOCKER_CONFIG": str(tmp_path)}, tmp_path / "checkout", None) is None


def test_names_tell_no_secret() -> None:
    """What there is, for `doctor`: hosts and helpers, sorted."""
    document = {
        "auths": {"ghcr.io": auth(), "empty.example.com": {}},
        "credHelpers": {"quay.io": "x"},
        "credsStore": "y",
    }
    names = DockerConfig(document).names()
    assert names == (
        "ghcr.io (Docker's configuration)",
        "quay.io (docker-credential-x)",
        "any host (docker-credential-y)",
    )
