"""SSH signatures are those of OpenSSH: either side verifies the other's."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.adapters.ledger.sshsig import NAMESPACE, SignatureError, key_bytes, read, sign, verify

pytestmark = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="no ssh-keygen on this machine")
MESSAGE = b'{"kind":"release"}\n'
KINDS = {"ed25519": [], "ecdsa": ["-b", "384"], "rsa": ["-b", "2048"]}


def keygen(*words: str, stdin: bytes = b"") -> bytes:
    """One run of ssh-keygen."""
    return subprocess.run(["ssh-keygen", *words], input=stdin, capture_output=True, check=True).stdout


@pytest.fixture(params=KINDS)
def key(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A fresh key of each kind."""
    path = tmp_path / "key"
    keygen("-q", "-t", request.param, *KINDS[request.param], "-N", "", "-f", str(path))
    return path


def test_openssh_verifies_ours(key: Path, tmp_path: Path) -> None:
    """`ssh-keygen -Y verify` accepts what we sign."""
    (tmp_path / "signature").write_text(sign(key.read_bytes(), MESSAGE), "utf-8")
    public = key.with_suffix(".pub").read_text("utf-8")
    (tmp_path / "allowed").write_text(f"ann@example.com {public}", "utf-8")
    words = ("-Y", "verify", "-f", str(tmp_path / "allowed"), "-I", "ann@example.com", "-n", NAMESPACE)

    assert b"Good" in keygen(*words, "-s", str(tmp_path / "signature"), stdin=MESSAGE)


def test_we_verify_openssh(key: Path) -> None:
    """What `ssh-keygen -Y sign` makes holds here, for these bytes and this purpose alone."""
    made = keygen("-q", "-Y", "sign", "-n", NAMESPACE, "-f", str(key), stdin=MESSAGE).decode()
    other = keygen("-q", "-Y", "sign", "-n", "git", "-f", str(key), stdin=MESSAGE).decode()

    assert verify(made, MESSAGE).key == key_bytes(key.with_suffix(".pub").read_text("utf-8"))
    with pytest.raises(SignatureError, match="does not hold"):
        verify(made, MESSAGE + b" ")
    with pytest.raises(SignatureError, match="another purpose: git"):
        verify(other, MESSAGE)


def test_a_key_with_a_passphrase_signs_with_it_alone(key: Path) -> None:
    """ssh-keygen's own form of a locked key is opened; a wrong or missing passphrase is said."""
    keygen("-q", "-p", "-N", "open sesame", "-P", "", "-f", str(key))
    locked = key.read_bytes()

    assert verify(sign(locked, MESSAGE, b"open sesame"), MESSAGE).key == key_bytes(key.with_suffix(".pub").read_text())
    for word in (None, b"sesame"):
        with pytest.raises(SignatureError, match="cannot be used"):
            sign(locked, MESSAGE, word)


def test_a_key_of_an_unknown_kind_is_refused(key: Path) -> None:
    """A cipher or a kind of key that cannot be worked with is no crash."""
    keygen("-q", "-p", "-N", "open sesame", "-P", "", "-Z", "aes128-cbc", "-f", str(key))
    with pytest.raises(SignatureError, match="cannot be used"):
        sign(key.read_bytes(), MESSAGE, b"open sesame")


@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_no_bytes_are_more_than_refused(data: bytes) -> None:
    """Any text is a signature or a SignatureError."""
    import base64

    body = base64.b64encode(b"SSHSIG\0\0\0\1" + data).decode()
    with pytest.raises(SignatureError):
        verify(f"-----BEGIN SSH SIGNATURE-----\n{body}\n-----END SSH SIGNATURE-----\n", MESSAGE)
    with pytest.raises(SignatureError):
        read(data.decode("latin-1"))
