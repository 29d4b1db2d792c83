"""Entries that were believed before: their links are followed over the bytes, and each is made when it is asked for.

Most of what is done concerns one service, and a ledger has thousands of entries of others.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from operator import eq
from typing import overload

from go_release_gate.errors import RefusedError
from go_release_gate.ledger.canonical import decoded_again
from go_release_gate.ledger.codec import InvalidEntryError
from go_release_gate.ledger.entry import Entry

# In an entry's canonical bytes `prev` stands in front of `schema`, or of `reason` and that. No key inside an entry has
# the number 1 as its `schema`: the tables with free keys hold texts alone. So this is found at the entry's own.
_REASON = re.compile(rb'"reason":"(?:[^"\\]|\\.)*",')
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')
_NONCE, _PRUNE = b'"nonce":', b'"kind":"prune"'  # what concerns every service; found once too often does no harm


class Known(Sequence[Entry]):
    """Such entries, oldest first.

    Attributes:
        head: digest of the last one's bytes. services: whose entries they are.
    """

    def __init__(self, records: Sequence[bytes], head: str, places: dict[str, list[int]], of_all: list[int]) -> None:
        self.head = head
        self.services = frozenset(places)
        self._records = records
        self._places = places
        self._of_all = of_all
        self._made: dict[int, Entry] = {}

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> list[Entry]: ...
    def __getitem__(self, place: int | slice) -> Entry | list[Entry]:
        """Raises RefusedError: an entry is none, so what was remembered was forged."""
        numbers = range(len(self._records))[place]
        return self._entry(numbers) if isinstance(numbers, int) else [self._entry(one) for one in numbers]

    def of(self, service: str) -> list[Entry]:
        """Those of a service."""
        return [self._entry(one) for one in self._places.get(service, ())]

    def of_all(self) -> list[Entry]:
        """Those that concern every service: used-up nonces, what was pruned. Others may be among them."""
        return [self._entry(one) for one in self._of_all]

    def _entry(self, number: int) -> Entry:
        found = self._made.get(number)
        if found is None:
            try:
                found = self._made[number] = decoded_again(self._records[number])
            except InvalidEntryError as error:
                raise RefusedError(
                    f"entry {number + 1} of the ledger must not be believed: {error}",
                    "run `go-release-gate release verify`",
                ) from None
        return found


def followed(records: Sequence[bytes]) -> Known | None:
    """Records whose forms and signatures were believed before, if each names the digest of the one before.

    None: they do not. Who trusts the last record's bytes can trust all of them then.
    """
    places: dict[bytes, list[int]] = {}
    of_all: list[int] = []
    head = ""
    for number, data in enumerate(records):
        service = _service(data, number + 1, head) if number else _first(data)
        if service is None:
            return None
        places.setdefault(service, []).append(number)
        if _NONCE in data or _PRUNE in data:
            of_all.append(number)
        head = f"sha256:{hashlib.sha256(data).hexdigest()}"
    try:
        return Known(records, head, {json.loads(name): found for name, found in places.items()}, of_all)
    except ValueError:
        return None


def _first(data: bytes) -> bytes | None:
    """The service of the ledger's first entry, as JSON."""
    try:
        entry = decoded_again(data)
    except InvalidEntryError:
        return None
    return None if entry.prev or entry.seq != 1 else json.dumps(entry.service, ensure_ascii=False).encode()


def _service(data: bytes, seq: int, head: str) -> bytes | None:
    """The service of an entry, as JSON; None: it does not say that it stands there."""
    prev, number = '"prev":"%s",' % head, '"schema":1,"seq":%d,"service":' % seq  # noqa: UP031 - ten thousand times
    link = (prev + number).encode()
    end = data.find(link) + len(link)
    if end < len(link):
        start = data.find(prev.encode())
        reason = _REASON.match(data, start + len(prev)) if start >= 0 else None
        if not reason or not data.startswith(number.encode(), reason.end()):
            return None
        end = reason.end() + len(number)
    found = _TEXT.match(data, end)
    return found[0] if found else None


class Entries(Sequence[Entry]):
    """A chain's entries: the known ones, and those behind them."""

    def __init__(self, known: Known | None = None, own: Iterable[Entry] = ()) -> None:
        self.known = known
        self._own = list(own)
        self._count = len(known) if known is not None else 0

    def __len__(self) -> int:
        return self._count + len(self._own)

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> list[Entry]: ...
    def __getitem__(self, place: int | slice) -> Entry | list[Entry]:
        numbers = range(len(self))[place]
        return self._entry(numbers) if isinstance(numbers, int) else [self._entry(one) for one in numbers]

    def __iter__(self) -> Iterator[Entry]:
        return (self._entry(one) for one in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]

    def of(self, service: str) -> list[Entry]:
        """Those of a service alone, oldest first."""
        known = self.known.of(service) if self.known is not None else []
        return known + [one for one in self._own if one.service == service]

    def append(self, entry: Entry) -> None:
        """One more."""
        self._own.append(entry)

    def copy(self) -> Entries:
        """The same, to go on from without changing this one."""
        return Entries(self.known, self._own)

    def _entry(self, number: int) -> Entry:
        known = self.known
        return known[number] if known is not None and number < self._count else self._own[number - self._count]
