"""Signatures as OpenSSH makes them for files, made and verified without its programs.

https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

NAMESPACE = "go-release-gate-ledger"
_MAGIC = b"SSHSIG"
_ARMOUR = re.compile(r"-----BEGIN SSH SIGNATURE-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END SSH SIGNATURE-----\s*")
_HASHES = {b"sha512": hashlib.sha512, b"sha256": hashlib.sha256}
_CURVES = {b"nistp256": "SHA256", b"nistp384": "SHA384", b"nistp521": "SHA512"}


class SignatureError(ValueError):
    """A signature or a key that cannot be read, or does not hold."""


@dataclass(frozen=True, slots=True)
class SshSignature:
    """A signature taken apart: the public key in it, its namespace, its hash, and the signature itself."""

    key: bytes
    namespace: bytes
    hash: bytes
    kind: bytes
    value: bytes

    @property
    def fingerprint(self) -> str:
        """`SHA256:…` of the key, as `ssh-keygen -l` shows it."""
        return fingerprint(self.key)


def fingerprint(key: bytes) -> str:
    """`SHA256:…` of a public key's bytes."""
    return f"SHA256:{base64.b64encode(hashlib.sha256(key).digest()).rstrip(b'=').decode()}"


def key_bytes(line: str) -> bytes:
    """The bytes of a public key as authorized_keys has it: `ssh-ed25519 AAAA… comment`. Raises SignatureError."""
    words = line.split()
    try:
        return base64.b64decode(words[1], validate=True)
    except (IndexError, binascii.Error, ValueError):
        raise SignatureError("no public key as OpenSSH writes it (`ssh-ed25519 AAAA…`)") from None


def read(text: str) -> SshSignature:
    """The signature in an armoured text. Raises SignatureError."""
    match = _ARMOUR.fullmatch(text.strip() + "\n")
    if not match:
        raise SignatureError("no armoured SSH signature")
    try:
        data = base64.b64decode("".join(match[1].split()), validate=True)
    except (binascii.Error, ValueError):
        raise SignatureError("no armoured SSH signature") from None
    if not data.startswith(_MAGIC + b"\0\0\0\1"):
        raise SignatureError("an SSH signature of another version than 1")
    key, namespace, _reserved, name, signature = _strings(data[10:], 5)
    kind, value = _strings(signature, 2)
    return SshSignature(key, namespace, name, kind, value)


def verify(text: str, message: bytes, namespace: str = NAMESPACE) -> SshSignature:
    """The signature, which holds for `message` in the namespace. Raises SignatureError."""
    found = read(text)
    if found.namespace != namespace.encode():
        raise SignatureError(f"made for another purpose: {found.namespace.decode('ascii', 'replace')}")
    if found.hash not in _HASHES:
        raise SignatureError("made with an unknown hash")
    _verify(_public(found.key), found, _signed(found.hash, message, namespace))
    return found


def sign(private: bytes, message: bytes, password: bytes | None = None, namespace: str = NAMESPACE) -> str:
    """The armoured signature by a private key in OpenSSH's or PEM form. Raises SignatureError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    try:
        key: Any = (
            serialization.load_ssh_private_key(private, password)
            if b"OPENSSH PRIVATE KEY" in private
            else serialization.load_pem_private_key(private, password)
        )
        line = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SignatureError(f"the private key cannot be used: {error}") from None
    public = key_bytes(line.decode())
    signature = _made(key, _signed(b"sha512", message, namespace))
    parts = (public, namespace.encode(), b"", b"sha512", signature)
    data = base64.b64encode(_MAGIC + b"\0\0\0\1" + b"".join(map(_string, parts))).decode()
    lines = "\n".join(data[at : at + 70] for at in range(0, len(data), 70))
    return f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n"


def _made(key: Any, message: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    if isinstance(key, ed25519.Ed25519PrivateKey):
        return _string(b"ssh-ed25519") + _string(key.sign(message))
    if isinstance(key, rsa.RSAPrivateKey):
        return _string(b"rsa-sha2-512") + _string(key.sign(message, padding.PKCS1v15(), hashes.SHA512()))
    if isinstance(key, ec.EllipticCurvePrivateKey):
        curve = {256: b"nistp256", 384: b"nistp384", 521: b"nistp521"}[key.curve.key_size]
        signed = key.sign(message, ec.ECDSA(getattr(hashes, _CURVES[curve])()))
        value = b"".join(_string(_mpint(number)) for number in decode_dss_signature(signed))
        return _string(b"ecdsa-sha2-" + curve) + _string(value)
    raise SignatureError("this kind of key is not known: use ssh-ed25519, ecdsa or rsa")


def _verify(key: PublicKeyTypes, found: SshSignature, message: bytes) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    try:
        if isinstance(key, ed25519.Ed25519PublicKey) and found.kind == b"ssh-ed25519":
            key.verify(found.value, message)
        elif isinstance(key, rsa.RSAPublicKey) and found.kind in (b"rsa-sha2-512", b"rsa-sha2-256"):
            chosen = hashes.SHA512() if found.kind.endswith(b"512") else hashes.SHA256()
            key.verify(found.value, message, padding.PKCS1v15(), chosen)
        elif isinstance(key, ec.EllipticCurvePublicKey) and found.kind.startswith(b"ecdsa-sha2-"):
            r, s = (int.from_bytes(part, "big") for part in _strings(found.value, 2))
            curve = _CURVES.get(found.kind.removeprefix(b"ecdsa-sha2-"))
            if curve is None:
                raise SignatureError("made on an unknown curve")
            key.verify(encode_dss_signature(r, s), message, ec.ECDSA(getattr(hashes, curve)()))
        else:
            raise SignatureError("made by a kind of key that is not known, or not the one it names")
    except InvalidSignature:
        raise SignatureError("the signature does not hold for these bytes") from None


def _public(key: bytes) -> PublicKeyTypes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    (kind,) = _strings(key, 1, rest=True)
    try:
        return serialization.load_ssh_public_key(kind + b" " + base64.b64encode(key))
    except (ValueError, UnsupportedAlgorithm):
        raise SignatureError("its public key cannot be read") from None


def _signed(name: bytes, message: bytes, namespace: str) -> bytes:
    digest = _HASHES[name](message).digest()
    return _MAGIC + b"".join(map(_string, (namespace.encode(), b"", name, digest)))


def _string(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _mpint(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _strings(data: bytes, count: int, *, rest: bool = False) -> list[bytes]:
    found: list[bytes] = []
    position = 0
    for _ in range(count):
        size = int.from_bytes(data[position : position + 4], "big")
        end = position + 4 + size
        if position + 4 > len(data) or end > len(data):
            raise SignatureError("it is cut short")
        found.append(data[position + 4 : end])
        position = end
    if position != len(data) and not rest:
        raise SignatureError("something follows its end")
    return found
