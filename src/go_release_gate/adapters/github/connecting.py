"""A client for the repository that a workflow runs in."""

from __future__ import annotations

from collections.abc import Mapping

from go_release_gate.adapters.github.client import Client, Timing
from go_release_gate.adapters.github.connection import Connection, connection_of
from go_release_gate.adapters.github.wire import Wire


def connect(environ: Mapping[str, str], *, token: str, ca_bundle_pem: str = "", timing: Timing | None = None) -> Client:
    """Ask GitHub about the repository that the environment names, trusting the system's authorities and a company's.

    Nothing is sent yet; the time for GitHub begins here.

    Args:
        environ: GITHUB_API_URL, GITHUB_REPOSITORY and SSL_CERT_FILE are read.
        token: may be empty; then public repositories can be read.
        ca_bundle_pem: what `trust.read_bundle` gave for the input `ca-bundle`, else empty.

    Raises:
        UsageError: an address that is not https, no repository, or certificates that cannot be read.
    """
    return client_of(connection_of(environ, token=token, ca_bundle_pem=ca_bundle_pem), timing)


def client_of(connection: Connection, timing: Timing | None = None) -> Client:
    """A client for the repository of `connection`, whose time begins here."""
    return Client(Wire(connection), connection.repository, timing)
