"""Digests of image content: `sha256:` and 64 lower-case hexadecimal digits.

The grammar allows other algorithms
(https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests); registries name manifests by sha256, and
nothing else is accepted here.
"""

from __future__ import annotations

import re

ALGORITHM = "sha256"
_ENCODED = re.compile(r"[a-f0-9]{64}", re.ASCII)


class InvalidDigestError(ValueError):
    """A text that is not the digest it should be; the message says what was expected."""


def of(content: bytes) -> str:
    """The digest of `content`."""
    import hashlib

    return f"{ALGORITHM}:{hashlib.sha256(content).hexdigest()}"


def is_valid(text: str) -> bool:
    """Whether `text` is a sha256 digest in its only form; upper-case hexadecimal is not."""
    algorithm, colon, encoded = text[: len(ALGORITHM) + 66].partition(":")
    return algorithm == ALGORITHM and bool(colon) and _ENCODED.fullmatch(encoded) is not None


def parse(text: str) -> str:
    """`text` unchanged when it is a sha256 digest.

    Raises:
        InvalidDigestError: it has another algorithm, another length or other characters.
    """
    if is_valid(text):
        return text
    algorithm, colon, encoded = text.partition(":")
    if not colon:
        raise InvalidDigestError("a digest has no algorithm; expected sha256: and 64 lower-case hex digits")
    if algorithm != ALGORITHM:
        raise InvalidDigestError("a digest has an algorithm other than sha256; expected sha256 and 64 hex digits")
    if _ENCODED.fullmatch(encoded.lower()[:65]):
        raise InvalidDigestError("a digest has upper-case hexadecimal digits; expected lower case")
    if len(encoded) != 64:
        raise InvalidDigestError(f"a digest has {len(encoded)} characters behind sha256:; expected 64 hex digits")
    raise InvalidDigestError("a digest has characters that are not hexadecimal digits; expected 64 of 0-9 and a-f")
