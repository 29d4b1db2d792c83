#!/usr/bin/env python3
"""Cut GitHub's published OpenAPI description down to what the tests' fake serves.

    npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz
    python3 devtools/openapi.py package/generated/api.github.com.json

writes `tests/fakes/github/openapi.json.gz`: the operations below, everything they refer to, and the version of the
description. The same input gives the same bytes. The description is under the MIT licence: `openapi.LICENSE` beside it.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "tests/fakes/github/openapi.json.gz"
REPOSITORY = "/repos/{owner}/{repo}"
OPERATIONS = {
    "": "get",
    "/check-runs": "post",
    "/check-runs/{check_run_id}": "get patch",
    "/check-runs/{check_run_id}/annotations": "get",
    "/code-scanning/sarifs": "post",
    "/code-scanning/sarifs/{sarif_id}": "get",
    "/commits/{commit_sha}/pulls": "get",
    "/commits/{ref}/check-runs": "get",
    "/commits/{ref}/statuses": "get",
    "/compare/{basehead}": "get",
    "/contents/{path}": "get",
    "/deployments": "get post",
    "/deployments/{deployment_id}": "get",
    "/deployments/{deployment_id}/statuses": "get post",
    "/dispatches": "post",
    "/git/blobs/{file_sha}": "get",
    "/git/commits": "post",
    "/git/matching-refs/{ref}": "get",
    "/git/ref/{ref}": "get",
    "/git/refs": "post",
    "/git/refs/{ref}": "patch",
    "/git/trees": "post",
    "/git/trees/{tree_sha}": "get",
    "/issues": "get post",
    "/issues/comments/{comment_id}": "get patch delete",
    "/issues/{issue_number}": "get patch",
    "/issues/{issue_number}/comments": "get post",
    "/pulls": "get post",
    "/pulls/comments/{comment_id}": "get patch delete",
    "/pulls/{pull_number}": "get patch",
    "/pulls/{pull_number}/comments": "get post",
    "/pulls/{pull_number}/files": "get",
    "/pulls/{pull_number}/reviews": "get post",
    "/pulls/{pull_number}/reviews/{review_id}": "get delete",
    "/pulls/{pull_number}/reviews/{review_id}/comments": "get",
    "/rules/branches/{branch}": "get",
    "/rulesets/{ruleset_id}": "get",
    "/statuses/{sha}": "post",
    "/tags": "get",
    "/tarball/{ref}": "get",
}
VERSIONS = "packages/{package_type}/{package_name}/versions"
BESIDE = {
    f"/orgs/{{org}}/{VERSIONS}": "get",
    f"/orgs/{{org}}/{VERSIONS}/{{package_version_id}}": "delete",
    f"/users/{{username}}/{VERSIONS}": "get",
    f"/users/{{username}}/{VERSIONS}/{{package_version_id}}": "delete",
}
DROPPED = {"externalDocs", "x-github", "x-octokit", "tags", "summary", "security", "callbacks"}
NAMED = {"properties", "schemas", "examples", "patternProperties"}  # whose keys are names, not words of OpenAPI


def main(source: str) -> None:
    """Write the cut of the description in the file `source`."""
    whole = json.loads(Path(source).read_text("utf-8"))
    text = json.dumps(cut(whole), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, version {whole['info']['version']}")


def cut(whole: dict[str, Any]) -> dict[str, Any]:
    """The description with `OPERATIONS` only, and the closure of what they refer to."""
    paths = {}
    for path, methods in ({REPOSITORY + path: methods for path, methods in OPERATIONS.items()} | BESIDE).items():
        item = whole["paths"][path]
        paths[path] = {method: _lean(item[method]) for method in methods.split()}
    info = {name: whole["info"][name] for name in ("title", "version", "license")}
    kept = {"openapi": whole["openapi"], "info": info, "paths": paths, "components": {}}
    _close(kept, whole["components"])
    return kept


def _close(kept: dict[str, Any], components: dict[str, Any]) -> None:
    """Add the components that `kept` refers to, and those that these refer to."""
    waiting = _references(kept["paths"])
    while waiting:
        kind, name = waiting.pop()
        section = kept["components"].setdefault(kind, {})
        if name not in section:
            section[name] = _lean(components[kind][name])
            waiting |= _references(section[name])


def _references(node: Any) -> set[tuple[str, str]]:
    if isinstance(node, list):
        return set().union(*map(_references, node))
    if not isinstance(node, dict):
        return set()
    found = set().union(*map(_references, node.values()))
    target = node.get("$ref")
    if isinstance(target, str) and target.startswith("#/components/"):
        kind, name = target.removeprefix("#/components/").split("/")
        found.add((kind, name))
    return found


def _lean(node: Any, *, of_names: bool = False) -> Any:
    """The node without prose and links; `of_names`: its keys are names and all stay."""
    if isinstance(node, list):
        return [_lean(child) for child in node]
    if not isinstance(node, dict):
        return node
    if "value" in node and not of_names:
        return node  # an example: data, not description
    return {
        name: child if name == "example" and not of_names else _lean(child, of_names=name in NAMED and not of_names)
        for name, child in node.items()
        if of_names or (name not in DROPPED and not (name == "description" and isinstance(child, str)))
    }


if __name__ == "__main__":
    main(sys.argv[1])
