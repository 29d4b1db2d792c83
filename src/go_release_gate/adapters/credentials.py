"""The step input `module-credentials`: who may fetch modules from where.

One credential a line; `#` starts a comment line:

    github.com/acme TOKEN                  a token for one owner of a host
    git.example.com TOKEN                  a token for a whole host
    proxy.example.com/go USER:PASSWORD     basic authentication, as module proxies want it
    proxy.example.com USER PASSWORD        the same

Pure. A message about a line never repeats what stands in it after the host.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from go_release_gate.errors import UsageError

TOKEN_USER = "x-access-token"
"""The user name beside a bare token; GitHub documents it, others take any name."""

FORMS = "write `host[/owner] TOKEN` or `host[/path] USER:PASSWORD`, one a line"
_PREFIX = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~+-]+)*")


@dataclass(frozen=True, slots=True)
class Credential:
    """A user and a secret for every https address that starts with `prefix` (`host[:port][/path]`)."""

    prefix: str
    user: str = field(repr=False)
    secret: str = field(repr=False)

    @property
    def host(self) -> str:
        """The host with its port."""
        return self.prefix.partition("/")[0]

    @property
    def basic(self) -> str:
        """The base64 text of a basic authentication header."""
        return base64.b64encode(f"{self.user}:{self.secret}".encode()).decode()


def parse(text: str) -> tuple[Credential, ...]:
    """Give the credentials of an input, the longest prefix first.

    Raises:
        UsageError: a line has another form, or a prefix occurs twice; it names the line's number.
    """
    found: dict[str, Credential] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        credential = _credential(words, number)
        if credential.prefix in found:
            raise _refused(number, f"{credential.prefix} has a credential already", "give each prefix once")
        found[credential.prefix] = credential
    return tuple(sorted(found.values(), key=lambda each: (-len(each.prefix), each.prefix)))


def masks(credentials: Iterable[Credential]) -> tuple[str, ...]:
    """Every form in which a secret may show up in a log: itself, URL-encoded, and inside a basic header."""
    from urllib.parse import quote

    forms: dict[str, None] = {}
    for each in credentials:
        users = {each.user, TOKEN_USER, ""}
        headers = (base64.b64encode(f"{user}:{each.secret}".encode()).decode() for user in sorted(users))
        alone = base64.b64encode(each.secret.encode()).decode()
        for form in (each.secret, quote(each.secret, safe=""), quote(each.secret), *headers, alone):
            forms |= {form: None, form.rstrip("="): None}
    return tuple(forms)


def _credential(words: list[str], number: int) -> Credential:
    prefix = words[0].removeprefix("https://").rstrip("/")
    if "://" in prefix:
        raise _refused(number, "only https addresses take a credential", FORMS)
    if not _PREFIX.fullmatch(prefix) or ".." in prefix:
        raise _refused(number, "the first word is no host with an optional path", FORMS)
    host, slash, path = prefix.partition("/")
    prefix = host.lower() + slash + path
    match words[1:]:
        case [one]:
            user, colon, secret = one.partition(":")
            user, secret = (user, secret) if colon else (TOKEN_USER, one)
        case [user, secret]:
            pass
        case _:
            raise _refused(number, f"expected two or three words, found {len(words)}", FORMS)
    if not user or not secret or ":" in user:
        raise _refused(number, "the user or the secret is empty", FORMS)
    return Credential(prefix, user, secret)


def _refused(number: int, message: str, hint: str) -> UsageError:
    return UsageError(f"module-credentials, line {number}: {message}", hint)
