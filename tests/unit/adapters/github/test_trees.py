"""What a shallow clone lacks: names, files and tags of other commits."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from fakes.authority import Authority
from fakes.rawserver import CLOSE, Asked, Piece, RawServer, answer
from go_release_gate.adapters.github import trees
from go_release_gate.adapters.github.answers import Answer
from go_release_gate.adapters.github.client import Client, Timing
from go_release_gate.adapters.github.connection import Connection
from go_release_gate.adapters.github.trees import download_tree, objects_at, tags_at
from go_release_gate.errors import UnavailableError

TOKEN = "t0ken-canary"
COMMIT = "c" * 40


def name_of(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class Prepared:
    """A GitHub with one answer for each address."""

    def __init__(self, documents: dict[str, Any]) -> None:
        self.documents = documents
        self.asked: list[tuple[str, Any]] = []

    def send(self, _method: str, path: str, *, query: Any = None, **_: Any) -> Answer:
        self.asked.append((path, query))
        page = (query or {}).get("page", 1)
        found = self.documents.get(path)
        if isinstance(found, list):
            found = found[100 * (page - 1) : 100 * page]
        return Answer(404) if found is None else Answer(200, body=json.dumps(found))

    def client(self) -> Client:
        return Client(self, "acme/shop", Timing(sleep=lambda _: None))


def tree(*entries: tuple[str, str], truncated: Any = False) -> dict[str, Any]:
    named = [{"path": path, "type": kind, "sha": name_of(path), "mode": "100644"} for path, kind in entries]
    return {"sha": COMMIT, "tree": named, "truncated": truncated}


def test_the_objects_of_a_commit() -> None:
    """Files, links and submodules with their ids, as `git ls-tree -r` names them; folders are left out."""
    github = Prepared(
        {f"/repos/acme/shop/git/trees/{COMMIT}": tree(("a", "tree"), ("a/go.mod", "blob"), ("sub", "commit"))}
    )

    assert objects_at(github.client(), COMMIT) == {"a/go.mod": name_of("a/go.mod"), "sub": name_of("sub")}
    assert github.asked == [(f"/repos/acme/shop/git/trees/{COMMIT}", {"recursive": "1"})]


@pytest.mark.parametrize(
    "document", [tree(("x", "blob"), truncated=True), tree(truncated=None), {"tree": {}, "truncated": False}, {}]
)
def test_half_a_tree_is_none(document: dict[str, Any]) -> None:
    """A tree that GitHub cut, or that is none, would hide changes."""
    github = Prepared({f"/repos/acme/shop/git/trees/{COMMIT}": document})

    with pytest.raises(UnavailableError, match="only a part"):
        objects_at(github.client(), COMMIT)


def test_an_unknown_commit_is_unavailable() -> None:
    """GitHub does not know it, or does not show it to us; a name is quoted on the way."""
    github = Prepared({})
    with pytest.raises(UnavailableError, match="404"):
        objects_at(github.client(), "feature/../x?y")

    assert github.asked[0][0] == "/repos/acme/shop/git/trees/feature%2F..%2Fx%3Fy"


def test_tags_lead_to_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """All pages are read; too many tags are not taken for all of them."""
    found = [{"name": f"v1.0.{number}", "commit": {"sha": name_of(str(number))}} for number in range(130)]
    github = Prepared({"/repos/acme/shop/tags": [*found, {"name": "odd", "commit": None}]})

    assert tags_at(github.client()) == {f"v1.0.{number}": name_of(str(number)) for number in range(130)}
    assert len(github.asked) == 2
    monkeypatch.setattr(trees, "TAG_LIMIT", 120)
    with pytest.raises(UnavailableError, match="more than 120 tags"):
        tags_at(github.client())


def archive(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as made:
        for name, data in files.items():
            info = tarfile.TarInfo(f"acme-shop-{COMMIT[:7]}/{name}")
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


FILES = {"go.mod": b"module m\n", "a/b.go": b"package a\n" * 5000}


def test_a_tree_is_downloaded_from_where_it_lies(tmp_path: Path, authority: Authority) -> None:
    """The archive comes from another host, which does not see the token, and lies unpacked in the folder."""
    data = archive(FILES)
    with RawServer(lambda _: [answer(data)], authority.server("127.0.0.1")) as store:

        def script(asked: Asked) -> Iterable[Piece]:
            return [answer(b"", 302, location=f"{store.url}/acme/shop/legacy.tar.gz/{COMMIT}")]

        with RawServer(script) as server:
            place = Connection(server.url, "acme/shop", TOKEN, authorities=authority.pem)
            download_tree(place, COMMIT, tmp_path / "base", objects=dict.fromkeys(FILES, ""))

    assert {name: (tmp_path / "base" / name).read_bytes() for name in FILES} == FILES
    assert server.asked[0].path == f"/repos/acme/shop/tarball/{COMMIT}"
    assert server.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in repr(store.asked)


def test_a_hole_in_the_archive_is_told(tmp_path: Path) -> None:
    """What .gitattributes keeps out of archives would look like a deleted file."""
    with RawServer(lambda _: [answer(archive(FILES))]) as server:
        place = Connection(server.url, "acme/shop", TOKEN)
        with pytest.raises(UnavailableError, match="lacks a file") as caught:
            download_tree(place, COMMIT, tmp_path, objects={**dict.fromkeys(FILES, ""), "testdata/x": ""})

    assert "export-ignore" in caught.value.hint


def test_a_download_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many bytes, a connection that breaks, or a refusal: unavailable, in words."""
    data = archive({"x": bytes(range(256)) * 40})
    monkeypatch.setattr(trees, "DOWNLOAD_LIMIT", len(data) - 1)
    for pieces, words in (
        ([answer(data)], "too large"),
        ([answer(data[:100])[:-50], CLOSE], "cut short|IncompleteRead|cannot be unpacked"),
        ([answer(b"{}", 404)], "HTTP 404"),
    ):
        with RawServer(lambda _, said=pieces: said) as server, pytest.raises(UnavailableError, match=words):
            download_tree(Connection(server.url, "acme/shop", TOKEN), COMMIT, tmp_path / "base")
