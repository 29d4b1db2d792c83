"""An internet on loopback: a CONNECT proxy that ends TLS itself and answers for every host it knows.

Certificates come from one authority. When that is a company's, this is a TLS-intercepting proxy: clients that do not
trust the company refuse every host.
"""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from fakes.authority import Authority


@dataclass(frozen=True)
class Asked:
    """A request that reached a host."""

    host: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What a service says."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


Service = Callable[[Asked], Answer]


class Internet:
    """Hosts by name, behind a proxy at `url`; `log` holds every request that reached a host, in order."""

    def __init__(self, authority: Authority, services: Mapping[str, Service]) -> None:
        self.services = dict(services)
        self.log: list[Asked] = []
        self.tunnels: list[str] = []
        self._authority = authority
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        internet = self

        class Proxy(_Proxy):
            net = internet

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextlib.contextmanager
    def running(self) -> Iterator[Internet]:
        """Serve while this holds."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def context(self, host: str) -> ssl.SSLContext:
        """The TLS context of a host, its certificate made at the first visit."""
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = self._authority.server(host)
            return self._contexts[host]


class _Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20

    def log_message(self, *_args: object) -> None:
        """Say nothing: the log is a list."""


class _Proxy(_Quiet):
    net: Internet

    def do_CONNECT(self) -> None:
        host = self.path.rpartition(":")[0]
        self.net.tunnels.append(host)
        self.close_connection = True
        if host not in self.net.services:
            self.send_error(502, "no such host")
            return
        self.send_response(200)
        self.end_headers()
        context = self.net.context(host)
        with contextlib.suppress(OSError), context.wrap_socket(self.connection, server_side=True) as tls:
            _Host(host, self.net)(tls, self.client_address, self.server)


class _Host:
    """Makes handlers for the requests inside one tunnel."""

    def __init__(self, host: str, net: Internet) -> None:
        self._host, self._net = host, net

    def __call__(self, *args: object) -> None:
        host, net = self._host, self._net

        class Handler(_Quiet):
            def answer(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(host, self.command, parts.path, parts.query, dict(self.headers.items()), body)
                net.log.append(asked)
                said = net.services[host](asked)
                self.send_response(said.status)
                for name, value in {**said.headers, "Content-Length": str(len(said.body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said.body)

            do_GET = do_POST = do_HEAD = answer  # noqa: N815 - the names http.server calls

        Handler(*args)  # type: ignore[arg-type]
