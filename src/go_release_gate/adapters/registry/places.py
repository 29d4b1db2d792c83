"""Where a registry is, and where it may lead us. Pure.

A registry's answer can name two other addresses: the token service of its challenge and the store behind a redirect.
Both are foreign words. They are followed over https, and not into the machine's own or a cloud's inner network.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

DOCKER_HUB = "docker.io"
_DOCKER_HUB_API = "registry-1.docker.io"
_DOCKER_HUB_NAMES = frozenset({DOCKER_HUB, _DOCKER_HUB_API, "index.docker.io"})


@dataclass(frozen=True, slots=True)
class Place:
    """One registry.

    Attributes:
        domain: as references name it (`docker.io`, `ghcr.io`, `127.0.0.1:5000`).
        is_plain: whether it is asked over http: the loopback, and what the user names as such.
        insecure: every host that the user names as such, which it may therefore lead to.
    """

    domain: str
    is_plain: bool = False
    insecure: frozenset[str] = frozenset()

    @property
    def host(self) -> str:
        """Host and port that are asked; Docker Hub's interface has another name than the hub."""
        return _DOCKER_HUB_API if self.domain == DOCKER_HUB else self.domain

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{'http' if self.is_plain else 'https'}://{self.host}"


def place_of(domain: str, insecure: frozenset[str] = frozenset()) -> Place:
    """The registry that `domain` names; `insecure`: further hosts that are asked over plain http."""
    domain = canonical(domain)
    return Place(domain, domain in insecure or is_loopback(host_of(domain)), insecure)


def canonical(host: str) -> str:
    """One name for the hosts that mean Docker Hub; lower case."""
    host = host.lower()
    return DOCKER_HUB if host in _DOCKER_HUB_NAMES else host


def host_of(domain: str) -> str:
    """A host without its port and, for IPv6, without its brackets."""
    try:
        return urlsplit(f"//{domain}").hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def refusal(place: Place, url: str) -> str:
    """Why `url`, which an answer of `place` names, is not followed; empty: it may be."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return "an address with characters that no address has"
    try:
        parts = urlsplit(url)
        named = f"{parts.hostname}:{parts.port or ''}"
    except ValueError:
        return "an address that cannot be read"
    if not parts.hostname or parts.username is not None or parts.password is not None:
        return "an address without a host, or with a user in it"
    if f"{parts.scheme}://{parts.netloc}".lower() == place.origin.lower():
        return ""
    if parts.scheme in ("http", "https") and parts.netloc in place.insecure:
        return ""
    return _foreign_refusal(place, parts, named.rstrip(":"))


def _foreign_refusal(place: Place, parts: SplitResult, named: str) -> str:
    host = str(parts.hostname)
    is_near = is_loopback(host_of(place.domain)) and is_loopback(host)
    if parts.scheme != "https" and not (parts.scheme == "http" and place.is_plain and is_near):
        return f"{named} without https"
    address = _address(host)
    if is_near:
        return ""
    if host == "localhost" or host.endswith(".localhost"):
        return f"{named}, which is this machine"
    if address is None:
        return "" if _is_name(host) else f"{named}, which is no host name"
    own = _address(host_of(place.domain))
    is_from_within = own is not None and own.is_private and not own.is_loopback
    if address.is_link_local or not (address.is_global or (is_from_within and not address.is_loopback)):
        return f"{named}, an address of an inner network"
    return ""


def is_link_local(host: str) -> bool:
    """Whether a host is an address of the machine's own link: clouds answer there with their machines' logins."""
    address = _address(host.strip("[]"))
    return address is not None and address.is_link_local


def _is_name(host: str) -> bool:
    """Whether the last part is no number: `2130706433` and `0x7f.1` are addresses to some resolvers."""
    last = host.rstrip(".").rpartition(".")[2]
    return bool(last) and not last.isdigit() and not last.startswith("0x")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address
