"""How every JSON report is written."""

from __future__ import annotations

import json
from typing import Any

SCHEMA = 1
"""Version of the envelope; it grows by new keys only."""


def dumps(value: Any, *, indent: int | None = 2) -> str:
    """JSON in ASCII, with `#` as `\\u0023`: a runner reads `##[…]` in any line of a log as a command, and
    reports end up in logs by way of `cat`, too."""
    return json.dumps(value, indent=indent).replace("#", "\\u0023")
