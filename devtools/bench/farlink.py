"""A TCP address on the loopback behind which another one lies further away: every byte arrives later, in both ways."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass
class Link:
    """`address`: what to connect to. `delay`: seconds that a byte is under way, in each direction; may be changed."""

    address: str = ""
    delay: float = 0.0


@contextlib.contextmanager
def linked(target: str) -> Iterator[Link]:
    """A link to `HOST:PORT`."""
    link, loop, is_up = Link(), asyncio.new_event_loop(), threading.Event()
    host, _, port = target.rpartition(":")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * link.delay)  # the handshake, which the kernel has answered already
        there, back = await asyncio.open_connection(host, int(port))
        await asyncio.gather(_carry(link, reader, back), _carry(link, there, writer), return_exceptions=True)

    async def begin() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        link.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        is_up.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(begin())
        loop.run_forever()

    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # connections that are open at the end are no trouble
    threading.Thread(target=run, daemon=True).start()
    if not is_up.wait(20):
        raise SystemExit("the link does not come up")
    try:
        yield link
    finally:
        for task in asyncio.all_tasks(loop):
            loop.call_soon_threadsafe(task.cancel)
        loop.call_soon_threadsafe(loop.call_later, 0.2, loop.stop)


async def _carry(link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Bytes as they come, each after its time; they are not slower one behind the other."""
    loop, under_way = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()

    async def deliver() -> None:
        while True:
            moment, data = await under_way.get()
            await asyncio.sleep(max(0.0, moment - loop.time()))
            if not data:
                break
            writer.write(data)
            await writer.drain()
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()

    delivering = asyncio.create_task(deliver())
    data = b"x"
    while data:
        try:
            data = await reader.read(1 << 16)
        except OSError:
            data = b""
        under_way.put_nowait((loop.time() + link.delay, data))
    with contextlib.suppress(OSError):
        await delivering
