"""A GET for a probe: bounded in time, size and redirects; no login is sent, and no inner address is led to."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from go_release_gate.adapters.registry.answers import Answer
from go_release_gate.adapters.registry.places import Place, is_link_local, refusal
from go_release_gate.adapters.registry.wire import Ask, Wire
from go_release_gate.errors import UsageError

REDIRECTS = 3
SIZE_LIMIT = 1 << 20  # bytes of an answer
_REDIRECT = frozenset({301, 302, 303, 307, 308})


def checked(url: str, what: str) -> str:
    """`url`, which a configuration names, if it may be asked. Raises UsageError; its text holds no more than the host.

    Addresses of the machine's own link are refused: clouds give out logins of their machines there.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise UsageError(f"{what}: an address that cannot be read") from None
    if parts.scheme not in ("http", "https") or not host or not url.isascii() or not url.isprintable() or " " in url:
        raise UsageError(f"{what}: expected an address like https://shop.example.com/healthz")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"{what}: the address of {host} holds a login, which is not sent")
    if is_link_local(host):
        raise UsageError(f"{what}: {host} is an address of this machine's own link, which is not asked")
    return url


def fetched(wire: Wire, ask: Ask, seconds: float, *, follow: bool = True) -> Answer:
    """The answer to `ask`, after at most three redirects."""
    parts = urlsplit(ask.url)
    place = Place(parts.netloc, parts.scheme == "http")
    for _ in range(REDIRECTS + 1):
        answer = wire.send(ask, seconds)
        location = answer.headers.get("location", "") if follow and answer.status in _REDIRECT else ""
        if not location:
            return answer
        target = _joined(ask.url, location)
        if why := refusal(place, target):
            return Answer(0, trouble=f"a redirect to {why}", is_final=True)
        ask = replace(ask, url=target)
    return Answer(0, trouble=f"more than {REDIRECTS} redirects", is_final=True)


def _joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location)
    except ValueError:
        return ""
