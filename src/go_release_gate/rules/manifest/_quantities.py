"""Amounts of memory and of processors, as Kubernetes, compose files and Go write them.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
https://docs.docker.com/reference/compose-file/extension/#specifying-byte-values
https://pkg.go.dev/runtime#hdr-Environment_Variables
"""

from __future__ import annotations

import re
from decimal import Decimal

_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][0-9]{1,2})?")
_DECIMAL = {"n": -3, "u": -2, "m": -1, "k": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}
_BINARY = "KMGTPE"
_COMPOSE = re.compile(r"(?i)([0-9]+(?:\.[0-9]+)?)(b|k|m|g|kb|mb|gb)?")
_GO = re.compile(r"([0-9]{1,19})(B|KiB|MiB|GiB|TiB)?")


def quantity(text: str) -> Decimal | None:
    """A quantity of Kubernetes as a number, None where it is none."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    number, suffix = Decimal(match[1]), match[2] or ""
    if suffix.endswith("i"):
        return number * Decimal(1024 ** (_BINARY.index(suffix[0]) + 1))
    if suffix[:1] in ("e", "E") and suffix[1:]:
        return number.scaleb(int(suffix[1:]))
    return number.scaleb(3 * _DECIMAL[suffix]) if suffix else number


def compose_bytes(text: str) -> Decimal | None:
    """A size in a compose file: units are powers of 1024."""
    match = _COMPOSE.fullmatch(text)
    if match is None:
        return None
    return Decimal(match[1]) * Decimal(1024 ** "bkmg".index((match[2] or "b")[0].lower()))


def go_bytes(text: str) -> int | None:
    """What GOMEMLIMIT says; None: Go cannot read it and ends the program at its start."""
    match = _GO.fullmatch(text)
    if match is None:
        return None
    count = int(match[1]) * 1024 ** (["B", "KiB", "MiB", "GiB", "TiB"].index(match[2] or "B"))
    return count if count < 1 << 63 else None


def go_text(count: int) -> str:
    """A number of bytes as GOMEMLIMIT says it, in whole MiB where that is near enough."""
    return f"{count >> 20}MiB" if count >= 16 << 20 else f"{count}B"
