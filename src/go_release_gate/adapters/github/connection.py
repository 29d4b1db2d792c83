"""Where GitHub is, who asks, and whom to trust on the way. Light: every pull request's start reads it."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from go_release_gate.adapters.trust import system_bundle
from go_release_gate.errors import UsageError

DEFAULT_API = "https://api.github.com"
API_VERSION = "2022-11-28"  # https://docs.github.com/rest/about-the-rest-api/api-versions
USER_AGENT = "go-release-gate"
TIMEOUT = 15.0  # seconds for a connection, and for each silence of an answer


@dataclass(frozen=True, slots=True)
class Connection:
    """One repository at one GitHub.

    Attributes:
        api: base address of the interface, as GITHUB_API_URL gives it (also GitHub Enterprise's).
        repository: `OWNER/NAME`.
        token: may be empty; public repositories can be read without one.
        verify: path of a PEM file with the authorities to trust; empty: Python's own choice.
        authorities: PEM text with further ones (the input `ca-bundle`).
        timeout: seconds for the connection and for each silence of an answer.

    Raises:
        UsageError: the address is not https (plain http is for the loopback alone), or no repository is named.
    """

    api: str
    repository: str
    token: str = field(default="", repr=False)
    verify: str = ""
    authorities: str = field(default="", repr=False)
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        if not _is_safe(self.api):
            raise UsageError("GITHUB_API_URL must be an https address")
        if self.repository.count("/") != 1 or not all(_is_name(part) for part in self.repository.split("/")):
            raise UsageError(
                "GITHUB_REPOSITORY must be OWNER/NAME", "a workflow sets it; elsewhere: GITHUB_REPOSITORY=acme/shop"
            )

    @property
    def base(self) -> str:
        """The address that paths are appended to: no slash at its end."""
        return self.api.rstrip("/")

    @property
    def origin(self) -> str:
        """Scheme, host and port: the only place that may see the token."""
        parts = urlsplit(self.api)
        return f"{parts.scheme}://{parts.netloc}"

    def tls(self) -> ssl.SSLContext:
        """Whom to trust, for a TLS connection. Raises UsageError for a file that holds no certificates."""
        try:
            context = ssl.create_default_context(cafile=self.verify or None)
            if self.authorities:
                context.load_verify_locations(cadata=self.authorities)
        except (OSError, ValueError) as error:
            raise UsageError(f"the certificate authorities cannot be read: {type(error).__name__}") from None
        # Authorities of company proxies often lack an extension that Python 3.13 began to insist on; Go does not.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context


def connection_of(environ: Mapping[str, str], *, token: str, ca_bundle_pem: str = "") -> Connection:
    """The connection that a workflow's variables describe: GITHUB_API_URL, GITHUB_REPOSITORY, SSL_CERT_FILE.

    Args:
        token: may be empty.
        ca_bundle_pem: what `trust.read_bundle` gave for the input `ca-bundle`, else empty.

    Raises:
        UsageError: as Connection.
    """
    return Connection(
        environ.get("GITHUB_API_URL") or DEFAULT_API,
        environ.get("GITHUB_REPOSITORY", ""),
        token,
        str(system_bundle(environ) or ""),
        ca_bundle_pem,
    )


def _is_safe(address: str) -> bool:
    """Whether a token may be sent to an address, and one name alone stands in it."""
    try:
        parts: SplitResult = urlsplit(address)
        is_plain = parts.port is not None and (parts.scheme, parts.hostname) == ("http", "127.0.0.1")
    except ValueError:
        return False
    is_bare = not (parts.username or parts.password or parts.query or parts.fragment)
    return bool(parts.hostname) and is_bare and (parts.scheme == "https" or is_plain)


def _is_name(text: str) -> bool:
    return text not in {"", ".", ".."} and all(char.isascii() and (char.isalnum() or char in "-_.") for char in text)
