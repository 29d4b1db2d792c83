"""Entries as bytes, one form for each: JSON with sorted keys, no white space, no float, a final newline.

What is signed are the bytes of the entry without its signature; what the next entry names are those with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from go_release_gate.ledger.codec import InvalidEntryError, made, made_again, plain
from go_release_gate.ledger.entry import KINDS, SCHEMA, Entry

SIZE_LIMIT = 256 << 10  # bytes of an entry; the longest parts are lists of digests


def document_of(entry: Entry) -> dict[str, Any]:
    """The entry as JSON values; empty parts are left out."""
    return {"schema": SCHEMA, **plain(entry)}


def encoded(entry: Entry) -> bytes:
    """The entry's own bytes, its signature among them. Raises InvalidEntryError for text that is no Unicode."""
    return _bytes(document_of(entry))


def signed_bytes(entry: Entry) -> bytes:
    """The bytes that a signature is made of."""
    return _bytes(document_of(replace(entry, signature=None)))


def digest_of(entry: Entry) -> str:
    """`sha256:…` of the entry's bytes: the `prev` of the entry behind it."""
    return f"sha256:{hashlib.sha256(encoded(entry)).hexdigest()}"


def decoded(data: bytes) -> Entry:
    """The entry in `data`.

    Raises:
        InvalidEntryError: no JSON, unknown or missing keys, values of a wrong type, another schema, or another form
            than the canonical one.
    """
    document = _loaded(data)
    entry = entry_of(document)
    if _bytes(document) != data:
        raise InvalidEntryError("not in canonical form: keys sorted, no spaces, empty parts left out")
    return entry


def decoded_again(data: bytes) -> Entry:
    """The entry in bytes that `decoded` took before, without asking again for their form.

    Raises:
        InvalidEntryError: they are another's. Not every fault of form is found: who asks must know the bytes' digest.
    """
    document = _loaded(data)
    try:
        del document["schema"]
        return made_again(Entry, document)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise InvalidEntryError(f"not the entry that was known: {error}") from None


def entry_of(document: Any) -> Entry:
    """The entry that JSON values say. Raises InvalidEntryError."""
    if not isinstance(document, dict):
        raise InvalidEntryError("no JSON object")
    if type(document.get("schema")) is not int or document["schema"] != SCHEMA:  # True is 1 for Python
        raise InvalidEntryError(f"schema {document.get('schema')!r}: this program knows {SCHEMA}")
    entry = made(Entry, {key: value for key, value in document.items() if key != "schema"})
    if entry.kind not in KINDS:
        raise InvalidEntryError(f"kind: unknown value {entry.kind!r}")
    return entry


def _loaded(data: bytes) -> Any:
    if len(data) > SIZE_LIMIT:
        raise InvalidEntryError(f"{len(data)} bytes, at most {SIZE_LIMIT} are read")
    try:
        return _READER.decode(data.decode())
    except (ValueError, RecursionError) as error:
        raise InvalidEntryError(f"no JSON: {error}") from None


def _no_float(text: str) -> float:
    raise ValueError(f"{text} is no whole number")


# made once: json.loads and json.dumps make theirs anew for each of thousands of entries
_READER = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)
_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _bytes(document: Mapping[str, Any]) -> bytes:
    try:
        return f"{_WRITER.encode(document)}\n".encode()
    except UnicodeEncodeError:
        raise InvalidEntryError("text that is no Unicode: it has half of a surrogate pair") from None
