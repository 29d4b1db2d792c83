"""A token service for a real registry: https://distribution.github.io/distribution/spec/auth/jwt/."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ISSUER, SERVICE = "token service of a test", "registry.example.com"


@dataclass
class TokenService:
    """Gives tokens to those who may, on a port of the loopback.

    Attributes:
        users: user → password; with an empty name, anybody may read. refresh: refresh tokens that count.
        may: what a token may allow at most; what else is asked for is left out of it, as token services do.
        lifetime: seconds that a token lives; negative: it has expired when it is given.
        asked: (method, parameters, Authorization) of each request.
    """

    folder: Path
    users: dict[str, str]
    refresh: frozenset[str] = frozenset()
    lifetime: int = 300
    may: frozenset[str] = frozenset({"pull"})
    asked: list[tuple[str, dict[str, list[str]], str]] = field(default_factory=list)
    realm: str = ""

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ISSUER)])
        now = dt.datetime.now(dt.UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self._key.public_key())
        builder = (
            builder.serial_number(1).not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(1))
        )
        self._certificate = builder.sign(self._key, hashes.SHA256())
        self.bundle = self.folder / "token.pem"
        self.bundle.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def auth(self) -> dict[str, Any]:
        """The section `auth` of the registry that trusts this service."""
        given = {"realm": self.realm, "service": SERVICE, "issuer": ISSUER, "rootcertbundle": str(self.bundle)}
        return {"token": given}

    def token(self, path: str, actions: tuple[str, ...] = ("pull",), lifetime: int | None = None) -> str:
        """A token for a repository."""
        now = int(time.time())
        life = self.lifetime if lifetime is None else lifetime
        claims = {
            "iss": ISSUER,
            "sub": "",
            "aud": SERVICE,
            "iat": now - 600,
            "nbf": now - 600,
            "exp": now + life,
            "jti": "1",
            "access": [{"type": "repository", "name": path, "actions": list(actions)}],
        }
        der = self._certificate.public_bytes(serialization.Encoding.DER)
        return jwt.encode(claims, self._key, "ES256", headers={"x5c": [base64.b64encode(der).decode()]})

    @contextlib.contextmanager
    def running(self) -> Iterator[TokenService]:
        """Serve while this holds."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: object) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                self._say(query, service.allows(self.headers.get("Authorization", "")))

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._say(form, form.get("refresh_token", [""])[0] in service.refresh)

            def _say(self, given: dict[str, list[str]], is_allowed: bool) -> None:
                service.asked.append((self.command, given, self.headers.get("Authorization", "")))
                body: dict[str, Any] = {"errors": [{"code": "UNAUTHORIZED", "message": "wrong"}]}
                if is_allowed:
                    _, path, wanted = given["scope"][0].split(":")
                    actions = tuple(each for each in wanted.split(",") if each in service.may)
                    body = {"token" if self.command == "GET" else "access_token": service.token(path, actions)}
                data = json.dumps(body).encode()
                self.send_response(200 if is_allowed else 401)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.realm = f"http://127.0.0.1:{server.server_address[1]}/token"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def allows(self, authorization: str) -> bool:
        """Whether a login is right."""
        if not authorization:
            return "" in self.users
        user, _, password = base64.b64decode(authorization.partition(" ")[2]).decode().partition(":")
        return user in self.users and self.users[user] == password
