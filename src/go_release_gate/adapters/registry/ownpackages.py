"""The step's own token, offered to GitHub's registry for images of the same owner."""

from __future__ import annotations

from dataclasses import dataclass, field

from go_release_gate.adapters.credentials import TOKEN_USER
from go_release_gate.adapters.registry.logins import Login

REGISTRY = "ghcr.io"


@dataclass(frozen=True, slots=True)
class OwnPackages:
    """What the input `github-token` is good for at ghcr.io, where the job grants `packages: read`.

    https://docs.github.com/packages/learn-github-packages/about-permissions-for-github-packages

    A token cannot be asked for its rights, so it is offered: where it is refused, we ask without a login. It goes to no
    other owner's images, and from no other GitHub than github.com, whose registry this is.

    Attributes:
        token: may be empty. owner: of the repository that the workflow runs in.
    """

    token: str = field(repr=False)
    owner: str

    def find(self, domain: str, path: str) -> Login | None:
        """The login for an image of the same owner."""
        owner = path.partition("/")[0]
        if not self.token or domain != REGISTRY or not self.owner or owner != self.owner.lower():
            return None
        return Login(TOKEN_USER, self.token, "github-token", is_offered=True)

    def names(self) -> tuple[str, ...]:
        """The images it is offered for."""
        return (f"{REGISTRY}/{self.owner.lower()} (github-token)",) if self.token and self.owner else ()

    def troubles(self) -> tuple[str, ...]:
        """None: nothing is run for it."""
        return ()
