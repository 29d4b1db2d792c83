"""The session that requests go through: whom it trusts, and that nothing is sent after its time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from go_release_gate.adapters.github.connection import Connection

if TYPE_CHECKING:
    from requests import Session

_mine = threading.local()


def send_until(end: float) -> None:
    """From now on this thread sends nothing after `end` (time.monotonic).

    Finding a name and making a connection may take longer than a request is waited for. It was given up then and may
    have been repeated: sent late, it would be done twice.
    """
    _mine.end = end


def session_for(connection: Connection) -> Session:
    """A session with the authorities of `connection`, also through a proxy, and no login but what is given."""
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPSConnection
    from urllib3.connectionpool import HTTPSConnectionPool

    tls = connection.tls()

    class InTime(HTTPSConnection):
        """Asks after the connection stands; that is the last moment to think better of it."""

        def request(self, *args: Any, **kwargs: Any) -> None:
            if time.monotonic() > _mine.end:
                raise TimeoutError("too late to send")
            super().request(*args, **kwargs)

    class Pool(HTTPSConnectionPool):
        ConnectionCls = InTime

    class Trusting(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs, ssl_context=tls)
            self.poolmanager.pool_classes_by_scheme = {"https": Pool}

        def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
            manager = super().proxy_manager_for(proxy, **kwargs, ssl_context=tls)
            manager.pool_classes_by_scheme = {"https": Pool}
            return manager

    session = requests.Session()
    session.auth = lambda request: request  # else a netrc file would add a login of its own
    session.mount("https://", Trusting())
    return session
