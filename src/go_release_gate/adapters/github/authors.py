"""Whether somebody is the one that our token writes as. Pure."""

from __future__ import annotations

from collections.abc import Mapping

_BOT = "[bot]"


def is_by(user: Mapping[str, object], author: str) -> bool:
    """Whether `user`, as a comment shows it, is `author`.

    Anybody may take the name of an app for a login of their own, but for the `[bot]` at its end: where `author` has
    that, it counts. Without it `author` may be either, as GraphQL names some apps so.

    Args:
        author: as `api.viewer()` gives it; empty stands for any bot.
    """
    if not author:
        return user.get("type") == "Bot"
    login, wanted = str(user.get("login")).casefold(), author.casefold()
    return login == wanted if wanted.endswith(_BOT) else login.removesuffix(_BOT) == wanted
