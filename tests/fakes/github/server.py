"""The fake on a real socket: HTTP/1.1 with kept connections, rate-limit headers, and what faults do to a connection."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from fakes.github.faults import Fault

if TYPE_CHECKING:
    from fakes.github.fake import GitHub
    from fakes.github.gateway import Reply, Request

LIMIT = 1000  # requests an hour and repository with GITHUB_TOKEN: rate-limits-for-the-rest-api
HANGING = 60.0  # seconds after which a hanging connection is given up
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset


class Server:
    """Listens until it is closed."""

    def __init__(self, fake: GitHub, host: str) -> None:
        handler = type("FakeHandler", (_Handler,), {"fake": fake})
        self._http = _Http((host, 0), handler)
        address = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - a comparison
        self.url = f"http://{address}:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening; cut what is open."""
        self._http.shutdown()
        self._http.cut()
        self._http.server_close()
        self._thread.join()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, *args: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def cut(self) -> None:
        """End every connection, so that no thread waits on one."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


class _Handler(BaseHTTPRequestHandler):
    fake: GitHub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        request = self._request()
        fault = self.fake.faults.take(request.method, request.path)
        reply: Reply | None = None
        if fault.is_carried_out:
            reply = self._answered(request)
            self._delay_sight(fault, reply)
        shown = self._faulty(fault) if fault.kind == "answer" else reply
        self._log(request, fault, shown)
        self._send(fault, shown)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815 - names of http.server

    def _request(self) -> Request:
        from fakes.github.gateway import Request

        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        host = self.headers.get("Host") or ""
        return Request(self.command, self._below_base(path), query, self.headers, body, f"http://{host}")

    def _below_base(self, path: str) -> str:
        """The path as api.github.com has it. Enterprise Server has `/api/v3/…` and `/api/graphql`."""
        base = self.fake.base_path
        if not base or path.startswith("/codeload/"):
            return path
        if path == "/api/graphql":
            return "/graphql"
        return path.removeprefix(base) if path.startswith(f"{base}/") else f"/outside{path}"

    def _answered(self, request: Request) -> Reply:
        from fakes.github.gateway import Reply, answered, download

        try:
            if request.path.startswith("/codeload/"):
                return download(self.fake, request.path)
            return answered(self.fake, request)
        except Exception as error:  # noqa: BLE001 - whatever breaks the fake must break the test
            self.fake.broken.append(f"{request.method} {request.path}: {error!r}")
            return Reply(500, "text/plain", {}, repr(error).encode())

    def _delay_sight(self, fault: Fault, reply: Reply) -> None:
        with self.fake.lock:
            self.fake.state.not_found_yet |= dict.fromkeys(reply.created, fault.hides)
            self.fake.state.not_listed_yet |= dict.fromkeys(reply.created, fault.unlists)

    def _faulty(self, fault: Fault) -> Reply:
        from fakes.github.gateway import Reply

        headers = dict(fault.headers)
        if fault.resets_in is not None:
            headers["X-RateLimit-Reset"] = str(int(self.fake.clock()) + fault.resets_in)
        return Reply(fault.status, fault.content_type, headers, fault.body)

    def _log(self, request: Request, fault: Fault, reply: Reply | None) -> None:
        from fakes.github.fake import Asked

        is_whole = fault.kind not in {"reset", "hang", "truncated"} and reply is not None
        with self.fake.lock:
            self.fake.requests.append(
                Asked(
                    request.method, request.path, dict(parse_qsl(request.query, keep_blank_values=True)),
                    request.document, reply.status if reply and is_whole else 0, request.login, fault.name,
                    request.headers.get("User-Agent", ""),
                )
            )  # fmt: skip

    def _send(self, fault: Fault, reply: Reply | None) -> None:
        if fault.kind == "hang":
            self._hang()
        is_empty = fault.kind == "truncated" and reply is not None and not reply.body
        if reply is None or is_empty or fault.kind in {"hang", "reset"}:
            with contextlib.suppress(OSError):
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                self.connection.close()  # socketserver would send an orderly end first
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in {**self._rate(), **reply.headers}.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if fault.kind == "truncated":
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.close_connection = True
        else:
            self.wfile.write(reply.body)

    def _rate(self) -> dict[str, str]:
        if self.fake.base_path:
            return {}  # Enterprise Server has no limits unless its owner sets some (rate-limits-for-the-rest-api)
        used = len(self.fake.requests)
        figures = {"Limit": LIMIT, "Remaining": max(LIMIT - used, 0), "Used": used}
        figures["Reset"] = int(self.fake.clock()) + 3600
        return {
            **{f"X-RateLimit-{name}": str(value) for name, value in figures.items()},
            "X-RateLimit-Resource": "core",
        }

    def _hang(self) -> None:
        """Wait until the client closes its side."""
        with contextlib.suppress(OSError, ValueError):
            readable, _, _ = select.select([self.connection], [], [], HANGING)
            if readable:
                self.connection.recv(1, socket.MSG_PEEK)

    def log_message(self, *_: Any) -> None:
        """Quiet."""
