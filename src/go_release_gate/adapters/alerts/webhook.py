"""Alerts as requests: signed JSON for programs, `{"text": …}` for chats.

A receiver computes HMAC-SHA256 of the body's bytes with the shared key, compares it in constant time with the header
`X-Go-Release-Gate-Signature-256`, and refuses a `time` in the body that is old.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from go_release_gate.adapters.alerts.message import PATIENCE
from go_release_gate.adapters.health.fetching import checked, fetched
from go_release_gate.adapters.registry.places import is_loopback
from go_release_gate.adapters.registry.wire import Ask, Wire
from go_release_gate.errors import UnavailableError, UsageError

SIGNATURE = "X-Go-Release-Gate-Signature-256"


def signature_of(body: bytes, key: bytes) -> str:
    """`sha256=…`: the header's value."""
    return f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"


def send_json(wire: Wire, url: str, document: Mapping[str, Any], key: bytes = b"", seconds: float = PATIENCE) -> None:
    """Send JSON, signed where there is a key. Raises UsageError, or UnavailableError; neither holds the address."""
    body = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json", **({SIGNATURE: signature_of(body, key)} if key else {})}
    ask = Ask("POST", checked(url, "alerts.url"), headers, body, limit=64 << 10)
    answer = fetched(wire, ask, seconds, follow=False)
    if not 200 <= answer.status < 300:
        why = answer.trouble or f"HTTP {answer.status}"
        raise UnavailableError(f"{urlsplit(url).hostname} did not take the alert: {why}")


def send_chat(wire: Wire, url: str, text: str, seconds: float = PATIENCE) -> None:
    """Send a chat's line; its address is a login, so it goes over https alone."""
    parts = urlsplit(checked(url, "alerts.url"))
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise UsageError(f"alerts.url: the address of {parts.hostname} is a login, which is not sent without https")
    send_json(wire, url, {"text": text}, seconds=seconds)
