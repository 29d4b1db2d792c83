"""A blob in a stream, from registries that break off, start anew or give something else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from fakes.rawserver import CLOSE, RESET, Asked, Piece, RawServer, answer
from go_release_gate.adapters.registry.access import Access
from go_release_gate.adapters.registry.asking import Asker, Timing
from go_release_gate.adapters.registry.blobstream import BREAKS
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.errors import AbsentError, RegistryError
from go_release_gate.adapters.registry.logins import Logins
from go_release_gate.adapters.registry.wire import HttpWire
from go_release_gate.facts.images.source import Checked, ImageError
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import parse

DATA = bytes(range(256)) * 4000
DIGEST = digests.of(DATA)
GONE = b'{"errors": [{"code": "BLOB_UNKNOWN"}]}'


def read(script: Callable[[Asked], Iterable[Piece]], **timing: Any) -> tuple[bytes, list[Asked]]:
    """The blob, checked, and what was asked."""
    with RawServer(script) as server:
        access = Access(Asker(HttpWire(), Timing(sleep=lambda _seconds: None, **timing)), Logins())
        reference = parse(f"{server.url.removeprefix('http://')}/acme/shop")
        stream = Checked(Registries(access).blob_stream(reference, DIGEST, len(DATA)), DIGEST, len(DATA))
        try:
            return b"".join(iter(lambda: stream.read(100_000), b"")), server.asked
        finally:
            stream.close()


def offset(asked: Asked) -> int:
    """Where a request wants to go on."""
    return int(asked.headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))


def part(start: int, stop: int) -> bytes:
    """An answer that announces the rest and breaks off at `stop`."""
    told = {"content_length": str(len(DATA) - start), "content_range": f"bytes {start}-{len(DATA) - 1}/{len(DATA)}"}
    return answer(DATA[start:stop], 206 if start else 200, **told)


def test_whole() -> None:
    """One request where nothing breaks."""
    data, asked = read(lambda _asked: [answer(DATA)])
    assert data == DATA
    assert len(asked) == 1


@pytest.mark.parametrize("end", [CLOSE, RESET])
def test_it_goes_on(end: float) -> None:
    """Where connections break, only what is missing is asked for."""
    data, asked = read(lambda one: [part(offset(one), offset(one) + 300_000), end])
    assert data == DATA
    assert len(asked) >= 4
    assert offset(asked[1]) > 0


def test_no_ranges() -> None:
    """Where a registry starts anew, what is known is passed over."""
    count = iter(range(9))
    data, asked = read(
        lambda _asked: [answer(DATA[: 600_000 if next(count) == 0 else None], content_length=str(len(DATA))), CLOSE]
    )
    assert data == DATA
    assert len(asked) == 2


def test_it_breaks_for_ever() -> None:
    """A registry that gives nothing more is given up, in words that name it and how far it came."""
    with pytest.raises(RegistryError, match=r"127\.0\.0\.1:\d+ breaks off a blob after 1000 of"):
        read(lambda one: [part(offset(one), 1000), CLOSE])


def test_another_part() -> None:
    """A part that was not asked for is not taken."""
    with pytest.raises(RegistryError, match="another part"):
        read(
            lambda one: [
                part(0, 500) if not offset(one) else answer(b"x", 206, content_range="bytes 900-900/99"),
                CLOSE,
            ]
        )


def test_other_bytes() -> None:
    """Bytes with another digest are refused at the end; more than announced at once."""
    with pytest.raises(ImageError, match="another digest"):
        read(lambda _asked: [answer(b"x" * len(DATA))])
    with pytest.raises(ImageError, match="longer"):
        read(lambda _asked: [answer(DATA + b"x")])


def test_absent() -> None:
    """A blob that is not there is absent."""
    with pytest.raises(AbsentError):
        read(lambda _asked: [answer(GONE, 404)])


class Clock:
    """Seconds that go by whenever a server's script says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def slow(self, one: Asked, piece: int, seconds: float) -> Iterator[Piece]:
        """The rest of the blob in pieces, `seconds` before each of them."""
        data = part(offset(one), len(DATA))
        for at in range(0, len(data), piece):
            self.now += seconds
            yield data[at : at + piece]
            yield 0.01  # so that pieces are read one by one
        yield CLOSE


def test_a_long_download_that_goes_on() -> None:
    """Questions have a minute, blobs a quarter of an hour: a slow registry that keeps sending is waited for."""
    clock = Clock()
    data, asked = read(lambda one: clock.slow(one, 100_000, 25.0), clock=clock, total=60.0)
    assert data == DATA
    assert len(asked) == 1
    assert 200 < clock.now < 900


def test_time_for_questions_is_left_after_a_download() -> None:
    """What a download took is not taken from what is asked afterwards."""
    clock = Clock()
    timing = Timing(clock=clock, total=60.0)
    assert timing.left() == 60.0
    clock.now = 500.0
    assert timing.moved(490.0) == 410.0
    assert timing.left() == 50.0


def test_a_download_that_takes_for_ever() -> None:
    """All blobs together have an end, however steadily they come; the message tells how far it was."""
    clock = Clock()
    with pytest.raises(RegistryError, match=r"in time: \d+ of 1024000 bytes when 100 s for all blobs were over"):
        read(lambda one: clock.slow(one, 70_000, 25.0), clock=clock, total=60.0, transfers=100.0)


def test_a_trickle_counts_as_broken() -> None:
    """A registry that sends a few bytes now and then is asked anew, and given up after some times of that."""
    clock = Clock()
    asked: list[Asked] = []

    def script(one: Asked) -> Iterator[Piece]:
        asked.append(one)
        return clock.slow(one, 500, 9.0)

    with pytest.raises(RegistryError, match="breaks off a blob after"):
        read(script, clock=clock, total=60.0)
    assert len(asked) == 1 + BREAKS
    assert clock.now < 900
