"""What is known of base images, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.dockerfile.bases import base_of
from go_release_gate.shell.unknown import Unknown

DIGEST = "@sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("image", "family", "user", "roots"),
    [
        ("scratch", "scratch", "0", False),
        ("gcr.io/distroless/static", "static", "0", True),
        ("gcr.io/distroless/static:nonroot", "static", "65532", True),
        ("gcr.io/distroless/static-debian12:nonroot-arm64", "static", "65532", True),
        (f"gcr.io/distroless/static-debian12{DIGEST}", "static", "", True),
        (f"gcr.io/distroless/base-nossl:debug-nonroot{DIGEST}", "glibc", "65532", True),
        ("cgr.dev/chainguard/static:latest", "static", "65532", True),
        ("alpine:3.22", "musl", "0", True),
        ("alpine:3.6", "musl", "0", None),
        ("public.ecr.aws/docker/library/alpine", "musl", "0", True),
        ("debian:bookworm-slim", "glibc", "0", False),
        ("mirror.gcr.io/library/busybox:1.37-musl", "musl", "0", False),
        ("busybox:1.37", "unknown", "0", False),
        ("golang:1.25.3-alpine3.22", "musl", "0", True),
        ("golang:1.25.3", "glibc", "0", True),
        ("registry.access.redhat.com/ubi9/ubi-minimal:9.6", "glibc", "0", True),
        ("registry.access.redhat.com/ubi9-micro", "glibc", "0", None),
        ("mcr.microsoft.com/azurelinux/distroless/minimal:3.0-nonroot", "static", "65532", True),
        ("ghcr.io/acme/base:1", "unknown", "", None),
        ("acme/alpine:3", "unknown", "", None),
        ("No Image", "unknown", "", None),
    ],
)
def test_bases(image: str, family: str, user: str, roots: bool | None) -> None:
    """Family, user and certificates of known images; nothing of others."""
    found = base_of(image)
    assert (found.family, found.user, found.has_roots) == (family, user, roots)
    assert bool(found.source) is not image.startswith(("ghcr.io", "acme", "No"))


@pytest.mark.parametrize(
    ("image", "go", "is_local"),
    [
        ("golang:1.25.3-alpine", "1.25.3", True),
        (f"docker.io/golang:1.25{DIGEST}", "1.25", True),
        ("golang:1.20", "1.20", False),
        ("golang:1.26rc1-bookworm", "1.26rc1", True),
        ("golang:alpine", "", True),
        ("golang", "", True),
        ("registry.access.redhat.com/ubi9/go-toolset:1.24.6", "1.24.6", False),
    ],
)
def test_go(image: str, go: str, is_local: bool) -> None:
    """The Go of an image as its tag says it, and whether it fetches no other."""
    found = base_of(image)
    assert (found.is_go, found.go, found.go_is_local) == (True, go, is_local)


@pytest.mark.parametrize(
    ("text", "family"),
    [("golang:${V}-alpine", "musl"), ("golang:${V}", "unknown"), ("alpine:$V", "musl"), ("${R}/alpine:3", "unknown")],
)
def test_partly_known(text: str, family: str) -> None:
    """Of a name with an unknown part only what does not hang on it is told."""
    found = base_of(Unknown("told by the build", text))
    assert (found.family, found.go) == (family, "")


@given(st.text(max_size=60) | st.from_regex(r"\A[a-z./:@$\{\}_-]{0,60}\Z"))
def test_any_name(text: str) -> None:
    """No name makes it fail."""
    assert base_of(text).family
    assert base_of(Unknown("told by the build", text)).family
