"""Secrets kept out of every report, by value and in the forms they take on the way."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, TypeVar, cast

SHORTEST = 4  # characters; anything shorter would blot out ordinary words
MASK = "***"

T = TypeVar("T")


class Redactor:
    """Replaces known secrets by `***`.

    Args:
        secrets: the values; the lines of one with several lines count each. Shorter than `SHORTEST`: ignored.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        parts = {line.strip() for secret in secrets for line in (secret, *secret.splitlines())}
        found = {form for part in parts if len(part) >= SHORTEST for form in derived_forms(part)}
        self.forms: tuple[str, ...] = tuple(sorted(found, key=lambda form: (-len(form), form)))

    def text(self, text: str) -> str:
        """`text` without any form of any secret."""
        for form in self.forms:
            text = text.replace(form, MASK)
        return text

    def value(self, value: T) -> T:
        """The same value with every string inside it redacted: dataclasses, mappings, tuples, lists."""
        return cast("T", self._walk(value)) if self.forms else value

    def _walk(self, value: Any) -> Any:
        if isinstance(value, Enum):
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, tuple | list):
            return type(value)(self._walk(item) for item in value)
        if isinstance(value, Mapping):
            return {self._walk(key): self._walk(item) for key, item in value.items()}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [field.name for field in dataclasses.fields(value) if field.init]
            return dataclasses.replace(value, **{name: self._walk(getattr(value, name)) for name in names})
        return value


def derived_forms(secret: str) -> set[str]:
    """The secret itself, URL-encoded, as JSON writes it, and as base64 shows it at any offset of a longer text
    (`x-access-token:SECRET` in a basic-auth header, for one)."""
    from urllib.parse import quote, quote_plus

    raw = secret.encode("utf-8", "surrogateescape")
    forms = {secret, quote(raw, safe=""), quote(raw), quote_plus(raw), json.dumps(secret)[1:-1]}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        forms.add(encode(raw).decode().rstrip("="))
        forms.update(_inner_base64(raw, encode))
    return {form for form in forms if len(form) >= SHORTEST}


def _inner_base64(raw: bytes, encode: Callable[[bytes], bytes]) -> Iterable[str]:
    """The characters that `raw` alone decides when it stands 0, 1 or 2 bytes into a group of three."""
    for offset in range(3):
        text = encode(b"\0" * offset + raw).decode().rstrip("=")
        start = (0, 2, 3)[offset]
        end = len(text) - (1 if (offset + len(raw)) % 3 else 0)
        if end - start >= 2 * SHORTEST:
            yield text[start:end]
