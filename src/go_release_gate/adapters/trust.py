"""The step input `ca-bundle`: a company's certificate authority, added to those of the system."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from go_release_gate.errors import UsageError

SIZE_LIMIT = 4 << 20
SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
FOR_CHILDREN = ("SSL_CERT_FILE", "GIT_SSL_CAINFO")
FOR_OURSELVES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
HINT = "give the text or the path of a PEM file with one or more certificates"


def read_bundle(value: str, *, root: Path, trusted: bool) -> str:
    """Give the certificates of the input, as PEM text or as the path of a PEM file; checked, nothing else kept.

    Raises:
        UsageError: no certificate in it, one that cannot be read, a private key; or, when not `trusted`, a file of
            the checkout, whose author would choose whom we trust.
    """
    text = value if "-----BEGIN" in value else _from_file(value.strip(), root, trusted)
    if "PRIVATE KEY-----" in text:
        raise UsageError("ca-bundle contains a private key", "give the certificates alone")
    certificates = _CERTIFICATE.findall(text)
    if not certificates:
        raise UsageError("ca-bundle contains no certificate", HINT)
    pem = "".join(f"{certificate}\n" for certificate in certificates)
    _check(pem)
    return pem


def install(pem: str, directory: Path, parent: Mapping[str, str]) -> Path:
    """Write the system's certificates and the company's into one file of `directory`."""
    system = system_bundle(parent)
    before = system.read_text(encoding="utf-8", errors="replace") if system else ""
    path = directory / "ca-bundle.pem"
    path.write_text(f"{before.rstrip()}\n{pem}".lstrip(), encoding="utf-8")
    return path


def system_bundle(parent: Mapping[str, str]) -> Path | None:
    """The bundle that is trusted already: SSL_CERT_FILE, else where Linux distributions keep it."""
    places = (parent.get("SSL_CERT_FILE", ""), *SYSTEM_BUNDLES)
    return next((Path(place) for place in places if place and Path(place).is_file()), None)


def _from_file(value: str, root: Path, trusted: bool) -> str:
    try:
        real = Path(os.path.realpath(root / value))
    except ValueError as error:  # a zero byte
        raise UsageError(f"ca-bundle cannot be read: {error}", HINT) from error
    if not trusted and real.is_relative_to(os.path.realpath(root)):
        raise UsageError("ca-bundle lies in the checkout of an untrusted event", "give its text as a variable")
    try:
        if not value or real.stat().st_size > SIZE_LIMIT:
            raise UsageError(f"ca-bundle is empty or larger than {SIZE_LIMIT >> 20} MiB", HINT)
        return real.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"ca-bundle cannot be read: {error}", HINT) from error


def _check(pem: str) -> None:
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError) as error:
        raise UsageError(f"ca-bundle contains a certificate that cannot be read: {error}", HINT) from error
