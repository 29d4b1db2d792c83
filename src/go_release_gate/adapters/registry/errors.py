"""How asking a registry fails.

UnavailableError
└── RegistryError       no usable answer
    ├── DeniedError     no login, a wrong one, or one without the right
    └── AbsentError     the registry knows no such repository, tag, manifest or blob
"""

from __future__ import annotations

from go_release_gate.errors import UnavailableError


class RegistryError(UnavailableError):
    """A registry gave no usable answer; the message names the host."""


class DeniedError(RegistryError):
    """A registry refused; the hint says what to set, `said` what the registry said (foreign text, one line)."""

    def __init__(self, message: str, hint: str = "", said: str = "") -> None:
        super().__init__(message, hint)
        self.said = said


class AbsentError(RegistryError):
    """A registry answered, as a registry does, that there is no such thing."""
