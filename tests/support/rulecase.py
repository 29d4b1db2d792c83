r"""Fixtures of rules: a repository in one readable text (txtar), what the gate must find there, and how it is mended.

    the claim, as a comment
    -- go.mod --                          a file of the repository
    require example.com/lib master // want "unpinned-version: is no version"
    -- proxy/example.com/lib@v1.0.0/lib.go --   a file of a version that the test's module proxy serves
    -- cache-edit/example.com/lib@v1.0.0/lib.go --   an extracted file changed in the filled module cache
    -- outside/lib/go.mod --              a file beside the repository
    -- settings --                        `event: tag`, `tag: v1.2.3`, `select: a b`, `offline: true`, `crlf: go.sum`, …
    -- env --                             NAME=value, for the process environment
    -- want --                            path:line: rule-id: [severity:] text or /regex/
    -- git --                             the repository's history, as support.history reads it
    -- registry --                        what a registry holds: `ghcr.io/acme/shop:1.2.3 sha256:…`, one a line
    -- image --                           a finished image, as support.imagecase reads it: judged instead of the files
    -- expected --, -- scan --            what it is held against, what a scanner says of it
    -- also --                            ids of other rules that fire for good reason
    -- run --                             the commands that the rule's findings name, one a line
    -- outcome --                         `. tidy=fail kind=untidy error=network`, `exit=1 complete=true`
    -- fixed/go.mod --                    the file once the safe fixes are applied

`{{sum M@V}}`, `{{h1 M@V}}`, `{{h1mod M@V}}` stand for go.sum lines and hashes of what the proxy serves, `{{go}}` for
the version of the Go in use, `{{proxy}}` for the proxy's address, `{{digest TEXT}}` for the digest of a text. A file
`.go-release-gate.yml` counts as it would for the command line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from support.moduleproxy import ModuleProxy

_MARKER = re.compile(r"^-- (.+) --$", re.MULTILINE)
_INLINE = re.compile(r'// want "([a-z-]+): (.*)"\s*$')
_WANT = re.compile(
    r"(?P<path>.+?):(?P<line>\d+): (?P<rule>[a-z-]+): (?:(?P<severity>error|warning|note): )?(?P<text>.*)"
)
_PLACEHOLDER = re.compile(r"\{\{(sum|h1mod|h1|go|proxy|digest)\b ?([^}]*)\}\}")  # any other braces are the file's own
_PREFIXES = ("proxy", "cache-edit", "outside", "fixed", "dirty")
_SECTIONS = ("settings", "env", "want", "also", "run", "outcome", "git", "registry", "image", "expected", "scan")
_WORDS = ("event", "select", "fill", "withdraw", "tag")
_FLAGS = ("offline", "crlf", "no-final-newline", "converted", "git", "untrusted")
_SETTINGS = frozenset({*_WORDS, *_FLAGS})


@dataclass(frozen=True, slots=True)
class Want:
    """One expected finding."""

    path: str
    line: int
    rule: str
    text: str
    severity: str = ""

    def fits(self, message: str) -> bool:
        """Whether a finding's message is the expected one: a part of it, or a /regular expression/."""
        if len(self.text) > 1 and self.text.startswith("/") and self.text.endswith("/"):
            return re.search(self.text[1:-1], message) is not None
        return self.text in message


