"""Which files of the finished file system are kept, and what lies in the layers to no use. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from go_release_gate.facts.image_content import ENTRYPOINT, REFUSED, Ballast, ImageFile
from go_release_gate.facts.images.overlay import Overlay, is_folder
from go_release_gate.facts.images.started import Runtime
from go_release_gate.facts.images.tarstream import FILE, SYMLINK, Attributes
from go_release_gate.facts.shebang import last_started

MOST = 200  # files kept of one kind
CERTIFICATES, ZONES, ACCOUNTS = "certificates", "time zones", "accounts"
INTERPRETER = "interpreter"  # that a program or a script names
SECRET, TOOLCHAIN, SETUID, WORLD_WRITABLE, WRITABLE, PROGRAM = (
    "secret",
    "Go toolchain",
    "setuid",
    "world-writable",
    "writable",
    "program",
)
_MOST = {CERTIFICATES: 10, ZONES: 10}  # there are hundreds, and one tells as much
# https://github.com/golang/go/blob/master/src/crypto/x509/root_linux.go
_CERTIFICATES = re.compile(
    rb"etc/ssl/certs/ca-certificates\.crt|etc/pki/tls/certs/[^/]+|etc/ssl/ca-bundle\.pem|etc/pki/tls/cacert\.pem"
    rb"|etc/pki/ca-trust/extracted/pem/tls-ca-bundle\.pem|etc/ssl/cert\.pem|etc/ssl/certs/[^/]+"
    rb"|usr/(?:local/)?share/ca-certificates/.+\.(?:crt|pem)"
)
# https://github.com/golang/go/blob/master/src/time/zoneinfo_unix.go
_ZONES = re.compile(
    rb"usr/share/zoneinfo(?:/.+)?|usr/share/lib/zoneinfo/.+|usr/lib/locale/TZ/.+|etc/zoneinfo/.+|etc/localtime|etc/timezone"
    rb"|(?:.+/)?lib/time/zoneinfo\.zip"
)
_TOOLCHAIN = re.compile(rb"(?:^|/)(?:bin/go|pkg/tool/[^/]+/(?:compile|link))$")
_FIRST = {
    b"usr/share/zoneinfo",
    b"etc/ssl/certs/ca-certificates.crt",
    b"etc/ssl/cert.pem",
    b"usr/share/zoneinfo/UTC",
    b"etc/localtime",
}
_PLACES: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("module cache", re.compile(rb"(?:^|.*?/)pkg/mod(?=/cache/|/[^/]+\.[^/]+/|/[^/]*@|$)")),
    ("build cache", re.compile(rb"(?:^|.*?/)(?:\.cache/)?go-build(?=/|$)")),
    (
        "package lists",
        re.compile(rb"^var/(?:lib/apt/lists|cache/apt(?:/archives)?|cache/apk|cache/(?:yum|dnf))(?=/|$)"),
    ),
    ("version control", re.compile(rb"(?:^|.*?/)\.git(?=/|$)")),
)


class Kept:
    """The files that are kept, each with what for.

    Args:
        overlay: the finished file system. runtime: whom its processes run as; None: not known.
    """

    def __init__(self, overlay: Overlay, runtime: Runtime | None) -> None:
        self._overlay, self._runtime = overlay, runtime
        self._kinds: dict[bytes, list[str]] = {}
        self._counts: dict[str, int] = defaultdict(int)

    def add(self, path: bytes, kind: str) -> None:
        """Keep a file, as long as there are not too many of its kind."""
        kinds = self._kinds.setdefault(path, [])
        if kind not in kinds and (self._counts[kind] < _MOST.get(kind, MOST) or path in _FIRST):
            self._counts[kind] += 1
            kinds.append(kind)

    def add_way(self, path: bytes, kind: str) -> None:
        """Keep the file that a path leads to, and every symbolic link on the way."""
        links, end = self._overlay.way(path)
        for link in links:
            self.add(link, kind)
        if end is not None and self._overlay.node(end) is not None:
            self.add(end, kind)

    def add_by_look(self) -> None:
        """Keep what name, mode and content tell."""
        overlay = self._overlay
        modes: dict[Attributes, tuple[str, ...]] = {}
        for path, index in overlay.owner.items():
            tree = overlay.trees[index]
            attributes = tree.entries[path][1]
            told = modes.get(attributes)
            if told is None:
                told = modes[attributes] = tuple(self._by_mode(attributes))
            for kind in told:
                self.add(path, kind)
            if path[:4] in (b"etc/", b"usr/"):
                self._add_known(path)
            if path.endswith((b"/go", b"/compile", b"/link")) and _TOOLCHAIN.search(path):
                self.add(path, TOOLCHAIN)
            if path in tree.notes:
                self.add(path, SECRET)

    def add_writable(self, paths: Iterable[bytes]) -> None:
        """Keep, of some programs, those that the runtime user may write, and such folders above them."""
        for path in paths:
            at = len(path)
            while at > 0:
                here = path[:at]
                node = self._overlay.node(here)
                if node and node[1].kind != SYMLINK and self._may_write(node[1]):
                    self.add(here, WRITABLE)
                at = here.rfind(b"/")

    def add_refused(self, paths: Iterable[bytes]) -> None:
        """Keep, of what is started, files the runtime user may not execute and folders he may not enter."""
        for path in paths:
            at = len(path)
            while at > 0:
                here = path[:at]
                node = self._overlay.node(here)
                if node and not self._may_execute(node[1]):
                    self.add(here, REFUSED)
                at = here.rfind(b"/")

    def files(self) -> tuple[ImageFile, ...]:
        """What was kept, by path."""
        return tuple(self._file(path, kinds) for path, kinds in sorted(self._kinds.items()) if kinds)

    def _add_known(self, path: bytes) -> None:
        if path in (b"etc/passwd", b"etc/group"):
            self.add(path, ACCOUNTS)
        elif _CERTIFICATES.fullmatch(path):
            self.add(path, CERTIFICATES)
        elif _ZONES.fullmatch(path):
            self.add(path, ZONES)

    def _by_mode(self, attributes: Attributes) -> Iterator[str]:
        kind, mode = attributes.kind, attributes.mode
        if kind == FILE and mode & 0o6000:
            yield SETUID
        if kind != SYMLINK and mode & 0o002 and not mode & 0o1000:
            yield WORLD_WRITABLE

    def _may_write(self, attributes: Attributes) -> bool:
        """Whether the runtime user may; root may everything, and is judged as root."""
        runtime = self._runtime
        if runtime is None or runtime.user == 0:
            return bool(attributes.mode & 0o002)
        if attributes.user == runtime.user:
            return True  # who owns a file may change its mode
        if attributes.group in runtime.groups:
            return bool(attributes.mode & 0o020)
        return bool(attributes.mode & 0o002)

    def _may_execute(self, attributes: Attributes) -> bool:
        """Whether the runtime user may; the first of owner, group and others decides, as inode(7) says."""
        runtime, mode = self._runtime, attributes.mode
        if runtime is None or runtime.user == 0:
            return True
        if attributes.user == runtime.user:
            return bool(mode & 0o100)
        return bool(mode & (0o010 if attributes.group in runtime.groups else 0o001))

    def removed(self) -> tuple[ImageFile, ...]:
        """Secrets that later layers remove or replace: whoever pulls the image has them."""
        overlay = self._overlay
        still = {path for path, kinds in self._kinds.items() if SECRET in kinds}
        noted = ((path, index) for index, path in overlay.hidden if path in overlay.trees[index].notes)
        found = sorted({path: index for path, index in noted if path not in still}.items())[:MOST]
        return tuple(self._at(path, index, path, [SECRET]) for path, index in found)

    def _file(self, path: bytes, kinds: list[str]) -> ImageFile:
        index, origin = self._overlay.origin(path) or (self._overlay.owner[path], path)
        return replace(self._at(path, index, origin, kinds), layer=self._overlay.owner[path])

    def _at(self, path: bytes, index: int, origin: bytes, kinds: list[str]) -> ImageFile:
        tree = self._overlay.trees[index]
        size, attributes, link = tree.entries[origin]
        return ImageFile(
            path=text(path),
            size=size,
            mode=attributes.mode,
            user=attributes.user,
            group=attributes.group,
            link=link.decode("utf-8", "backslashreplace"),
            layer=index,
            shebang=tree.shebangs.get(origin, "") if ENTRYPOINT in kinds else "",
            form=tree.forms.get(origin, "") if ENTRYPOINT in kinds else "",
            starts=last_started(tree.contents.get(origin, b"")) if ENTRYPOINT in kinds else "",
            kinds=tuple(kinds),
            note=tree.notes.get(origin, ""),
        )


def ballast(overlay: Overlay) -> tuple[Ballast, ...]:
    """What lies in the layers to no use: by kind and layer, the largest first."""
    sums: dict[tuple[str, int, bytes], list[int]] = defaultdict(lambda: [0, 0])
    toolchains = tuple({root for path in overlay.owner if (root := _goroot(path)) is not None})
    known: dict[bytes, tuple[str, bytes] | None] = {}
    for path, index in overlay.owner.items():
        folder = path[: max(path.rfind(b"/"), 0)]
        if folder not in known:
            known[folder] = _place(folder, toolchains)
        place = known[folder]
        node = overlay.trees[index].entries[path]
        if place and node[1].kind == FILE:
            _count(sums[place[0], index, place[1]], node[0])
    for index, path in overlay.hidden:
        tree = overlay.trees[index]
        size = tree.entries[path][0]
        if size and path not in tree.aliases:  # the bytes have another name
            _count(sums["duplicate", index, path], size)
    return tuple(_grouped(sums))


def totals(overlay: Overlay) -> tuple[int, int]:
    """Bytes and number of the files that are left; what has several names counts its bytes once."""
    size = count = 0
    seen: set[tuple[int, bytes]] = set()
    for path, index in overlay.owner.items():
        tree = overlay.trees[index]
        node = tree.entries[path]
        if is_folder(node):
            continue
        count += 1
        if path in tree.aliases:
            original = (index, tree.aliases[path])
            if original in seen or overlay.owner.get(original[1]) == index:
                continue
            seen.add(original)
        size += node[0]
    return size, count


def text(path: bytes) -> str:
    """A path, absolute."""
    return "/" + path.decode("utf-8", "backslashreplace")


def _goroot(path: bytes) -> bytes | None:
    if path.endswith(b"/compile"):
        match = re.fullmatch(rb"(.+)/pkg/tool/[^/]+/compile", path)
        return match[1] if match else None
    return None


def _place(folder: bytes, toolchains: tuple[bytes, ...]) -> tuple[str, bytes] | None:
    for root in toolchains:
        if folder == root or folder.startswith(root + b"/"):
            return ("Go toolchain", root)
    for kind, pattern in _PLACES:
        match = pattern.match(folder)
        if match:
            return (kind, match[0])
    return None


def _count(found: list[int], size: int) -> None:
    found[0] += size
    found[1] += 1


def _grouped(sums: dict[tuple[str, int, bytes], list[int]]) -> Iterator[Ballast]:
    groups: dict[tuple[str, int], list[tuple[int, int, bytes]]] = defaultdict(list)
    for (kind, index, place), (size, files) in sums.items():
        groups[kind, index].append((size, files, place))
    rows = [
        (kind, index, sum(r[0] for r in rows), sum(r[1] for r in rows), max(rows)[2])
        for (kind, index), rows in groups.items()
    ]
    for kind, index, size, files, place in sorted(rows, key=lambda row: -row[2]):
        yield Ballast(kind, index, size, files, text(place))
