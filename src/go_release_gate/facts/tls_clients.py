"""Whether Go source makes TLS connections as a client, and so needs root certificates where it runs.

A server is none, nor is a client whose addresses are written with `http://`, nor one that brings its own roots or
checks none. Only the repository's own source is asked: libraries can do much that a program never uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from go_release_gate.facts.programs import Need
from go_release_gate.gomod import gouses
from go_release_gate.gomod.gotokens import Lines, Token, tokens
from go_release_gate.gomod.gouses import Use

_HTTP, _TLS, _GRPC = "net/http", "crypto/tls", "google.golang.org/grpc/credentials"
_CALLS = {"Get": 0, "Head": 0, "Post": 0, "PostForm": 0, "NewRequest": 1, "NewRequestWithContext": 2}
_CLIENTS = frozenset({"Client", "DefaultClient", "DefaultTransport", "Transport"})
_WANTED = {
    _HTTP: frozenset(_CALLS) | _CLIENTS,
    _TLS: frozenset({"Dial", "DialWithDialer", "Dialer"}),
    _GRPC: frozenset({"NewClientTLSFromCert"}),
}
_SERVICES = (
    "cloud.google.com/go/", "google.golang.org/api/", "github.com/aws/aws-sdk-go",
    "github.com/Azure/azure-sdk-for-go/sdk", "github.com/stripe/stripe-go", "github.com/slack-go/slack",
    "github.com/google/go-github", "github.com/coreos/go-oidc", "golang.org/x/crypto/acme/autocert",
    "github.com/getsentry/sentry-go", "github.com/sendgrid/sendgrid-go", "github.com/twilio/twilio-go",
    "github.com/sashabaranov/go-openai", "github.com/cloudflare/cloudflare-go",
)  # fmt: skip
"""Libraries whose only purpose is to talk to services over https."""
_OWN_ROOTS = (b"RootCAs", b"InsecureSkipVerify", b"AppendCertsFromPEM")
_LOOKED_AT = 64  # characters of an address


@dataclass(slots=True)
class _Seen:
    """What the files say, gathered: `certain` names an https address or a service, `possible` leaves it open."""

    certain: list[Need] = field(default_factory=list)
    possible: list[Need] = field(default_factory=list)
    has_plain: bool = False
    has_roots: bool = False


def tls_need(sources: Iterable[tuple[str, bytes]]) -> Need | None:
    """Where the files (path, content) connect by TLS as a client; None: they do not as far as is known."""
    seen = _Seen()
    for path, data in sources:
        _look(path, data, seen)
    sure = next((need for need in seen.certain if need.is_certain), None)
    if sure or seen.has_roots:
        return sure
    if seen.certain:
        return seen.certain[0]
    return seen.possible[0] if seen.possible and not seen.has_plain else None


def _look(path: str, data: bytes, seen: _Seen) -> None:
    seen.has_roots = seen.has_roots or any(word in data for word in _OWN_ROOTS)
    if not any(word in data for word in (b"http", b"tls", b"grpc", b"import")):
        return
    found = gouses.uses(data, _WANTED)
    for use in found:
        _judge(path, use, seen)
    if found:
        _addresses(path, data, found, seen)
    _services(path, data, seen)


def _judge(path: str, use: Use, seen: _Seen) -> None:
    name = f"{use.path.rpartition('/')[2]}.{use.name}"
    if use.path != _HTTP:
        seen.possible.append(Need(name, path, use.line))
        return
    if use.name in _CLIENTS:
        seen.possible.append(Need(name, path, use.line))
        return
    arguments = use.arguments or ()
    at = _CALLS[use.name]
    start = _start(arguments[at]) if len(arguments) > at else ""
    if start.startswith("https://"):
        seen.certain.append(Need(f'{name} of "{start}"', path, use.line, is_certain=True))
    elif start.startswith("http://"):
        seen.has_plain = True
    elif use.name.startswith("New"):
        return  # a request alone is sent by a client that is seen, too; handlers are tested with requests
    else:
        seen.possible.append(Need(name, path, use.line))


def _addresses(path: str, data: bytes, found: Sequence[Use], seen: _Seen) -> None:
    """Addresses among the constants of a file that has a client."""
    clients = [use for use in found if use.path == _HTTP]
    if not clients:
        return
    for text, _line in gouses.literals(data):
        if text.startswith("https://") and len(text) > len("https://") and " " not in text[:_LOOKED_AT]:
            use = clients[0]
            seen.certain.append(Need(f'http.{use.name} beside "{text[:_LOOKED_AT]}"', path, use.line, is_certain=False))
            return
        seen.has_plain = seen.has_plain or text.startswith("http://")


def _services(path: str, data: bytes, seen: _Seen) -> None:
    if not any(service.encode() in data for service in _SERVICES):
        return
    for one in _imports(data):
        if one.path.startswith(_SERVICES):
            seen.certain.append(Need(one.path, path, one.line))
            return


def _imports(data: bytes) -> Iterator[gouses.Import]:
    yield from gouses.imports(list(tokens(data)), Lines(data))


def _start(words: tuple[Token, ...]) -> str:
    """The constant an argument begins with: `"https://x" + path`, `fmt.Sprintf("http://%s", host)`."""
    for word in words[:6]:
        value = word.value
        if value is not None:
            return value[:_LOOKED_AT]
    return ""
