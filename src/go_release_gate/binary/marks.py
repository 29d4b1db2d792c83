"""What the code of a Go program does, as its table of functions tells; it is there in stripped programs, too.

The linker leaves out what nothing calls. So a web server has no `net/http.(*Client).do` though it links all of
net/http, and what a program has of the list below something in it can call.
https://github.com/golang/go/blob/master/src/runtime/symtab.go (pclntab: names end with a zero byte)
"""

from __future__ import annotations

from collections.abc import Mapping
from mmap import mmap

HTTP_CLIENT = "http-client"
TLS_DIAL = "tls-dial"
SYSTEM_ROOTS = "system-roots"
OWN_ROOTS = "own-roots"
ZONES = "zones"
OWN_ZONES = "own-zones"

FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    HTTP_CLIENT: ("net/http.(*Client).do",),
    TLS_DIAL: ("crypto/tls.dial", "crypto/tls.(*Dialer).DialContext"),
    SYSTEM_ROOTS: ("crypto/x509.loadSystemRoots",),
    OWN_ROOTS: ("crypto/x509.SetFallbackRoots",),
    ZONES: ("time.LoadLocation",),
    OWN_ZONES: ("time/tzdata.loadFromEmbeddedTZData", "time/tzdata.init"),
}
"""Mark → functions of which one being there gives it: it makes HTTP requests, it dials TLS, it reads the system's
root certificates, it brings its own, it loads time zones by name, it brings their data."""


def marks_of(data: bytes | mmap) -> frozenset[str]:
    """The marks of a program file's bytes; none for a packed one."""
    return frozenset(mark for mark, names in FUNCTIONS.items() if any(_has(data, name) for name in names))


def _has(content: bytes | mmap, name: str) -> bool:
    return content.find(b"\0" + name.encode() + b"\0") >= 0