@dataclass(slots=True)
class Case:
    """A fixture file, read. File names are as written after their prefix; contents still hold placeholders."""

    claim: str
    tree: dict[str, str] = field(default_factory=dict)
    extra: dict[str, dict[str, str]] = field(default_factory=dict)  # prefix → name → content
    sections: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, str]:
        """The lines `key: value` of the settings section."""
        pairs = (line.partition(":") for line in self.sections.get("settings", "").splitlines() if line.strip())
        settings = {key.strip(): value.strip() for key, _, value in pairs}
        assert set(settings) <= _SETTINGS, f"unknown setting in {sorted(settings)}"
        return settings

    @property
    def wants(self) -> list[Want]:
        """Every expected finding, beside its line or in the want section."""
        lines = [line for line in self.sections.get("want", "").splitlines() if line.strip()]
        return [*_inline_wants(self.tree), *map(_want, lines)]

    def words(self, section: str) -> list[str]:
        """The words of a section, in order."""
        return self.sections.get(section, "").split()

    def env(self) -> dict[str, str]:
        """The variables of the env section."""
        pairs = (line.partition("=") for line in self.sections.get("env", "").splitlines() if line.strip())
        return {name.strip(): value for name, _, value in pairs}

    def published(self) -> dict[str, str]:
        """What the registry section says: reference → digest, placeholders and all."""
        pairs = (line.split(maxsplit=1) for line in self.sections.get("registry", "").splitlines() if line.strip())
        return {reference: digest.strip() for reference, digest in pairs}

    def outcomes(self) -> dict[str, dict[str, str]]:
        """Expected answers: module directory → question → answer; the run's own under the empty name."""
        answers: dict[str, dict[str, str]] = {}
        for line in self.sections.get("outcome", "").splitlines():
            words = line.split()
            name = words.pop(0) if words and "=" not in words[0] else ""
            answers[name] = dict(word.split("=", 1) for word in words)
        return answers


def read_case(path: Path) -> Case:
    """Read a fixture file."""
    parts = _MARKER.split(path.read_text(encoding="utf-8"))
    case = Case(claim=parts[0].strip())
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        prefix, _, rest = name.partition("/")
        content = body.removeprefix("\n")
        if name in _SECTIONS:
            case.sections[name] = content
        elif prefix in _PREFIXES and rest:
            case.extra.setdefault(prefix, {})[rest] = content
        else:
            case.tree[name] = content
    return case


def modules_of(case: Case) -> dict[str, dict[str, bytes]]:
    """What the proxy serves: `path@version` → files."""
    modules: dict[str, dict[str, bytes]] = {}
    for name, content in case.extra.get("proxy", {}).items():
        key, file = _split_version(name)
        modules.setdefault(key, {})[file] = content.encode()
    return modules


def filled(text: str, proxy: ModuleProxy, go: str) -> str:
    """The text with its placeholders filled in."""

    def fill(match: re.Match[str]) -> str:
        word, key = match[1], match[2].strip()
        if word in {"go", "proxy"}:
            return {"go": go.removeprefix("go"), "proxy": proxy.url}[word]
        return {
            "sum": lambda: proxy.sum_text(key).removesuffix("\n"),
            "digest": lambda: f"sha256:{hashlib.sha256(key.encode()).hexdigest()}",
            "h1": lambda: proxy.content_hash(key),
            "h1mod": lambda: proxy.mod_line(key).split()[2],
        }[word]()

    return _PLACEHOLDER.sub(fill, text)


def write_tree(files: Mapping[str, str], root: Path, proxy: ModuleProxy, go: str) -> None:
    """Write files below `root`, placeholders filled in."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(filled(content, proxy, go).encode())


def edit_cache(case: Case, proxy: ModuleProxy) -> None:
    """Change extracted files in the module cache as the fixture says."""
    for name, content in case.extra.get("cache-edit", {}).items():
        key, file = _split_version(name)
        target = proxy.cached_dir(key) / file
        assert target.exists(), f"{key} is not in the module cache: nothing to damage"
        target.chmod(0o644)
        target.write_text(content, encoding="utf-8")


def _split_version(name: str) -> tuple[str, str]:
    path, _, rest = name.partition("@")
    version, _, file = rest.partition("/")
    return f"{path}@{version}", file


def _inline_wants(tree: Mapping[str, str]) -> list[Want]:
    return [
        Want(path, number, match[1], f"/{match[2]}/")
        for path, content in tree.items()
        for number, line in enumerate(content.splitlines(), 1)
        if (match := _INLINE.search(line))
    ]


def _want(line: str) -> Want:
    match = _WANT.fullmatch(line.strip())
    assert match, f"not a want line: {line}"
    return Want(match["path"], int(match["line"]), match["rule"], match["text"], match["severity"] or "")
