"""The fake GitHub as a server: pages, addresses, the log, files and trees, and how it finds fault with itself."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fakes.github import GitHub, blob_sha
from fakes.github.calls import OPERATIONS, Answer, Operation
from fakes.github.description import document
from support.plainhttp import Plain


@pytest.fixture
def plain(github: GitHub) -> Plain:
    """Requests with the token that may do everything."""
    return Plain(github)


def _addresses(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, child in node.items():
            if isinstance(child, str) and (name.endswith("url") or name == "href"):
                yield child
            yield from _addresses(child)
    elif isinstance(node, list):
        for child in node:
            yield from _addresses(child)


def test_every_operation_of_the_description_is_served() -> None:
    """What the description was cut to is what the fake can do, no more and no less."""
    described = {spec["operationId"] for item in document()["paths"].values() for spec in item.values()}
    assert set(OPERATIONS) == described


def test_pages_and_their_links(github: GitHub, plain: Plain) -> None:
    """Links name the repository by its number, and lead through all pages; one page has none."""
    github.open_pull_request(7)
    for number in range(5):
        plain("POST", "/issues/7/comments", {"body": str(number)})
    got, seen = plain("GET", "/issues/7/comments?per_page=2"), []
    assert (
        f'/repositories/{github.repository.id}/issues/7/comments?per_page=2&page=3>; rel="last"' in got.headers["Link"]
    )
    while got is not None:
        seen += [comment["body"] for comment in got.body]
        following = re.search(r'<([^>]*)>; rel="next"', got.headers["Link"] or "")
        got = plain("GET", following[1]) if following else None
    assert seen == list("01234")
    assert plain("GET", "/issues/7/comments").headers["Link"] is None
    assert plain("GET", "/issues/7/comments?per_page=2&page=9").body == []


def test_more_than_a_hundred_a_page_is_a_mistake(github: GitHub, plain: Plain) -> None:
    """As is a parameter nobody knows, a path nobody knows, and a body that is not JSON."""
    github.open_pull_request(7)
    plain.refused("GET", "/issues/7/comments?per_page=101")
    plain.refused("GET", "/issues/7/comments?perpage=10")
    plain.refused("GET", "/issues/7/coments", status=404)
    plain.refused("POST", "/issues/7/comments", b"{", 400)
    plain.refused("PUT", "/pulls/7", {}, 404)
    assert plain("GET", "", **{"User-Agent": ""}).status == 403
    assert github.forgive("User-Agent")


@pytest.mark.parametrize("base", ["", "/api/v3"])
def test_both_bases(base: str) -> None:
    """Addresses in answers begin with the fake's own; GraphQL says whose token it is; Enterprise shows no limits."""
    with GitHub(base) as github:
        github.open_pull_request(7, fork=True)
        plain = Plain(github)
        got = plain("GET", "/pulls/7")
        addresses = {url for url in _addresses(got.body) if url.startswith("http") and "svn." not in url}
        assert {url for url in addresses if not url.startswith(f"{github.web_url}/")} == set()
        assert len(addresses) > 50
        assert got.body["url"] == f"{github.web_url}{base}/repos/acme/shop/pulls/7"
        assert got.body["html_url"] == f"{github.web_url}/acme/shop/pull/7"
        assert got.headers["X-RateLimit-Limit"] == (None if base else "1000")
        viewer = plain("POST", github.graphql_url, {"query": "query { viewer { login } }"})
        assert viewer.body == {"data": {"viewer": {"login": "github-actions[bot]"}}}
        assert plain("GET", f"{github.web_url}/outside/repos/acme/shop").status == 404
        github.forgive("no such operation")


def test_graphql_knows_one_question(github: GitHub, plain: Plain) -> None:
    """Another question is a mistake, and no token is 401."""
    assert "errors" in plain("POST", github.graphql_url, {"query": "{ rateLimit { cost } }"}).body
    assert github.forgive("GraphQL")
    assert Plain(github, "")("POST", github.graphql_url, {"query": "{viewer{login}}"}).status == 401


def test_pull_requests_are_found(github: GitHub, plain: Plain) -> None:
    """By state, by owner and branch of the head, by base, by a commit; a fork that is gone has no repository."""
    one = github.open_pull_request(1, "one", fork=True, author="mona", branch="fix")
    github.open_pull_request(2, "two").state = "closed"
    github.open_pull_request(3, "three")

    def numbers(path: str) -> list[int]:
        return [pull["number"] for pull in plain("GET", path).body]

    assert numbers("/pulls") == [3, 1]
    assert numbers("/pulls?state=all&direction=asc") == [1, 2, 3]
    assert numbers("/pulls?head=mona:fix") == [1]
    assert numbers("/pulls?base=other") == []
    assert numbers(f"/commits/{one.head_sha}/pulls") == [1]
    assert plain("GET", "/pulls/1").body["head"]["repo"]["full_name"] == "mona/shop"
    github.repository.lists_pulls_by_commit = False
    assert numbers(f"/commits/{one.head_sha}/pulls") == []
    one.head_repository = None
    assert plain("GET", "/pulls/1").body["head"]["repo"] is None
    assert plain("GET", "/git/matching-refs/pull/1/merge").body[0]["object"]["sha"] == one.merge_sha


