"""Where a registry is, and where its answers may lead."""

from __future__ import annotations

import pytest

from go_release_gate.adapters.registry.places import Place, canonical, place_of, refusal


@pytest.mark.parametrize(
    ("domain", "origin"),
    [
        ("docker.io", "https://registry-1.docker.io"),
        ("index.docker.io", "https://registry-1.docker.io"),
        ("ghcr.io", "https://ghcr.io"),
        ("GHCR.io", "https://ghcr.io"),
        ("registry.example.com:8443", "https://registry.example.com:8443"),
        ("localhost:5000", "http://localhost:5000"),
        ("127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("[::1]:5000", "http://[::1]:5000"),
        ("127.0.0.1.example.com", "https://127.0.0.1.example.com"),
        ("plain.example.com", "http://plain.example.com"),
    ],
)
def test_origin(domain: str, origin: str) -> None:
    """Https, but for this machine and what the user names; Docker Hub's interface has its own host."""
    assert place_of(domain, frozenset({"plain.example.com"})).origin == origin


@pytest.mark.parametrize("host", ["docker.io", "index.docker.io", "registry-1.docker.io", "Index.Docker.io"])
def test_names_of_docker_hub(host: str) -> None:
    """The hub's names are one host."""
    assert canonical(host) == "docker.io"


@pytest.mark.parametrize(
    "url",
    [
        "https://ghcr.io/token",
        "https://pkg-containers.githubusercontent.com/ghcr1/blobs/x?sig=a%3D",
        "https://auth.example.com:8443/token",
        "https://8.8.8.8/x",
    ],
)
def test_followed(url: str) -> None:
    """Https to a host of the internet."""
    assert refusal(Place("ghcr.io"), url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fe80::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[::1]:5000/",
        "https://10.0.0.7/",
        "https://127.0.0.1:5000/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://localhost/",
        "https://registry.localhost/",
        "http://auth.example.com/token",
        "http://ghcr.io/token",
        "ftp://ghcr.io/token",
        "file:///etc/passwd",
        "https://user:secret@auth.example.com/",
        "https://auth.example.com/a b",
        "https://auth.example.com/\r\nX: y",
        "https://auth.example.com:99999/",
        "https:///token",
        "",
    ],
)
def test_not_followed(url: str) -> None:
    """Plain http, users in addresses, this machine, inner networks and what is no address."""
    assert refusal(Place("ghcr.io"), url)


@pytest.mark.parametrize(
    ("domain", "url", "is_followed"),
    [
        ("127.0.0.1:5000", "http://127.0.0.1:6000/token", True),
        ("127.0.0.1:5000", "http://169.254.169.254/", False),
        ("127.0.0.1:5000", "http://auth.example.com/token", False),
        ("10.0.0.5:5000", "https://10.0.0.6/token", True),
        ("10.0.0.5:5000", "https://169.254.169.254/", False),
        ("10.0.0.5:5000", "https://127.0.0.1/", False),
        ("plain.example.com", "http://plain.example.com/token", True),
        ("plain.example.com", "http://tokens.example.com/token", True),
        ("plain.example.com", "http://other.example.com/token", False),
    ],
)
def test_near(domain: str, url: str, is_followed: bool) -> None:
    """A registry of this machine or of an inner network leads to its neighbours, none to a cloud's own address."""
    place = place_of(domain, frozenset({"plain.example.com", "tokens.example.com"}))
    assert (refusal(place, url) == "") is is_followed
