"""Image references as the docker command line reads them: `[domain/]path[:tag][@digest]`.

Answers equal distribution/reference's ParseNormalizedNamed with sha256 alone linked in
(https://github.com/distribution/reference/blob/main/reference.go has the grammar). What surprises people:

- the first part is a registry only when it holds a `.` or a `:`, is `localhost`, or has an upper-case letter:
  `Acme/shop` is the path `shop` on a host `Acme`;
- such a first part that is no legal host name, but a legal path (`foo_bar.x/shop`), leaves the domain empty;
- without a slash, `example.com:5000` is a name and a tag;
- at most 255 characters count for the path alone, 128 for the tag.

Each part is cut off once and looked at once, so that the time stays linear in the length, whatever the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from go_release_gate.oci import digest as digests

DEFAULT_DOMAIN = "docker.io"
OFFICIAL = "library/"
MAXIMUM_PATH = 255
MAXIMUM_TAG = 128

_IDENTIFIER = re.compile(r"[a-f0-9]{64}")
_LABEL = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?")
_IPV6 = re.compile(r"\[[a-fA-F0-9:]+\]")
_PORT = re.compile(r"[0-9]+")
_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*")
_TAG = re.compile(rf"[A-Za-z0-9_][A-Za-z0-9_.-]{{0,{MAXIMUM_TAG - 1}}}")
_SHOWN = 80


class InvalidReferenceError(ValueError):
    """A text that is no image reference; the message says what is wrong and what was expected."""


@dataclass(frozen=True)
class Reference:
    """An image reference in its full form; absent parts are empty.

    Attributes:
        domain: the registry, with its port; empty only where the first part is no host name (see the module's text).
        path: the repository within the registry, `library/` included.
        tag: the tag; never filled in.
        digest: `sha256:` and 64 hexadecimal digits.
    """

    domain: str
    path: str
    tag: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        """Registry and repository, without tag and digest."""
        return f"{self.domain}/{self.path}" if self.domain else self.path

    @property
    def familiar(self) -> str:
        """The short form that docker shows: without `docker.io/`, and without `library/` of an official image."""
        return self.familiar_name + self._version()

    @property
    def familiar_name(self) -> str:
        """The short form of the name."""
        if self.domain != DEFAULT_DOMAIN:
            return self.name
        official = self.path.removeprefix(OFFICIAL)
        return self.path if "/" in official else official

    def __str__(self) -> str:
        """The canonical text."""
        return self.name + self._version()

    def _version(self) -> str:
        return (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def parse(text: str) -> Reference:
    """Read an image reference; no default tag is added, and a tag stays beside a digest.

    Raises:
        InvalidReferenceError: the text is not in the grammar, its path or tag is too long, or its digest is not sha256.
    """
    if not text:
        raise InvalidReferenceError("an empty image reference; expected [registry/]repository[:tag][@digest]")
    if len(text) == 64 and _IDENTIFIER.fullmatch(text):
        raise _error(text, "64 hexadecimal digits are an image id", "a repository name")
    domain, rest = _split_domain(text)
    rest, at, digest = rest.partition("@")
    path, colon, tag = rest.partition(":")
    if not _is_domain(domain):
        domain, path = "", f"{domain}/{path}"
    _check_path(text, domain, path)
    if colon:
        _check_tag(text, tag)
    if at:
        _check_digest(text, digest)
    return Reference(domain, path, tag, digest)


def is_valid_tag(text: str) -> bool:
    """Whether `text` can stand behind the colon of a reference."""
    return len(text) <= MAXIMUM_TAG and _TAG.fullmatch(text) is not None


def _split_domain(text: str) -> tuple[str, str]:
    """The registry and what follows its slash, with the defaults of the docker command line."""
    first, slash, rest = text.partition("/")
    if not slash:
        return DEFAULT_DOMAIN, OFFICIAL + text
    if first == "index.docker.io":
        first = DEFAULT_DOMAIN
    elif not (first == "localhost" or "." in first or ":" in first or first.lower() != first):
        return DEFAULT_DOMAIN, text
    if first == DEFAULT_DOMAIN and "/" not in rest:
        rest = OFFICIAL + rest
    return first, rest


def _is_domain(text: str) -> bool:
    """Whether `text` is a host name, an IPv4 address or a bracketed IPv6 address, with or without a port."""
    host, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    if not colon:
        host = text
    elif not _PORT.fullmatch(port):
        return False
    if host.startswith("["):
        return _IPV6.fullmatch(host) is not None
    return all(_LABEL.fullmatch(label) for label in host.split("."))


def _check_path(text: str, domain: str, path: str) -> None:
    if len(path) > MAXIMUM_PATH:
        raise _error(text, f"the repository has {len(path)} characters", f"at most {MAXIMUM_PATH}")
    for component in path.split("/"):
        if _COMPONENT.fullmatch(component):
            continue
        if not domain:
            first = path.partition("/")[0]
            raise _error(text, f"{_shown(first)} is no registry", "host[:port] of letters, digits, dots and dashes")
        if not component:
            raise _error(text, "a part of the repository is empty", "one slash between parts and none at the end")
        if component.lower() != component and _COMPONENT.fullmatch(component.lower()):
            raise _error(
                text, f"the repository has upper-case letters in {_shown(component)}", _shown(component.lower())
            )
        expected = "a-z and 0-9, joined by one dot, one or two underscores, or dashes"
        raise _error(text, f"the repository has {_shown(component)}", expected)


def _check_tag(text: str, tag: str) -> None:
    if is_valid_tag(tag):
        return
    if not tag:
        raise _error(text, "the tag behind the colon is empty", "a tag or no colon")
    if len(tag) > MAXIMUM_TAG:
        raise _error(text, f"the tag has {len(tag)} characters", f"at most {MAXIMUM_TAG}")
    expected = "letters, digits, underscores, dots and dashes, with no dot or dash at the start"
    raise _error(text, f"the tag is {_shown(tag)}", expected)


def _check_digest(text: str, digest: str) -> None:
    try:
        digests.parse(digest)
    except digests.InvalidDigestError as error:
        raise InvalidReferenceError(f"{_shown(text)} is no image reference: {error}") from None


def _error(text: str, found: str, expected: str) -> InvalidReferenceError:
    return InvalidReferenceError(f"{_shown(text)} is no image reference: {found}; expected {expected}")


def _shown(text: str) -> str:
    """`text` for a message: quoted, cut, and with everything that does not print written as an escape."""
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    printed = "".join(c if c.isprintable() and c != '"' else c.encode("unicode_escape").decode() for c in cut)
    return f'"{printed}"'
