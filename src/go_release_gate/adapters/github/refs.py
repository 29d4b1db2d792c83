"""Tags and branches as GitHub has them now, where a checkout does not tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from go_release_gate.adapters.github.api import Api, MissingError
from go_release_gate.facts.tags import ANNOTATED, LIGHT, SIGNED, Tag
from go_release_gate.workflow.patterns import matches

BRANCH_LIMIT = 1000
_NESTED = 3


def tag_at(api: Api, name: str) -> Tag | None:
    """A tag as it is now; None: there is none.

    https://docs.github.com/rest/git/refs#get-a-reference, https://docs.github.com/rest/git/tags#get-a-tag

    Raises:
        GitHubError: no answer.
    """
    try:
        found = _object(api.get(f"/repos/{api.repository}/git/ref/tags/{quote(name)}"))
    except MissingError:
        return None
    if found.get("type") != "tag":
        return Tag(name, str(found.get("sha")), LIGHT)
    answer = _tag_object(api, found)
    verification = answer.get("verification")
    is_signed = isinstance(verification, Mapping) and bool(verification.get("signature"))
    target = _object(answer)
    for _ in range(_NESTED):  # a tag may stand for a tag
        if target.get("type") != "tag":
            break
        target = _object(_tag_object(api, target))
    return Tag(name, str(target.get("sha")), SIGNED if is_signed else ANNOTATED)


def branches_holding(api: Api, patterns: Iterable[str], commit: str) -> tuple[str, ...]:
    """The branches that `patterns` name and whose history has the commit.

    https://docs.github.com/rest/commits/commits#compare-two-commits (`behind`: the branch has the commit and more)

    Raises:
        GitHubError: no answer, or the commit is not there.
    """
    wanted = tuple(patterns)
    names = [pattern for pattern in wanted if not set("*?+[!\\") & set(pattern)]
    if len(names) < len(wanted):
        known = api.pages(f"/repos/{api.repository}/branches", most=BRANCH_LIMIT)
        names = [name for branch in known if any(matches(one, name := str(branch.get("name"))) for one in wanted)]
    return tuple(name for name in names if _is_behind(api, name, commit))


def _is_behind(api: Api, branch: str, commit: str) -> bool:
    base, head = quote(branch, safe=""), quote(commit, safe="")
    try:
        answer = api.get(f"/repos/{api.repository}/compare/{base}...{head}", {"per_page": 1})
    except MissingError:
        return False  # no such branch any more
    return answer.get("status") in ("behind", "identical")


def _tag_object(api: Api, found: Mapping[str, Any]) -> Mapping[str, Any]:
    return api.get(f"/repos/{api.repository}/git/tags/{quote(str(found.get('sha')), safe='')}")


def _object(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    found = answer.get("object")
    return found if isinstance(found, Mapping) else {}
