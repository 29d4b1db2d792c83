"""What goes wrong with releases, each made as it happens, and the rules that have to name it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from real_images.service import MACHINES, TAG, Recipe, Service
from support.moduleproxy import ModuleProxy

UNSTAMPED = "-buildvcs=false"  # as in an image that .git is not copied to


@dataclass(frozen=True)
class Fault:
    """What makes the image, the rules that name it, what one of them says, and the tag it is held against."""

    make: Callable[[Service], Recipe]
    rules: frozenset[str]
    says: str
    tag: str = TAG


def good(service: Service) -> Recipe:
    """The release as it should be: nothing is found."""
    return Recipe(service.built(), service.labels())


def with_roots(service: Service) -> Recipe:
    """The program that calls others, with the roots that it needs."""
    roots = {"etc/ssl/certs/ca-certificates.crt": b"-----BEGIN CERTIFICATE-----\n"}
    return replace(_without_roots(service), more=roots)


def _without_roots(service: Service) -> Recipe:
    return Recipe(service.built("mirror"), service.labels(), program="mirror")


def _wrong_machine(service: Service) -> Recipe:
    """GOARCH is forgotten: every platform gets the builder's program."""
    return Recipe(dict.fromkeys(MACHINES, service.built()["amd64"]), service.labels())


def _dynamic(service: Service) -> Recipe:
    """The builder has a C compiler, so that cgo is on and net needs its library; PIE needs its loader anyway."""
    how = {"CGO_ENABLED": "1"} if shutil.which("gcc") else {"GOFLAGS": "-buildmode=pie"}
    dynamic = service.program("amd64", "./cmd/shop", **how)
    return Recipe({**service.built(), "amd64": dynamic}, service.labels())


def _dirty(service: Service) -> Recipe:
    """Something in the pipeline edits a file."""
    with _edited(service, "internal/shelf/shelf.go", "names it", "names it, or so"):
        return Recipe(service.built(), service.labels())


def _other_commit(service: Service) -> Recipe:
    """The branch has moved on, and its head is built."""
    service.git("checkout", "-q", "-b", "next")
    service.commit()
    try:
        return Recipe(service.built(), service.labels())
    finally:
        service.git("checkout", "-q", "main")


def _other_dependency(service: Service) -> Recipe:
    """`go get` in the Dockerfile: another version than go.mod's."""
    sums = service.proxy.sum_text("example.com/dep@v1.0.0")
    with _edited(service, "go.mod", "v1.1.0", "v1.0.0"), _edited(service, "go.sum", "", sums):
        return Recipe(service.built("shop", UNSTAMPED), service.labels())


def _other_content(service: Service) -> Recipe:
    """The same version with other content, which a proxy gives to whoever has no go.sum."""
    world = service.proxy.root.parent / "other"
    forged = ModuleProxy(world, {"example.com/dep@v1.1.0": {"dep.go": b'package dep\n\nconst Name = "forged"\n'}})
    other = Service(service.root, forged, service.cache, service.revision)
    with _edited(service, "go.sum", None, forged.sum_text("example.com/dep@v1.1.0")):
        return Recipe(other.built("shop", UNSTAMPED), service.labels())


def _older_go(service: Service) -> Recipe:
    """The tag asks for a Go that is newer than the builder's; what was built with its go.mod changed says so."""
    service.git("checkout", "-q", "--detach")
    with _edited(service, "go.mod", "go 1.21", "go 1.99.0"):
        revision = service.commit("v1.5.0")
        service.git("checkout", "-q", "main")
    return Recipe(service.built("shop", UNSTAMPED), service.labels(version="1.5.0", revision=revision))


def _labelled(**changed: str) -> Callable[[Service], Recipe]:
    return lambda service: Recipe(service.built(), service.labels(**changed))


def _rules(*names: str) -> frozenset[str]:
    return frozenset(names)


FAULTS = {
    "wrong machine": Fault(_wrong_machine, _rules("wrong-architecture"), "linux/arm64: /app/shop is built for amd64"),
    "dynamic on scratch": Fault(_dynamic, _rules("libc-mismatch"), "/lib64/ld-linux-x86-64.so.2"),
    "dirty build": Fault(_dirty, _rules("dirty-build"), "vcs.modified=true"),
    "other commit": Fault(_other_commit, _rules("dirty-build"), "was built from the commit"),
    "other dependency": Fault(_other_dependency, _rules("binary-not-from-go-sum"), "where go.mod of example.com/shop"),
    "other content": Fault(_other_content, _rules("binary-not-from-go-sum"), "where go.sum says h1:"),
    "missing roots": Fault(_without_roots, _rules("missing-ca-certificates"), "/app/mirror"),
    "root": Fault(lambda service: replace(good(service), user=""), _rules("root-user"), "root"),
    "root by number": Fault(lambda service: replace(good(service), user="0:0"), _rules("root-user"), "root"),
    "moved label": Fault(_labelled(version="1.4.1"), _rules("image-label-mismatch"), "1.4.1"),
    "other revision": Fault(_labelled(revision="f" * 40), _rules("image-label-mismatch"), "f" * 12),
    "wrong Go": Fault(_older_go, _rules("go-version-disagreement"), "older than go 1.99.0", "v1.5.0"),
}


@contextmanager
def _edited(service: Service, name: str, old: str | None, new: str) -> Iterator[None]:
    """While this holds, a file has `new` for `old`, behind everything where that is empty, for all where it is None."""
    file = service.root / name
    before = file.read_text()
    file.write_text(new if old is None else before + new if not old else before.replace(old, new))
    try:
        yield
    finally:
        file.write_text(before)