def test_files_trees_and_archives(github: GitHub, plain: Plain) -> None:
    """A file, a folder, a large file without content, the tree, refs, tags, a blob, the archive behind a redirect."""
    files = {"a/b.txt": b"words", "go.mod": b"module m\n", "big": b"x" * (1024 * 1024 + 1), "link": b"go.mod"}
    sha = github.commit("tree", files, modes={"link": "120000"})
    github.repository.refs["refs/tags/v1.0.0"] = sha
    assert plain("GET", "/contents/a/b.txt?ref=v1.0.0").body["content"] == "d29yZHM=\n"
    assert [entry["name"] for entry in plain("GET", f"/contents/a?ref={sha}").body] == ["b.txt"]
    assert plain("GET", "/contents/big").body["encoding"] == "none"
    assert plain("GET", "/contents/none").status == 404
    assert plain("GET", "/contents/a/b.txt", Accept="application/vnd.github.raw+json").body == b"words"
    tree = plain("GET", f"/git/trees/{sha}?recursive=1").body
    assert {entry["path"]: entry["mode"] for entry in tree["tree"]} == {
        "a": "040000", "a/b.txt": "100644", "big": "100644", "go.mod": "100644", "link": "120000",
    }  # fmt: skip
    assert plain("GET", f"/git/trees/{tree['sha']}").body["tree"] == [e for e in tree["tree"] if "/" not in e["path"]]
    github.repository.tree_limit = 2
    assert plain("GET", f"/git/trees/{sha}?recursive=1").body["truncated"] is True
    assert plain("GET", f"/git/blobs/{blob_sha(b'words')}").body["size"] == 5
    assert plain("GET", f"/git/blobs/{blob_sha(b'words')}", Accept="application/vnd.github.raw+json").body == b"words"
    for missing in (f"/git/blobs/{'b' * 40}", "/contents/a?ref=none", "/git/trees/none", "/tarball/none"):
        assert plain("GET", missing).status == 404
    assert plain("GET", f"{github.web_url}/codeload/acme/shop/legacy.tar.gz/{'b' * 40}").status == 404
    assert plain("GET", f"{github.api_url}/repos/acme/other").status == 404
    assert [ref["ref"] for ref in plain("GET", "/git/matching-refs/tags/v1").body] == ["refs/tags/v1.0.0"]
    assert [tag["commit"]["sha"] for tag in plain("GET", "/tags").body] == [sha]
    with tarfile.open(fileobj=io.BytesIO(plain("GET", f"/tarball/{sha}").body)) as packed:
        assert packed.getnames()[0] == f"acme-shop-{sha[:7]}/a/b.txt"
        assert packed.getmember(f"acme-shop-{sha[:7]}/link").issym()


def test_a_comparison(github: GitHub, plain: Plain) -> None:
    """From the merge base on: what the head changed, and how far both went."""
    first = github.commit("first", {"a": b"1\n", "b": b"1\n"})
    ours = github.commit("ours", {"a": b"2\n", "b": b"1\n"}, parents=(first,))
    theirs = github.commit("theirs", {"a": b"1\n", "b": b"2\n"}, parents=(first,))
    got = plain("GET", f"/compare/{ours}...{theirs}").body
    assert (got["status"], got["ahead_by"], got["behind_by"]) == ("diverged", 1, 1)
    assert [file["filename"] for file in got["files"]] == ["b"]
    assert got["merge_base_commit"]["sha"] == first
    assert plain("GET", f"/compare/{first}...{first}").body["status"] == "identical"
    stranger = github.commit("stranger")
    assert plain("GET", f"/compare/{first}...{stranger}").status == 404
    plain.refused("GET", f"/compare/{first}", status=404)


def test_a_file_beyond_a_hundred_megabytes_is_not_shown(
    github: GitHub, plain: Plain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """403, as for a commit whose file nobody may load at once."""
    monkeypatch.setattr("fakes.github.operations.contents.LARGEST", 3)
    github.commit("large", {"three": b"123", "four": b"1234"})
    assert [plain("GET", f"/contents/{name}").status for name in ("three", "four")] == [200, 403]


def test_the_log(github: GitHub, plain: Plain) -> None:
    """Every request with method, path, query, body, status and whose token it was."""
    plain("GET", "/pulls?state=all")
    plain("POST", "/check-runs", {"name": "n", "head_sha": github.base})
    read, write = github.requests
    assert (read.method, read.path, read.query, read.status) == ("GET", "/repos/acme/shop/pulls", {"state": "all"}, 200)
    assert (write.body["name"], write.status, write.login) == ("n", 201, "github-actions[bot]")
    assert github.writes == [write]


def test_many_at_once(github: GitHub, plain: Plain) -> None:
    """Requests from several threads lose nothing."""
    github.open_pull_request(7)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: plain("POST", "/issues/7/comments", {"body": str(n)}).body["id"], range(24)))
    assert len(set(made)) == len(github.repository.comments) == 24


def test_a_wrong_answer_of_the_fake_itself_fails(github: GitHub, plain: Plain, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer against the description, or an error inside, is no test result."""
    wrong = Operation("metadata: read", lambda _: Answer(200, {"id": "not a number"}))
    monkeypatch.setitem(OPERATIONS, "repos/get", wrong)
    plain("GET", "")
    monkeypatch.setitem(OPERATIONS, "repos/get", Operation("metadata: read", lambda _: 1 / 0))
    assert plain("GET", "").status == 500
    with pytest.raises(AssertionError, match="the fake broke"):
        github.check()
    assert "required property" in json.dumps(github.broken[0])
    assert "ZeroDivisionError" in github.broken[1]
    github.broken.clear()


def test_a_violation_fails_the_test_that_made_it() -> None:
    """Unless it is forgiven, leaving the fake raises."""
    with pytest.raises(AssertionError, match="does not allow"), GitHub() as github:
        Plain(github)("POST", "/check-runs", {})
