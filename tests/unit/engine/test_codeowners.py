"""CODEOWNERS as GitHub reads it: its documentation's own examples, then what git and hostile names make of patterns."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from go_release_gate.engine.codeowners import CodeOwners

# https://docs.github.com/repositories/…/about-code-owners, "Example of a CODEOWNERS file", one pattern at a time
DOCUMENTED = [
    ("*", "any/where.go", True),
    ("*.js", "app.js", True),
    ("*.js", "web/app.js", True),
    ("*.js", "web/app.jsx", False),
    ("/build/logs/", "build/logs/a.txt", True),
    ("/build/logs/", "build/logs/deep/a.txt", True),
    ("/build/logs/", "other/build/logs/a.txt", False),
    ("docs/*", "docs/getting-started.md", True),
    ("docs/*", "docs/build-app/troubleshooting.md", False),
    ("docs/*", "other/docs/getting-started.md", False),
    ("apps/", "apps/a.go", True),
    ("apps/", "deep/apps/b/a.go", True),
    ("apps/", "apps", False),
    ("/docs/", "docs/a/b.md", True),
    ("/docs/", "x/docs/a.md", False),
    ("**/logs", "build/logs/a", True),
    ("**/logs", "logs/a", True),
    ("**/logs", "deeply/nested/logs/a", True),
    ("**/logs", "deeply/nested/catalogs/a", False),
    ("/apps/github", "apps/github/a.go", True),
    ("/apps/github", "apps/githubs/a.go", False),
    ("/a/**/z.go", "a/z.go", True),
    ("/a/**/z.go", "a/b/c/z.go", True),
    ("/a/**/z.go", "z.go", False),
    ("/a/**", "a/b/c.go", True),
    ("/a/**", "a", False),
    ("/*", "go.mod", True),
    ("/*", "a/go.mod", False),
    ("go.mod", "services/api/go.mod", True),
    ("services/api/go.mod", "services/api/go.mod", True),
    ("api/go.mod", "services/api/go.mod", False),
    ("Go.mod", "go.mod", False),
    ("a?c", "abc", True),
    ("a?c", "a/c", False),
    ("with\\ space/", "with space/go.mod", True),
]


@pytest.mark.parametrize(("pattern", "path", "is_owned"), DOCUMENTED)
def test_patterns(pattern: str, path: str, is_owned: bool) -> None:
    """What the documentation says of a pattern holds."""
    assert CodeOwners(f"{pattern} @octocat\n").of(path) == (("@octocat",) if is_owned else ())


def test_the_last_match_wins() -> None:
    """A later line takes over, also one that names nobody."""
    owners = CodeOwners("* @all\n/apps/ @octocat docs@example.com @octocat\n/apps/github\n")
    assert owners.of("go.mod") == ("@all",)
    assert owners.of("apps/x/go.mod") == ("@octocat", "docs@example.com")
    assert owners.of("apps/github/go.mod") == ()


def test_comments() -> None:
    """A comment names nobody, wherever it begins; a `#` inside a word begins none."""
    owners = CodeOwners("# * @nobody\n*.js @js-owner #This is for @nobody\nc#/ @sharp\n")
    assert owners.of("a.js") == ("@js-owner",)
    assert owners.of("c#/a.cs") == ("@sharp",)


@pytest.mark.parametrize(
    "line", ["!*.go @x", "[ab].go @x", "\\#a @x", "*.go octocat", "*.go @x,@y", "/ @x", "*.go @", "*.go @a/b/c"]
)
def test_invalid_lines_are_skipped(line: str) -> None:
    """What GitHub does not read leaves the lines before it in force."""
    owners = CodeOwners(f"* @all\n{line}\n")
    assert owners.of("a.go") == ("@all",)
    assert owners.of("#a") == ("@all",)


def test_teams_and_line_endings() -> None:
    """A team, an address, CRLF and a byte order mark are all taken."""
    owners = CodeOwners("\ufeff*.go @octo-org/octocats\r\n*.mod docs@example.com\r\n")
    assert (owners.of("a.go"), owners.of("go.mod")) == (("@octo-org/octocats",), ("docs@example.com",))


NAMES = st.text(alphabet="ab.-_", min_size=1, max_size=3).filter(lambda name: name.strip(".") != "")
PARTS = st.one_of(NAMES, st.sampled_from(["*", "a*", "*b", "**", "a?"]))
PATTERNS = st.builds(
    lambda lead, parts, tail: lead + "/".join(parts) + tail,
    st.sampled_from(["", "/"]),
    st.lists(PARTS, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
).filter(lambda pattern: not pattern.endswith(("/*", "/*/")) and pattern.strip("/*") != "")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty repository to ask git in."""
    root = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    return root


@settings(max_examples=60, deadline=None)
@given(pattern=PATTERNS, paths=st.lists(st.lists(NAMES, min_size=1, max_size=4).map("/".join), min_size=1, max_size=9))
def test_patterns_are_those_of_git(repository: Path, pattern: str, paths: list[str]) -> None:
    """Where GitHub documents no exception a pattern matches what git ignores by it."""
    (repository / ".git/info/exclude").write_text(f"{pattern}\n")
    asked = "".join(f"{path}\0" for path in paths).encode()
    done = subprocess.run(
        ["git", "check-ignore", "-z", "--stdin", "--no-index"],
        cwd=repository,
        input=asked,
        capture_output=True,
        check=False,
    )
    ignored = set(done.stdout.decode().split("\0"))

    owners = CodeOwners(f"{pattern} @octocat\n")

    assert {path for path in paths if owners.of(path)} == {path for path in paths if path in ignored}


def test_hostile_names_take_linear_time() -> None:
    """Many stars against a long name end at once: a backtracking match would not end at all."""
    owners = CodeOwners(f"/{'*a' * 30}b @octocat\n{'**/a/' * 20}b @octocat\n")
    assert owners.of("a" * 4000) == ()
    assert owners.of("a/" * 2000 + "c") == ()
