"""Where the next page is: the header Link. Pure.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

_NEXT = re.compile(r"<([^<>]{1,4096})>[^<>,]{0,200}?;[ \t]*rel=\"?next\"?(?=[\s;,]|$)", re.IGNORECASE)


def next_page(header: str, current: str) -> str:
    """The address of the next page, absolute; empty: this was the last."""
    match = _NEXT.search(header[:16384])
    if not match:
        return ""
    try:
        return urljoin(current, str(match[1]))
    except ValueError:
        return ""
