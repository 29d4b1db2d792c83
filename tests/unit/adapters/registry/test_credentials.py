"""The input registry-credentials: its grammar, which line counts, and what must be masked."""

from __future__ import annotations

import pytest

from go_release_gate.adapters.registry.credentials import example, hosts, masks, parse
from go_release_gate.errors import UsageError


@pytest.mark.parametrize(
    ("line", "prefix", "user", "secret"),
    [
        ("ghcr.io me:tok", "ghcr.io", "me", "tok"),
        ("ghcr.io me tok", "ghcr.io", "me", "tok"),
        ("ghcr.io tok", "ghcr.io", "x-access-token", "tok"),
        ("GHCR.io/acme me:a:b", "ghcr.io/acme", "me", "a:b"),
        ("https://harbor.example.com/team/ robot$ci+x:s", "harbor.example.com/team", "robot$ci+x", "s"),
        ("https://index.docker.io/v1/ me:tok", "docker.io", "me", "tok"),
        ("registry-1.docker.io/acme me:tok", "docker.io/acme", "me", "tok"),
        ("us-docker.pkg.dev ya29", "us-docker.pkg.dev", "oauth2accesstoken", "ya29"),
        ("1.dkr.ecr.eu-west-1.amazonaws.com pw", "1.dkr.ecr.eu-west-1.amazonaws.com", "AWS", "pw"),
        ("a.azurecr.io tok", "a.azurecr.io", "00000000-0000-0000-0000-000000000000", "tok"),
        ("quay.io tok", "quay.io", "$oauthtoken", "tok"),
        ("[::1]:5000 me:tok", "[::1]:5000", "me", "tok"),
        ("http://registry.internal:5000 me:tok", "registry.internal:5000", "me", "tok"),
    ],
)
def test_lines(line: str, prefix: str, user: str, secret: str) -> None:
    """Hosts with and without path, users with and without colon, tokens with the user that their registry wants."""
    (each,) = parse(f"# a comment\n\n{line}\n").credentials
    assert (each.prefix, each.user, each.secret) == (prefix, user, secret)


@pytest.mark.parametrize(
    "line",
    [
        "ghcr.io",
        "ghcr.io a b hunter2",
        "ghcr.io :hunter2",
        "ghcr.io hunter2:",
        "ftp://ghcr.io me:hunter2",
        "ghcr.io/a/../b me:hunter2",
        "ghcr.io?x me:hunter2",
        "me:hunter2@ghcr.io x",
        "docker.io hunter2",
        "ghcr.io/Acme me:hunter2",
        "ghcr.io me:first\nghcr.io me:hunter2",
    ],
)
def test_wrong_lines(line: str) -> None:
    """Another form is refused by its line's number, and nothing behind the host is repeated."""
    with pytest.raises(UsageError, match="registry-credentials, line") as caught:
        parse(line)
    assert "hunter2" not in caught.value.message + caught.value.hint


def test_the_longest_prefix_wins_and_ends_at_a_slash() -> None:
    """`ghcr.io/acme` is for acme/shop, and for nobody whose name begins so."""
    lines = parse("ghcr.io me:host\nghcr.io/acme me:owner\nghcr.io/acme/shop me:image")
    found = {path: lines.find("ghcr.io", path) for path in ("acme/shop", "acme/other", "acme/shopping", "acmecorp/x")}
    assert {path: login.secret for path, login in found.items() if login} == {
        "acme/shop": "image",
        "acme/other": "owner",
        "acme/shopping": "owner",
        "acmecorp/x": "host",
    }
    assert lines.find("quay.io", "acme/shop") is None


def test_plain_hosts() -> None:
    """`http://` names a host that is asked over plain http, with or without a login; no other is."""
    lines = parse("http://a.internal:5000\nhttp://b.internal me:tok\nc.internal me:tok")
    assert lines.insecure == {"a.internal:5000", "b.internal"}
    assert hosts(lines) == ["a.internal:5000", "b.internal", "c.internal"]
    assert lines.find("a.internal:5000", "x") is None


def test_masks_and_representations() -> None:
    """The secret and the header made from it are masked; no representation shows it."""
    lines = parse("ghcr.io me:hunter2")
    assert {"hunter2", "bWU6aHVudGVyMg=="} <= set(masks(lines))
    assert "hunter2" not in repr(lines) + repr(lines.find("ghcr.io", "a")) + str(lines.names())


@pytest.mark.parametrize(
    ("host", "line"), [("ghcr.io", "ghcr.io USER:PASSWORD"), ("gcr.io", "gcr.io oauth2accesstoken:TOKEN")]
)
def test_example(host: str, line: str) -> None:
    """The line that a message asks for can be read."""
    assert example(host) == f"registry-credentials: {line}"
    assert parse(line).credentials
