"""Where Go source uses names of other packages."""

from __future__ import annotations

from go_release_gate.gomod.gotokens import Lines, tokens
from go_release_gate.gomod.gouses import default_name, imports, literals, uses

SOURCE = b"""package main

import (
	"net/http"
	t "time"
	_ "time/tzdata"
)

func main() {
	// http.Get("https://comment.example.com")
	http.Get("https://example.com/" + name)
	t.LoadLocation(zone)
	x.http.Get(1)
	c := &http.Client{Timeout: 3}
	_ = `http.Get("raw")`
	http.Post(url, f(1, 2), body)
}
"""
WANTED = {"net/http": frozenset({"Get", "Post", "Client"}), "time": frozenset({"LoadLocation"})}


def test_uses() -> None:
    """Calls and other uses with their lines; renamed imports are followed; comments, strings and fields are none."""
    found = [(one.path, one.name, one.line) for one in uses(SOURCE, WANTED)]

    assert found == [
        ("net/http", "Get", 11),
        ("time", "LoadLocation", 12),
        ("net/http", "Client", 14),
        ("net/http", "Post", 16),
    ]


def test_arguments() -> None:
    """Each argument is told by its words; what is not called has none."""
    found = {one.name: one.arguments for one in uses(SOURCE, WANTED)}

    assert [[word.text for word in one] for one in found["Post"] or ()][:2] == [["url"], ["f", "(", "1", ",", "2", ")"]]
    assert found["Client"] is None


def test_imports_have_names() -> None:
    """The name a file gives an import, else the one its path ends in."""
    found = [(one.path, one.name, one.line) for one in imports(list(tokens(SOURCE)), Lines(SOURCE))]

    assert found == [("net/http", "http", 4), ("time", "t", 5), ("time/tzdata", "_", 6)]
    assert default_name("github.com/acme/go-shop/v2") == "shop"
    assert default_name("gopkg.in/yaml.v3") == "yaml"


def test_literals() -> None:
    """Strings outside of comments, raw ones too."""
    assert ("https://example.com/", 11) in list(literals(SOURCE))
    assert not any("comment" in text for text, _ in literals(SOURCE))
