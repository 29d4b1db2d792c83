"""The fact a finished image is: its manifests, its configuration, and what its layers leave when they are laid over
each other. https://github.com/opencontainers/image-spec
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from go_release_gate.facts.binary import Binary

ENTRYPOINT = "entrypoint"
"""The kind of a kept file that entrypoint or command name."""
REFUSED = "refused"
"""The kind of one that the runtime user may not execute, and of a folder above it that he may not enter."""
PE, MACH_O, DAMAGED, DATA = "PE", "Mach-O", "damaged ELF", "data"
"""Forms of files that Linux does not start: ImageFile.form."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: `size` is that of the blob, `unpacked` that of the tar archive, `files` the entries it adds."""

    digest: str
    media_type: str
    size: int
    unpacked: int = 0
    files: int = 0
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """The image's configuration, as far as it is judged. `ports`: `8080/tcp`."""

    architecture: str
    os: str
    variant: str = ""
    created: str = ""
    user: str = ""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    directory: str = ""
    ports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A file of the finished file system that something is judged by (not every file is kept).

    `mode`: permission bits with setuid and the like; `link`: target of a symbolic link, else empty;
    `layer`: index of the layer it comes from; `shebang`: what follows `#!` at its start, of a file that is started;
    `starts`: the program that a started script ends in, an absolute path (facts/shebang.py);
    `form`: what a file is that is started and that Linux cannot start, else empty;
    `kinds`: what it is kept for (facts/images/judged.py); `note`: what a file that looks like a secret seems to be.
    """

    path: str  # absolute
    size: int
    mode: int
    user: int
    group: int
    link: str = ""
    layer: int = 0
    shebang: str = ""
    kinds: tuple[str, ...] = ()
    note: str = ""
    form: str = ""
    starts: str = ""


@dataclass(frozen=True, slots=True)
class Ballast:
    """Bytes in one layer that a running program has no use for.

    `kind`: `module cache`, `build cache`, `Go toolchain`, `package lists`, `version control`, `duplicate` (the same
    path again in a later layer, or removed there). `path`: where most of it lies.
    """

    kind: str
    layer: int
    size: int
    files: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class PlatformImage:
    """The image of one platform.

    Attributes:
        platform: as the index names it (`linux/arm64`, `linux/arm/v7`); the configuration's where there is no index.
        digest: of its manifest. config_digest, config: its configuration.
        layers: in order. annotations: of the manifest.
        binaries: the Go binaries (and any other ELF file that is started) in the finished file system.
        files: what is judged: the entrypoint's file, certificates, zone data, passwd and group, files that look like
            secrets, the toolchain, files that the runtime user may write.
        bytes: of all files that are left in the finished file system. count: of those files.
        removed: files that look like secrets, in layers though later ones take them away.
        accounts: name → number of the users in /etc/passwd; None: there is no such file.
        groups: names of /etc/group; None: there is no such file.
        ballast: what lies in the layers to no use.
        unreadable: what of it could not be told, and why, one sentence each.
    """

    platform: str
    digest: str
    config_digest: str
    config: ImageConfig
    layers: tuple[Layer, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)
    binaries: tuple[Binary, ...] = ()
    files: tuple[ImageFile, ...] = ()
    bytes: int = 0
    count: int = 0
    unreadable: tuple[str, ...] = ()
    accounts: Mapping[str, int] | None = None
    groups: frozenset[str] | None = None
    ballast: tuple[Ballast, ...] = ()
    removed: tuple[ImageFile, ...] = ()

    def file(self, path: str) -> ImageFile | None:
        """The file at an absolute path, None where it was not kept or is not there."""
        return next((one for one in self.files if one.path == path), None)


@dataclass(frozen=True, slots=True)
class ImageContent:
    """A finished image.

    Attributes:
        name: what was asked for, as given.
        digest: of the index, or of the only manifest. media_type: of what has that digest.
        platforms: one for each image of the index (attestations are none).
        annotations: of the index.
        unreadable: what could not be told of the image as a whole.
        read_at: when it was read, RFC 3339; empty: not known.
        offered: every platform it names, those too that were not asked for and so not read.
    """

    name: str
    digest: str
    media_type: str
    platforms: tuple[PlatformImage, ...]
    annotations: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()
    read_at: str = ""
    offered: tuple[str, ...] = ()

    @property
    def repository(self) -> str:
        """Its name without tag and digest: what stays the same from release to release."""
        bare = self.name.partition("@")[0]
        folder, slash, last = bare.rpartition("/")
        return f"{folder}{slash}{last.partition(':')[0]}" or "image"


@dataclass(frozen=True, slots=True)
class ExpectedModule:
    """A module of the repository at the commit that is expected.

    `go`: its `go` line. `sums`: `path version` → `h1:…` of every go.sum that Go would ask for it; None: none is there.
    `versions`: path → version of its build list, None where go.mod does not say all of it (before go 1.17, go.work).
    """

    path: str
    directory: str = "."
    go: str = ""
    sums: Mapping[str, str] | None = None
    versions: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What the image is held against; empty parts are not known and judge nothing.

    Attributes:
        version: without `v`, as the tag says it. tag: the git tag. revision: full commit hash. source: repository URL.
        module: path of the module. go: the lowest Go that is good enough (`1.25.3`), from go.mod and go.work.
        sums: `path version` → `h1:…`, from go.sum at that commit; None: there is none at hand.
        base_digest: what the last FROM pins. platforms: those the release is meant to have.
        snapshot: the build list label's digest (facts/snapshot.py), as the commit has it.
        modules: every module of the repository at that commit.
    """

    version: str = ""
    tag: str = ""
    revision: str = ""
    source: str = ""
    module: str = ""
    go: str = ""
    sums: Mapping[str, str] | None = None
    base_digest: str = ""
    platforms: tuple[str, ...] = ()
    snapshot: str = ""
    modules: tuple[ExpectedModule, ...] = ()

    def module_at(self, path: str) -> ExpectedModule | None:
        """The repository's module of that path."""
        return next((one for one in self.modules if one.path == path), None)
