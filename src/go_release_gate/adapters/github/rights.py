"""What a token may do, found out without doing it: requests that GitHub refuses for their content, once it let them in.

GitHub tells permissions of classic tokens alone. What it asks first of everyone is whether the token may; so a request
that cannot come true is answered with 422 where the right is there, and with 403 or 404 where it is not.
https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api,
https://docs.github.com/rest/repos/rules
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from go_release_gate.adapters.github.api import Api, DeniedError, Document, GitHubError, MissingError, RejectedError

NOWHERE = "0" * 40  # a commit that no repository has
ABSENT = "go-release-gate/doctor/not-there"  # a branch that nobody makes
PASSING = frozenset({"always", "exempt"})
HARMLESS = frozenset({"deletion", "non_fast_forward", "required_linear_history"})  # the ledger only grows, in one line

DEPLOYMENTS, PULLS, CONTENTS = "deployments: write", "pull-requests: write", "contents: write"
_IMPOSSIBLE: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    DEPLOYMENTS: ("deployments", {"ref": NOWHERE, "required_contexts": [], "auto_merge": False}),
    PULLS: ("pulls", {"title": "not to be opened", "head": ABSENT, "base": ABSENT}),
    CONTENTS: ("git/refs", {"ref": f"refs/heads/{ABSENT}", "sha": NOWHERE}),
}


@dataclass(frozen=True, slots=True)
class Ruled:
    """Rules that keep a branch from being written to. `may_pass`: None where GitHub does not say it to this token."""

    rules: tuple[str, ...]
    ruleset: int
    may_pass: bool | None


def may(api: Api, right: str) -> bool:
    """Whether the token has a right (DEPLOYMENTS, PULLS, CONTENTS). Raises GitHubError: it could not be asked."""
    path, body = _IMPOSSIBLE[right]
    try:
        api.write("POST", f"/repos/{api.repository}/{path}", body, needs=right, repeatable=True)
    except RejectedError:
        return True
    except (DeniedError, MissingError):
        return False
    return True


def ruled(api: Api, branch: str, *, is_signed: bool) -> tuple[Ruled, ...]:
    """The rulesets that forbid to add commits to a branch. Raises GitHubError.

    Args:
        is_signed: whether GitHub signs the commits, as it does for those of its interface.
    """
    harmless = HARMLESS | ({"required_signatures"} if is_signed else set())
    rules = api.pages(f"/repos/{api.repository}/rules/branches/{quote(branch)}")
    if any(one.get("type") == "creation" for one in rules) and _is_there(api, branch):
        harmless |= {"creation"}
    by_set: dict[int, list[str]] = {}
    for rule in rules:
        number, kind = rule.get("ruleset_id"), str(rule.get("type"))
        if kind not in harmless:
            by_set.setdefault(number if isinstance(number, int) else 0, []).append(kind)
    return tuple(Ruled(_sorted(kinds), number, _may_pass(api, number)) for number, kinds in by_set.items())


def _may_pass(api: Api, ruleset: int) -> bool | None:
    try:
        found: Document = api.get(f"/repos/{api.repository}/rulesets/{ruleset}")
    except (DeniedError, MissingError):
        return None
    said = found.get("current_user_can_bypass")
    return None if said is None else said in PASSING


def _is_there(api: Api, branch: str) -> bool:
    try:
        api.get(f"/repos/{api.repository}/git/ref/heads/{quote(branch)}")
    except MissingError:
        return False
    return True


def _sorted(kinds: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(kinds)))


__all__ = ["CONTENTS", "DEPLOYMENTS", "PULLS", "GitHubError", "Ruled", "may", "ruled"]
