"""Whatever a registry, a file or a user writes: an answer or an error of ours, never a crash."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.adapters.registry.answers import MAY_SAY, Answer
from go_release_gate.adapters.registry.credentials import parse
from go_release_gate.adapters.registry.dockerconfig import DockerConfig
from go_release_gate.adapters.registry.links import next_page
from go_release_gate.adapters.registry.places import place_of, refusal
from go_release_gate.errors import UsageError

ADDRESSES = st.text(st.sampled_from("https://[]@:.%0127x\\ a?#-_é\n"), max_size=40) | st.text(max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["auths", "ghcr.io", "auth", "identitytoken", "credHelpers", "credsStore", "errors", "code", "message"]
    ) | st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(ADDRESSES, ADDRESSES)
def test_addresses(domain: str, url: str) -> None:
    """Every address is followed or refused; what is followed has a host and one of two schemes."""
    place = place_of(domain)
    if not refusal(place, url):
        assert url.lower().startswith(("https://", "http://"))
        assert url.isascii()
        assert "@" not in url.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0]


@given(ADDRESSES)
def test_links(header: str) -> None:
    """A Link header names a page or none."""
    assert isinstance(next_page(f"<{header}>; rel=next", "https://ghcr.io/v2/"), str)
    assert isinstance(next_page(header, "https://ghcr.io/v2/"), str)


@given(st.text() | st.from_regex(r"([a-z.:/@ $#-]{0,12}\n?){0,4}", fullmatch=True))
def test_lines(text: str) -> None:
    """Lines are read or refused; a refusal names the line and shows nothing of a password."""
    said = "line 1"
    try:
        parse(text)
    except UsageError as error:
        said = error.message
    assert re.search(r"line [1-9]", said)
    assert said.isprintable()


@given(st.binary() | st.from_regex(rb'\{"errors": ?\[\{"(code|message)": ?"[^"]{0,30}"\}\]\}'), st.integers(0, 599))
def test_words(body: bytes, status: int) -> None:
    """What an answer says is one short line that prints."""
    said = Answer(status, body=body).said
    assert said.isprintable()
    assert len(said) < MAY_SAY + 40


@given(st.dictionaries(st.sampled_from(["auths", "credHelpers", "credsStore"]), JSON, max_size=3))
def test_docker_files(document: dict[str, object]) -> None:
    """Any document is a configuration without a login, or with one that has a secret."""
    config = DockerConfig(document)
    login = config.find("ghcr.io", "acme/shop")
    assert login is None or login.secret
    assert all(isinstance(name, str) for name in config.names())
