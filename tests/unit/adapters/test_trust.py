"""The input ca-bundle."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from fakes.authority import Authority
from go_release_gate.adapters.trust import install, read_bundle, system_bundle
from go_release_gate.errors import UsageError


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """A fresh CA."""
    return Authority(tmp_path / "ca")


def test_text_and_path_are_both_taken(authority: Authority, tmp_path: Path) -> None:
    """The certificates come back alone, without the words around them."""
    text = f"# our company\n{authority.pem}trailing words\n{authority.pem}"
    assert read_bundle(text, root=tmp_path, trusted=True) == authority.pem * 2
    assert read_bundle(str(authority.file), root=tmp_path, trusted=True) == authority.pem
    assert read_bundle("ca/authority.pem\n", root=tmp_path, trusted=True) == authority.pem


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("no-such-file.pem", "cannot be read"),
        ("", "empty"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be read"),
        ("-----BEGIN CERTIFICATE-----\nnot closed\n", "no certificate"),
        ("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n", "private key"),
        ("a\0b", "cannot be read"),
    ],
)
def test_what_is_no_bundle_is_refused(tmp_path: Path, value: str, message: str) -> None:
    """One message says what is wrong; exit 2."""
    with pytest.raises(UsageError, match=message) as caught:
        read_bundle(value, root=tmp_path, trusted=True)
    assert caught.value.hint


def test_a_fork_cannot_choose_whom_we_trust(authority: Authority, tmp_path: Path) -> None:
    """On untrusted events a file of the checkout is refused, through a link too; the variable's text is not."""
    outside = tmp_path.parent / f"{tmp_path.name}-link.pem"
    outside.symlink_to(authority.file)
    for value in ("ca/authority.pem", str(outside)):
        with pytest.raises(UsageError, match="untrusted"):
            read_bundle(value, root=tmp_path, trusted=False)
    assert read_bundle(authority.pem, root=tmp_path, trusted=False)


def test_the_companys_certificates_are_added_to_the_systems(authority: Authority, tmp_path: Path) -> None:
    """The written file holds what was trusted before and the company's, and loads."""
    before = Authority(tmp_path / "system")
    path = install(authority.pem, tmp_path, {"SSL_CERT_FILE": str(before.file)})
    assert path.read_text() == before.pem + authority.pem
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(path)
    assert len(context.get_ca_certs()) == 2


def test_a_named_bundle_beats_the_systems(tmp_path: Path) -> None:
    """SSL_CERT_FILE is what is trusted already; a name without a file is passed over."""
    (tmp_path / "mine.pem").write_text("x")
    assert system_bundle({"SSL_CERT_FILE": str(tmp_path / "mine.pem")}) == tmp_path / "mine.pem"
    assert system_bundle({"SSL_CERT_FILE": str(tmp_path / "none")}) != tmp_path / "none"
