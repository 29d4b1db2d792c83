"""The origin: bare repositories behind the real `git http-backend`, on the loopback, where anybody may push."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from fakes.gitserver import backend
from fakes.tlsproxy import Asked


class Origin:
    """Serves the bare repositories below `root` (`owner/name.git`) at `url/owner/name`, while it is entered."""

    def __init__(self, root: Path) -> None:
        handler = type("OriginHandler", (_Handler,), {"root": root})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    root: Path
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        owner, name, inside = path.lstrip("/").split("/", 2)
        asked = Asked("", self.command, "", query, dict(self.headers), self._body())
        answer = backend(self.root, f"/{owner}/{name.removesuffix('.git')}.git/{inside}", asked)
        self.send_response(answer.status)
        for key, value in answer.headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = _serve  # noqa: N815 - names of http.server

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def log_message(self, *_: object) -> None:
        """Quiet."""
