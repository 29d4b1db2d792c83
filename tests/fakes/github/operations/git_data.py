"""Trees, commits and refs that are written, into the bare repository on disk: https://docs.github.com/en/rest/git."""

from __future__ import annotations

import os
import subprocess
from typing import Any

from fakes.github import objects
from fakes.github.calls import Answer, Call, RefusedError, serves


@serves("git/create-tree", "contents: write")
def create_tree(call: Call) -> Answer:
    """A tree of files whose content is given in it."""
    rows = [_row(call, item) for item in call.body["tree"]]
    sha = _git(call, "mktree", stdin="".join(f"{row['mode']} blob {row['sha']}\t{row['path']}\n" for row in rows))
    return Answer(201, {"sha": sha, "url": f"{call.root}/git/trees/{sha}", "tree": rows, "truncated": False})


def _row(call: Call, item: dict[str, Any]) -> dict[str, Any]:
    sha = _git(call, "hash-object", "-w", "--stdin", stdin=item["content"])
    size = len(item["content"].encode())
    return {"path": item["path"], "mode": item["mode"], "type": "blob", "sha": sha, "size": size}


@serves("git/create-commit", "contents: write")
def create_commit(call: Call) -> Answer:
    """A commit by whose token it is; GitHub signs it where nobody is named as author."""
    parents = call.body.get("parents", [])
    words = [word for parent in parents for word in ("-p", parent)]
    sha = _git(call, "commit-tree", call.body["tree"], *words, stdin=call.body["message"])
    who = call.body.get("author") or {"name": call.login, "email": "bot@example.com"}
    is_signed = "author" not in call.body and "committer" not in call.body
    url = f"{call.root}/git/commits/{sha}"
    made = objects.filled(
        call, "git-commit", sha=sha, url=url, html_url=f"{call.page}/commit/{sha}", message=call.body["message"],
        tree={"sha": call.body["tree"], "url": f"{call.root}/git/trees/{call.body['tree']}"},
        parents=[{"sha": one, "url": url, "html_url": f"{call.page}/commit/{one}"} for one in parents],
    )  # fmt: skip
    at = {"date": call.state.now(), **who}
    return Answer(201, {**made, "author": at, "committer": at, "verification": _verification(made, is_signed)})


def _verification(made: dict[str, Any], is_signed: bool) -> dict[str, Any]:
    return {**made["verification"], "verified": is_signed, "reason": "valid" if is_signed else "unsigned"}


@serves("git/get-ref", "contents: read")
def get_ref(call: Call) -> Answer:
    """Where a ref is."""
    name = f"refs/{call.parameters['ref']}"
    sha = _tip(call, name)
    if not sha:
        raise RefusedError(404, "Not Found")
    return Answer(200, _shown(call, name, sha))


@serves("git/create-ref", "contents: write")
def create_ref(call: Call) -> Answer:
    """A ref that was not there."""
    name, sha = call.body["ref"], call.body["sha"]
    _refuse_ruled(call, name)
    if _tip(call, name):
        raise RefusedError(422, "Reference already exists")
    if not resolved(call, sha):
        raise RefusedError(422, "Object does not exist")
    _git(call, "update-ref", name, sha, "0" * 40)
    return Answer(201, _shown(call, name, sha))


@serves("git/update-ref", "contents: write")
def update_ref(call: Call) -> Answer:
    """A ref goes forward; GitHub compares when it writes, so that one of two writers is refused."""
    name, sha = f"refs/{call.parameters['ref']}", call.body["sha"]
    before = _tip(call, name)
    if not before:
        raise RefusedError(422, "Reference does not exist")
    _refuse_ruled(call, name)
    if not call.body.get("force") and not _is_ancestor(call, before, sha):
        raise RefusedError(422, "Update is not a fast forward")
    _git(call, "update-ref", name, sha, before)
    return Answer(200, _shown(call, name, sha))


@serves("repos/get-branch-rules", "metadata: read")
def branch_rules(call: Call) -> Answer:
    """The rules that count for a branch."""
    return call.paged(call.repository.branch_rules.get(call.parameters["branch"], []), lambda rule: rule)


@serves("repos/get-repo-ruleset", "metadata: read")
def ruleset(call: Call) -> Answer:
    """A ruleset, and whether whoever asks may pass it by."""
    found = call.repository.rulesets.get(int(call.parameters["ruleset_id"]))
    if found is None:
        raise RefusedError(404, "Not Found")
    return Answer(200, found)


def resolved(call: Call, ref: str) -> str:
    """The commit that a name stands for in the bare repository on disk; empty: none."""
    if not call.repository.origin:
        return ""
    return _run(call, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").stdout.strip()


def _refuse_ruled(call: Call, name: str) -> None:
    if said := call.repository.refused_refs.get(name):
        raise RefusedError(422, said)


def _shown(call: Call, name: str, sha: str) -> dict[str, Any]:
    target = {"sha": sha, "type": "commit", "url": f"{call.root}/git/commits/{sha}"}
    return objects.filled(call, "git-ref", ref=name, url=f"{call.root}/git/{name}", object=target)


def _tip(call: Call, name: str) -> str:
    if not call.repository.origin:
        return call.repository.refs.get(name, "")
    return _run(call, "rev-parse", "--verify", "--quiet", name).stdout.strip()


def _is_ancestor(call: Call, one: str, other: str) -> bool:
    return _run(call, "merge-base", "--is-ancestor", one, other).returncode == 0


def _git(call: Call, *words: str, stdin: str = "") -> str:
    if not call.repository.origin:
        raise RefusedError(409, "Git Repository is empty.")
    done = _run(call, *words, stdin=stdin)
    if done.returncode:
        raise RefusedError(422, f"Object does not exist: {done.stderr.strip()}")
    return done.stdout.strip()


def _run(call: Call, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    who = {f"GIT_{role}_{key}": "bot@example.com" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    return subprocess.run(
        ["git", *words], cwd=call.repository.origin, input=stdin, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], **who},
    )  # fmt: skip
