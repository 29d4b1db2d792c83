"""Files, trees, refs and archives: https://docs.github.com/en/rest/repos/contents and …/rest/git."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import tarfile
from typing import Any

from fakes.github import objects
from fakes.github.calls import Answer, Call, RefusedError, serves
from fakes.github.diffs import Changed, blob_sha
from fakes.github.state import Commit, Repository

INLINE = 1024 * 1024  # "Between 1-100 MB: … the content field will be an empty string"
LARGEST = 100 * 1024 * 1024  # "Greater than 100 MB: This endpoint is not supported."
RAW = "application/vnd.github.raw"
FILE, LINK = "100644", "120000"


@serves("repos/get-content", "contents: read")
def content(call: Call) -> Answer:
    """A file, or what lies in a folder."""
    commit = _commit(call, call.query.get("ref", call.repository.default_branch))
    path = call.parameters["path"].strip("/")
    if path in commit.files:
        return _file(call, commit, path)
    inside = {name.removeprefix(f"{path}/").partition("/")[0] for name in commit.files if name.startswith(f"{path}/")}
    if not inside:
        raise RefusedError(404, "Not Found")
    return Answer(200, [_entry(call, commit, f"{path}/{name}") for name in sorted(inside)])


@serves("git/get-tree", "contents: read")
def tree(call: Call) -> Answer:
    """The tree of a commit; `recursive` with any value: all below it."""
    commit = _commit(call, call.parameters["tree_sha"])
    entries = sorted(_tree(call, commit), key=lambda entry: str(entry["path"]))
    if "recursive" not in call.query:
        entries = [entry for entry in entries if "/" not in entry["path"]]
    limit = call.repository.tree_limit
    sha = _tree_sha(commit, "")
    shown = {"sha": sha, "url": f"{call.root}/git/trees/{sha}", "tree": entries[:limit]}
    return Answer(200, {**shown, "truncated": len(entries) > limit})


@serves("git/get-blob", "contents: read")
def blob(call: Call) -> Answer:
    """A content by git's name for it."""
    sha = call.parameters["file_sha"]
    contents = (data for commit in call.repository.commits.values() for data in commit.files.values())
    data = next((data for data in contents if blob_sha(data) == sha), None)
    if data is None:
        raise RefusedError(404, "Not Found")
    if call.accept.startswith(RAW):
        return Answer(200, data)
    body = {"content": base64.encodebytes(data).decode(), "encoding": "base64", "size": len(data)}
    return Answer(200, {**body, "sha": sha, "node_id": "B", "url": f"{call.root}/git/blobs/{sha}"})


@serves("repos/list-tags", "contents: read")
def tags(call: Call) -> Answer:
    """Tags, the last name first."""
    found = sorted((name for name in call.repository.refs if name.startswith("refs/tags/")), reverse=True)

    def shown(ref: str) -> dict[str, Any]:
        name, sha = ref.removeprefix("refs/tags/"), call.repository.refs[ref]
        target = {"sha": sha, "url": f"{call.root}/commits/{sha}"}
        return objects.filled(call, "tag-items", name=name, commit=target)

    return call.paged(found, shown)


@serves("git/list-matching-refs", "contents: read")
def matching_refs(call: Call) -> Answer:
    """Refs that begin with the words in the path."""
    wanted = f"refs/{call.parameters['ref']}"
    found = sorted(name for name in call.repository.refs if name.startswith(wanted))

    def shown(name: str) -> dict[str, Any]:
        sha = call.repository.refs[name]
        target = {"sha": sha, "type": "commit", "url": f"{call.root}/git/commits/{sha}"}
        return objects.filled(call, "git-ref-items", ref=name, url=f"{call.root}/git/{name}", object=target)

    return Answer(200, [shown(name) for name in found])


@serves("repos/download-tarball-archive", "contents: read")
def tarball(call: Call) -> Answer:
    """A redirect to the archive."""
    sha = _commit(call, call.parameters["ref"]).sha
    return Answer(302, None, {"Location": f"{call.web}/codeload/{call.repository.full_name}/legacy.tar.gz/{sha}"})


