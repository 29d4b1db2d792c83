"""Base images and what their publishers say of them. A row is a pattern for names and a function from tags to facts.

Names are canonical: `golang` also stands for `docker.io/library/golang` and for mirrors below `…/library/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType

from go_release_gate.dockerfile.bases import GLIBC, HOLE, MUSL, STATIC, UNKNOWN, Base

_DISTROLESS = "https://github.com/GoogleContainerTools/distroless/blob/main/README.md"
_OFFICIAL = "https://hub.docker.com/_/"
_UBI = "https://catalog.redhat.com/software/base-images"
_AZURE = "https://github.com/microsoft/azurelinux/blob/3.0/toolkit/docs/how_it_works/"

_ARCHITECTURES = re.compile(r"-?(?:amd64|arm64|arm|s390x|ppc64le|riscv64)$")
_GO_TAG = re.compile(r"(\d+(?:\.\d+){0,2}(?:(?:rc|beta)\d+)?)(?:-(.*))?")
_ALPINE_TAG = re.compile(r"(?:latest|edge|3|3\.(?:1[2-9]|[2-9]\d)(?:\.\d+)?|)")
_DEBIAN_WITH_ZONES = re.compile(r"(?:buster|bullseye|bookworm|oldstable|1[012](?:\.\d+)?)(?:-.*)?")
_LOCAL_SINCE = (1, 21)  # docker-library/golang sets GOTOOLCHAIN=local since then


def described(name: str, tag: str, *, is_tagged: bool) -> Base:
    """What the table says of an image; `is_tagged`: the tag decides what is pulled (`latest` where there is none)."""
    for pattern, row in _ROWS:
        match = pattern.fullmatch(name)
        if match:
            return row(match, tag or "latest" if is_tagged else HOLE)
    return Base()


Row = Callable[[re.Match[str], str], Base]


def _distroless(match: re.Match[str], tag: str) -> Base:
    kind = match["kind"]
    variant = _ARCHITECTURES.sub("", tag)
    users = {"nonroot": "65532", "debug-nonroot": "65532", "latest": "0", "debug": "0", "": "0"}
    shell = None if HOLE in tag else variant.startswith("debug")
    has_shell = shell if variant in users else None
    user = users.get(variant, "")
    directory = {"0": "/", "65532": "/home/nonroot"}.get(user, "")
    family = STATIC if kind.startswith("static") else GLIBC
    return Base(family, user, True, True, has_shell, directory=directory, source=_DISTROLESS)


def _chainguard_static(_match: re.Match[str], tag: str) -> Base:
    family = STATIC if tag == "latest" else UNKNOWN
    return Base(
        family, "65532", True, True, False, source="https://images.chainguard.dev/directory/image/static/overview"
    )


def _chainguard_glibc(_match: re.Match[str], tag: str) -> Base:
    has_shell = False if tag == "latest" else None
    page = "https://images.chainguard.dev/directory/image/glibc-dynamic/overview"
    return Base(GLIBC, "65532", True, None, has_shell, source=page)


def _wolfi(_match: re.Match[str], _tag: str) -> Base:
    return Base(
        GLIBC, "0", True, None, True, source="https://images.chainguard.dev/directory/image/wolfi-base/overview"
    )


def _chainguard_go(_match: re.Match[str], tag: str) -> Base:
    page = "https://images.chainguard.dev/directory/image/go/overview"
    found = _GO_TAG.fullmatch(tag)
    return Base(GLIBC, "", True, None, None, is_go=True, go=found[1] if found else "", source=page)


def _alpine(_match: re.Match[str], tag: str) -> Base:
    has_roots = True if _ALPINE_TAG.fullmatch(tag) else None
    return Base(MUSL, "0", has_roots, False, True, directory="/", source=f"{_OFFICIAL}alpine")


def _debian(_match: re.Match[str], tag: str) -> Base:
    has_zones = True if _DEBIAN_WITH_ZONES.fullmatch(tag) else None
    return Base(GLIBC, "0", False, has_zones, True, directory="/", source=f"{_OFFICIAL}debian")


def _ubuntu(_match: re.Match[str], _tag: str) -> Base:
    return Base(GLIBC, "0", False, False, True, directory="/", source=f"{_OFFICIAL}ubuntu")


def _busybox(_match: re.Match[str], tag: str) -> Base:
    """Tags without a library's name stand for different ones, by release and platform. µClibc starts neither."""
    last = tag.rpartition("-")[2]
    family = {"musl": MUSL, "glibc": GLIBC, "uclibc": STATIC}.get(last, UNKNOWN)
    return Base(family, "0", False, False, True, directory="/", source=f"{_OFFICIAL}busybox")


def _golang(_match: re.Match[str], tag: str) -> Base:
    found = _GO_TAG.fullmatch(tag)
    release, variant = (found[1], found[2] or "") if found else ("", tag)
    variant = "" if variant == "latest" else variant
    if HOLE in tag:
        variant = tag.rpartition(HOLE)[2].removeprefix("-")
    if "windows" in variant or "nanoserver" in variant:
        return Base(is_go=True, go=release, source=f"{_OFFICIAL}golang")
    return _golang_of(release, variant, is_whole=tag != HOLE)


