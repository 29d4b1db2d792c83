"""A server that says exactly the bytes a test gives it, for answers that no well-behaved server would give."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self

Piece = bytes | float  # bytes to send, or seconds to be silent; the connection ends with a negative number


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Script = Callable[[Asked], Iterable[Piece]]
CLOSE, RESET = -1.0, -2.0


def answer(body: bytes = b"{}", status: int = 200, **headers: str) -> bytes:
    """A whole answer with its length; `_` in a header's name stands for `-`."""
    given = {"content_length": str(len(body)), **headers}
    lines = [f"HTTP/1.1 {status} X", *(f"{name.replace('_', '-')}: {value}" for name, value in given.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class RawServer:
    """Answers each request with what `script` gives for it, on a port of the loopback.

    Attributes:
        asked: the requests so far. connections: how many were accepted.
    """

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.asked: list[Asked] = []
        self.connections = 0
        self._tls = tls
        self._stopped = threading.Event()
        self._open: set[socket.socket] = set()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for each in (self._socket, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = self._socket.accept()
                self.connections += 1
                self._open.add(plain)
                threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            connection = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
            self._open.add(connection)
            with connection, connection.makefile("rb") as stream:
                for asked in iter(lambda: _read(stream), None):
                    self.asked.append(asked)
                    if not self._say(connection, self.script(asked)):
                        return

    def _say(self, connection: socket.socket, pieces: Iterable[Piece]) -> bool:
        """Send the pieces; whether the connection stays."""
        for piece in pieces:
            if isinstance(piece, bytes):
                connection.sendall(piece)
            elif piece < 0:
                if piece == RESET:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    connection.close()
                else:
                    connection.shutdown(socket.SHUT_RDWR)
                return False
            elif self._stopped.wait(piece):
                return False
        return True


def _read(stream: Iterable[bytes]) -> Asked | None:
    lines = _head(iter(stream))
    if not lines:
        return None
    method, path, _ = lines[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    body = stream.read(int(headers.get("content-length", "0")))  # type: ignore[attr-defined]
    return Asked(method, path, headers, body)


def _head(lines: Iterator[bytes]) -> list[str]:
    found = []
    for line in lines:
        if line == b"\r\n":
            break
        found.append(line.decode("latin-1").rstrip("\r\n"))
    return found