@serves("repos/compare-commits-with-basehead", "contents: read")
def compare(call: Call) -> Answer:
    """What changed from the merge base of `BASE...HEAD` to HEAD."""
    base, dots, head = call.parameters["basehead"].partition("...")
    if not dots:
        raise RefusedError(404, "Not Found", is_violation=True)
    repository, old, new = call.repository, _commit(call, base), _commit(call, head)
    ahead, behind = _history(repository, new.sha), _history(repository, old.sha)
    shared = next((sha for sha in ahead if sha in behind), None)
    if shared is None:
        raise RefusedError(404, "No common ancestor between the two commits")
    before = repository.commits[shared].files
    paths = sorted(name for name in {*before, *new.files} if before.get(name) != new.files.get(name))
    files = [objects.changed(call, new.sha, Changed(path, before.get(path), new.files.get(path))) for path in paths]
    more, less = len(set(ahead) - set(behind)), len(set(behind) - set(ahead))
    status = "identical" if not more and not less else "diverged" if more and less else "ahead" if more else "behind"
    made = objects.filled(
        call, "commit-comparison", status=status, ahead_by=more, behind_by=less, total_commits=more,
        commits=[], files=files, url=f"{call.root}/compare/{base}...{head}",
    )  # fmt: skip
    made["base_commit"]["sha"], made["merge_base_commit"]["sha"] = old.sha, shared
    return Answer(200, made)


def archive(repository: Repository, sha: str) -> bytes | None:
    """The tar.gz of a commit, in a folder as GitHub names it; None when there is no such commit."""
    commit = repository.commits.get(sha)
    if commit is None:
        return None
    packed = io.BytesIO()
    top = f"{repository.full_name.replace('/', '-')}-{sha[:7]}"
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path, data in sorted(commit.files.items()):
            tar.addfile(_member(f"{top}/{path}", data, commit.modes.get(path, FILE)), io.BytesIO(data))
    return gzip.compress(packed.getvalue(), mtime=0)


def _member(name: str, data: bytes, mode: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    if mode == LINK:
        member.type, member.linkname = tarfile.SYMTYPE, data.decode()
    else:
        member.size, member.mode = len(data), 0o775 if mode == "100755" else 0o664
    return member


def _commit(call: Call, ref: str) -> Commit:
    by_tree = {_tree_sha(commit, ""): commit.sha for commit in call.repository.commits.values()}
    sha = call.repository.resolve(ref) or by_tree.get(ref)
    if sha is None or sha not in call.repository.commits:
        raise RefusedError(404, f"No commit found for the ref {ref}")
    return call.repository.commits[sha]


def _file(call: Call, commit: Commit, path: str) -> Answer:
    data = commit.files[path]
    if len(data) > LARGEST:
        raise RefusedError(403, "This API returns blobs up to 100 MB in size.")
    if call.accept.startswith(RAW):
        return Answer(200, data)
    is_inline = len(data) <= INLINE
    body = {"content": base64.encodebytes(data).decode() if is_inline else ""}
    return Answer(200, {**_entry(call, commit, path), **body, "encoding": "base64" if is_inline else "none"})


def _entry(call: Call, commit: Commit, path: str) -> dict[str, Any]:
    is_file = path in commit.files
    sha = blob_sha(commit.files[path]) if is_file else _tree_sha(commit, path)
    url = f"{call.root}/contents/{path}?ref={commit.sha}"
    git = f"{call.root}/git/{'blobs' if is_file else 'trees'}/{sha}"
    page = f"{call.page}/{'blob' if is_file else 'tree'}/{commit.sha}/{path}"
    return {
        "type": "file" if is_file else "dir", "name": path.rpartition("/")[2], "path": path, "sha": sha,
        "size": len(commit.files.get(path, b"")), "url": url, "git_url": git, "html_url": page,
        "download_url": f"{call.page}/raw/{commit.sha}/{path}" if is_file else None,
        "_links": {"self": url, "git": git, "html": page},
    }  # fmt: skip


def _tree(call: Call, commit: Commit) -> list[dict[str, Any]]:
    folders = {path[:at] for path in commit.files for at, sign in enumerate(path) if sign == "/"}
    blobs = [
        {"path": path, "mode": commit.modes.get(path, FILE), "type": "blob", "sha": blob_sha(data), "size": len(data)}
        for path, data in commit.files.items()
    ]
    trees = [{"path": path, "mode": "040000", "type": "tree", "sha": _tree_sha(commit, path)} for path in folders]
    return [{**entry, "url": f"{call.root}/git/{entry['type']}s/{entry['sha']}"} for entry in [*blobs, *trees]]


def _tree_sha(commit: Commit, folder: str) -> str:
    """A name for a tree that depends on what is in it; not git's own."""
    start = f"{folder}/" if folder else ""
    inside = sorted((path, blob_sha(data)) for path, data in commit.files.items() if path.startswith(start))
    return hashlib.sha1(repr((folder, inside)).encode()).hexdigest()  # noqa: S324 - as long as git's


def _history(repository: Repository, sha: str) -> list[str]:
    found, waiting = list[str](), [sha]
    while waiting:
        current = waiting.pop(0)
        if current not in found and current in repository.commits:
            found.append(current)
            waiting += repository.commits[current].parents
    return found