def _golang_of(release: str, variant: str, *, is_whole: bool) -> Base:
    is_alpine = variant.startswith("alpine")
    family = MUSL if is_alpine else GLIBC if is_whole else UNKNOWN
    parts = tuple(int(part) for part in re.findall(r"\d+", release)[:2])
    is_local = len(parts) < 2 or parts >= _LOCAL_SINCE
    environment = {"GOPATH": "/go"} | ({"GOTOOLCHAIN": "local"} if is_local else {})
    has_zones = False if is_alpine else None
    if variant.startswith(("bookworm", "bullseye", "buster")):
        has_zones = True
    return Base(
        family,
        "0",
        True,
        has_zones,
        True,
        is_go=True,
        go=release,
        go_is_local=is_local,
        directory="/go",
        environment=MappingProxyType(environment),
        source=f"{_OFFICIAL}golang",
    )


def _microsoft_go(_match: re.Match[str], tag: str) -> Base:
    found = _GO_TAG.fullmatch(tag)
    page = "https://github.com/microsoft/go-images/blob/microsoft/main/README.md"
    release, variant = (found[1], found[2] or "") if found else ("", tag)
    family = MUSL if "alpine" in variant else GLIBC if found else UNKNOWN
    return Base(family, "", True, None, True, is_go=True, go=release, source=page)


def _ubi(match: re.Match[str], _tag: str) -> Base:
    """The micro image holds no certificates in every release; the minimal one a tzdata without its files."""
    kind = match["kind"] or match["short"] or ""
    has_roots = True if kind in ("", "ubi", "minimal", "ubi-minimal", "init", "ubi-init") else None
    return Base(GLIBC, "0", has_roots, None, True, directory="/", source=_UBI)


def _go_toolset(_match: re.Match[str], tag: str) -> Base:
    found = _GO_TAG.fullmatch(tag)
    release = found[1] if found and found[1].startswith("1.") else ""
    return Base(GLIBC, "", True, None, True, is_go=True, go=release, source=_UBI)


def _distribution(page: str) -> Row:
    """A distribution with glibc, a package manager and its certificates, run by root."""

    def row(_match: re.Match[str], _tag: str) -> Base:
        return Base(GLIBC, "0", True, None, True, directory="/", source=page)

    return row


def _photon(_match: re.Match[str], _tag: str) -> Base:
    return Base(GLIBC, "0", None, None, True, directory="/", source=f"{_OFFICIAL}photon")


def _azure_distroless(match: re.Match[str], tag: str) -> Base:
    family = STATIC if match["kind"] == "minimal" else GLIBC
    plain = _ARCHITECTURES.sub("", tag)
    user = "65532" if "nonroot" in plain else "" if HOLE in plain else "0"
    has_shell = match["kind"] == "debug"
    return Base(family, user, True, True, has_shell, source=f"{_AZURE}3_package_building.md")


def _azure_core(_match: re.Match[str], _tag: str) -> Base:
    return Base(GLIBC, "0", None, None, True, directory="/", source=_AZURE)


def _rows(*rows: tuple[str, Row]) -> tuple[tuple[re.Pattern[str], Row], ...]:
    return tuple((re.compile(pattern), row) for pattern, row in rows)


_RED_HAT = r"(?:registry\.access\.redhat\.com|registry\.redhat\.io)/"
_MICROSOFT = r"mcr\.microsoft\.com/"

_ROWS = _rows(
    (r"(?:[\w.-]+\.)?gcr\.io/distroless/(?P<kind>static|base|base-nossl|cc)(?:-debian1[0-3])?", _distroless),
    (r"cgr\.dev/chainguard/static|chainguard/static", _chainguard_static),
    (r"cgr\.dev/chainguard/glibc-dynamic|chainguard/glibc-dynamic", _chainguard_glibc),
    (r"cgr\.dev/chainguard/wolfi-base|chainguard/wolfi-base", _wolfi),
    (r"cgr\.dev/chainguard/go|chainguard/go", _chainguard_go),
    (r"alpine", _alpine),
    (r"debian", _debian),
    (r"ubuntu", _ubuntu),
    (r"busybox", _busybox),
    (r"golang", _golang),
    (_MICROSOFT + r"oss/go/microsoft/golang", _microsoft_go),
    (_RED_HAT + r"ubi(?:8|9|10)(?:/ubi)?-(?P<kind>minimal|micro|init)()(?P<short>)", _ubi),
    (_RED_HAT + r"ubi(?:8|9|10)(?P<kind>)(?:/(?P<short>ubi))?", _ubi),
    (_RED_HAT + r"ubi(?:8|9|10)/go-toolset", _go_toolset),
    (r"amazonlinux|public\.ecr\.aws/amazonlinux/amazonlinux", _distribution(f"{_OFFICIAL}amazonlinux")),
    (r"rockylinux(?:/rockylinux)?|quay\.io/rockylinux/rockylinux", _distribution(f"{_OFFICIAL}rockylinux")),
    (r"almalinux(?:/\w+)?|quay\.io/almalinuxorg/almalinux", _distribution(f"{_OFFICIAL}almalinux")),
    (r"fedora|(?:quay\.io/fedora|registry\.fedoraproject\.org)/fedora", _distribution(f"{_OFFICIAL}fedora")),
    (r"oraclelinux", _distribution(f"{_OFFICIAL}oraclelinux")),
    (r"centos|quay\.io/centos/centos", _distribution(f"{_OFFICIAL}centos")),
    (r"photon", _photon),
    (_MICROSOFT + r"(?:cbl-mariner|azurelinux)/distroless/(?P<kind>minimal|base|debug)", _azure_distroless),
    (_MICROSOFT + r"(?:cbl-mariner|azurelinux)/base/core", _azure_core),
)
