"""Where a request goes: straight to its host, or through a proxy of the environment.

https://www.rfc-editor.org/rfc/rfc9112#section-3.2 (absolute-form to a proxy, origin-form to everybody else) and
https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6 (CONNECT).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from go_release_gate.adapters.registry.places import is_loopback

if TYPE_CHECKING:
    import ssl
    from http.client import HTTPConnection

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Route:
    """What a connection is for. Equal routes may share one.

    Attributes:
        proxy: the proxy's address, with its login; empty: none.
    """

    scheme: str
    host: str
    port: int
    proxy: str = field(default="", repr=False)

    @property
    def is_relayed(self) -> bool:
        """Whether a proxy reads the requests; what goes through a tunnel it does not."""
        return bool(self.proxy) and self.scheme == "http"

    def connection(self, tls: ssl.SSLContext, silence: float) -> HTTPConnection:
        """A new connection, which connects with the first request; `silence`: seconds for that."""
        from http.client import HTTPConnection, HTTPSConnection

        if not self.proxy:
            if self.scheme == "http":
                return HTTPConnection(self.host, self.port, timeout=silence)
            return HTTPSConnection(self.host, self.port, timeout=silence, context=tls)
        proxy = _proxy(self.proxy)
        host, port = proxy.hostname or "", proxy.port
        if self.scheme == "https":
            tunnel = HTTPSConnection(host, port, timeout=silence, context=tls)
            tunnel.set_tunnel(self.host, self.port, headers=_login(proxy))
            return tunnel
        if proxy.scheme == "https":
            return HTTPSConnection(host, port, timeout=silence, context=tls)
        return HTTPConnection(host, port, timeout=silence)

    def target(self, url: str) -> str:
        """What the first line of a request for `url` names."""
        parts = urlsplit(url)
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        return f"{parts.scheme}://{parts.netloc}{path}" if self.is_relayed else path

    def headers(self, url: str) -> dict[str, str]:
        """What a request for `url` has on this way: the host as named there, and the login of a proxy that reads."""
        return {"Host": urlsplit(url).netloc} | (_login(_proxy(self.proxy)) if self.is_relayed else {})


def route_of(url: str) -> Route:
    """The way to an address, as the environment has it now; never through a proxy to this machine itself.

    Raises:
        URLError, ValueError: it is no address that can be asked.
    """
    from urllib.error import URLError
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in PORTS or not host or "@" in parts.netloc:
        raise URLError("no address over http or https")
    proxy = "" if is_loopback(host) else getproxies().get(parts.scheme, "")
    if proxy and proxy_bypass(parts.netloc):
        proxy = ""
    if proxy and _proxy(proxy).scheme not in PORTS:
        raise URLError("no proxy over http or https")
    return Route(parts.scheme, host, PORTS[parts.scheme] if parts.port is None else parts.port, proxy)


def _proxy(address: str) -> SplitResult:
    """A proxy's address, which may lack its scheme."""
    return urlsplit(address if "://" in address else f"http://{address}")


def _login(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username or not proxy.password:
        return {}
    login = f"{unquote(proxy.username)}:{unquote(proxy.password)}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}
