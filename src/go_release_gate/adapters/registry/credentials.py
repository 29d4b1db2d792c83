"""The step input `registry-credentials`: who may ask which registry.

One credential a line; `#` starts a comment line:

    ghcr.io USER:TOKEN                        a whole registry
    registry.example.com/team USER:PASSWORD   the repositories below a path; the longest prefix wins
    us-docker.pkg.dev TOKEN                   a token, where the registry says what user it goes with
    http://registry.internal:5000 USER:PASS   a registry that is asked over plain http; without a login too

Pure. A message about a line never repeats what stands in it after the host.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from go_release_gate.adapters import credentials
from go_release_gate.adapters.credentials import TOKEN_USER, Credential
from go_release_gate.adapters.registry.logins import Login, covers
from go_release_gate.adapters.registry.places import DOCKER_HUB, canonical
from go_release_gate.errors import UsageError

NAME = "registry-credentials"
FORMS = "write `host[/path] USER:PASSWORD` or `host TOKEN`, one a line"
_PREFIX = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[A-Fa-f0-9:]+\])(?::[0-9]{1,5})?(?:/[a-z0-9._/-]+)?"
)

TOKEN_USERS = (
    ("*.pkg.dev", "oauth2accesstoken"),
    ("gcr.io", "oauth2accesstoken"),
    ("*.gcr.io", "oauth2accesstoken"),
    ("*.dkr.ecr.*.amazonaws.com*", "AWS"),
    ("public.ecr.aws", "AWS"),
    ("*.azurecr.io", "00000000-0000-0000-0000-000000000000"),
    ("quay.io", "$oauthtoken"),
)
"""The user that goes with a bare token:
https://docs.cloud.google.com/artifact-registry/docs/docker/authentication#token
https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
https://learn.microsoft.com/azure/container-registry/container-registry-authentication
https://docs.quay.io/api/"""


@dataclass(frozen=True, slots=True)
class Lines:
    """What the input says.

    Attributes:
        credentials: the longest prefix first. insecure: hosts that are asked over plain http.
    """

    credentials: tuple[Credential, ...] = ()
    insecure: frozenset[str] = frozenset()

    def find(self, domain: str, path: str) -> Login | None:
        """The login for a repository."""
        for each in self.credentials:
            if covers(each.prefix, domain, path):
                return Login(each.user, each.secret, NAME)
        return None

    def names(self) -> tuple[str, ...]:
        """The prefixes."""
        return tuple(f"{each.prefix} ({NAME})" for each in self.credentials)

    def troubles(self) -> tuple[str, ...]:
        """None: nothing is run for it."""
        return ()


def parse(text: str) -> Lines:
    """Read the input.

    Raises:
        UsageError: a line has another form, or a prefix occurs twice; it names the line's number.
    """
    found: dict[str, Credential] = {}
    insecure: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        prefix = _prefix(words[0], number)
        is_plain = words[0].startswith("http://")
        if is_plain:
            insecure.add(prefix.partition("/")[0])
        if is_plain and len(words) == 1:
            continue
        if prefix in found:
            raise _refused(number, f"{prefix} has a credential already", "give each prefix once")
        found[prefix] = Credential(prefix, *_login(prefix, words[1:], number))
    longest = sorted(found.values(), key=lambda each: (-len(each.prefix), each.prefix))
    return Lines(tuple(longest), frozenset(insecure))


def masks(lines: Lines) -> tuple[str, ...]:
    """Every form in which a secret may show up in a log."""
    return credentials.masks(lines.credentials)


def example(domain: str) -> str:
    """A line that would let us ask `domain`."""
    user = _token_user(domain)
    return f"{NAME}: {domain} {f'{user}:TOKEN' if user else 'USER:PASSWORD'}"


def _prefix(word: str, number: int) -> str:
    scheme, mark, rest = word.rpartition("://")
    if mark and scheme not in ("http", "https"):
        raise _refused(number, "a registry is asked over https or http", FORMS)
    host, slash, path = rest.rstrip("/").partition("/")
    prefix = f"{host}{slash}{path}"
    if not _PREFIX.fullmatch(prefix) or ".." in prefix or "//" in prefix:
        raise _refused(number, "the first word is no host with an optional path", FORMS)
    host = canonical(host)
    is_old_form = host == DOCKER_HUB and path in ("v1", "v2")  # https://index.docker.io/v1/, as docker's own files say
    return host if is_old_form or not path else f"{host}/{path}"


def _login(prefix: str, words: list[str], number: int) -> tuple[str, str]:
    match words:
        case [one]:
            user, colon, secret = one.partition(":")
            if not colon:
                user, secret = _token_user(prefix.partition("/")[0]) or TOKEN_USER, one
                if prefix.partition("/")[0] == DOCKER_HUB:
                    raise _refused(number, "Docker Hub takes no token without its user", "write `docker.io USER:TOKEN`")
        case [user, secret]:
            pass
        case _:
            raise _refused(number, f"expected two or three words, found {len(words) + 1}", FORMS)
    if not user or not secret or ":" in user:
        raise _refused(number, "the user or the secret is empty", FORMS)
    return user, secret


def _token_user(host: str) -> str:
    return next((user for pattern, user in TOKEN_USERS if fnmatchcase(host, pattern)), "")


def _refused(number: int, message: str, hint: str) -> UsageError:
    return UsageError(f"{NAME}, line {number}: {message}", hint)


def hosts(lines: Lines) -> Iterable[str]:
    """The hosts that the user named, with or without a login."""
    return sorted({each.host for each in lines.credentials} | lines.insecure)
