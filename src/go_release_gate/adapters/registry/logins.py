"""Who asks: one login for a registry, and where logins come from."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Login:
    """A user and a secret for a registry.

    Attributes:
        user, secret: for basic authentication, at the registry or at its token service.
        is_identity: `secret` is a refresh token for the token service, as `docker login` keeps some
            (https://distribution.github.io/distribution/spec/auth/oauth/); there is no user then.
        origin: where it comes from, for messages.
        is_offered: nobody named it for this registry: where it is refused, we ask without.
    """

    user: str = field(repr=False)
    secret: str = field(repr=False)
    origin: str
    is_identity: bool = False
    is_offered: bool = False

    @property
    def basic(self) -> str:
        """The value of a basic authentication header."""
        return f"Basic {base64.b64encode(f'{self.user}:{self.secret}'.encode()).decode()}"


class Source(Protocol):
    """A place that logins come from."""

    def find(self, domain: str, path: str) -> Login | None:
        """The login for a repository of a registry, None where this place has none."""
        ...

    def names(self) -> tuple[str, ...]:
        """What it has logins for, in words without secrets."""
        ...

    def troubles(self) -> tuple[str, ...]:
        """What kept a login from being found, so far."""
        ...


class Logins:
    """Logins from several places, the first that has one wins."""

    def __init__(self, sources: Sequence[Source] = ()) -> None:
        self._sources = tuple(sources)

    def find(self, domain: str, path: str) -> Login | None:
        """The login for a repository, None: ask without."""
        found = (source.find(domain, path) for source in self._sources)
        return next((login for login in found if login is not None), None)

    def names(self) -> tuple[str, ...]:
        """What there are logins for, in words without secrets."""
        return tuple(name for source in self._sources for name in source.names())

    def troubles(self) -> tuple[str, ...]:
        """What kept a login from being found, so far; one line each."""
        return tuple(trouble for source in self._sources for trouble in source.troubles())


def covers(prefix: str, domain: str, path: str) -> bool:
    """Whether `host[/path]` is the repository or lies above it."""
    name = f"{domain}/{path}"
    return name == prefix or name.startswith(f"{prefix}/")
