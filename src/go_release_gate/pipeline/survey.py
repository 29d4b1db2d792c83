"""What `init` sees of a repository: programs, Dockerfiles, manifests, workflows, private modules, the remote.

Pure values; engine.surveying collects them. Texts in them are the repository's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TESTS, BUILDS, PUSHES = "runs go test", "builds an image", "pushes"


@dataclass(frozen=True, slots=True)
class Main:
    """A main package: its directory relative to the root, the directory of its module, its import path."""

    directory: str
    module: str
    path: str


@dataclass(frozen=True, slots=True)
class BuildFile:
    """A Dockerfile that builds a program of the repository, or is built by a workflow.

    Attributes:
        path, context: relative to the root.
        mains: directories of the main packages it builds; empty: it copies what was built elsewhere.
        target: the stage that is built, empty: the last.
        platforms: that workflows build it for. images: repositories it is pushed to.
        is_built: whether a workflow builds it.
    """

    path: str
    context: str
    mains: tuple[str, ...] = ()
    target: str = ""
    platforms: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    is_built: bool = False


@dataclass(frozen=True, slots=True)
class NamedImage:
    """An image that a manifest names.

    Attributes:
        path: of the manifest. form: `kustomize`, `helm` or `kubernetes`.
        repository: without tag and digest.
        takes_digest: whether a digest can stand there as the manifest is written: one text, or a key for it.
    """

    path: str
    form: str
    repository: str
    takes_digest: bool = True


@dataclass(frozen=True, slots=True)
class ExistingJob:
    """A job of the repository's own workflows that does what the pipeline would do; `does`: in words."""

    path: str
    line: int
    job: str
    does: tuple[str, ...]
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownService:
    """A service of the configuration file that is there; `platforms`, `tags` empty: it does not say."""

    name: str
    image: str
    module: str = "."
    platforms: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """A repository as `init` sees it.

    Attributes:
        repository: `owner/name`, empty: not known. host: of its remote, empty: none.
        default_branch: as git or the workflows tell. is_branch_known: whether they did.
        modules: directory → module path, that of the root first.
        overrides: values files that set a tag and name no image.
        vendored: directories of modules with a vendor directory.
        private: patterns of private modules that somebody wrote down (GOPRIVATE).
        siblings: module paths of the same owner elsewhere, which may be private.
        tags: names of git tags. environments: that workflows deploy to.
        has_immutable_tags: whether files beside say that a registry's tags cannot be moved.
        config: bytes of the configuration file, None: there is none. services, sections: what it says already;
            `known_environments`: of these the names of environments, in their order.
        has_health: whether its environments have probes.
        files: path → bytes of the files that a pipeline would be written to, as far as they are there.
        notices: what could not be read.
    """

    repository: str = ""
    host: str = ""
    default_branch: str = "main"
    is_branch_known: bool = False
    modules: Mapping[str, str] = field(default_factory=dict)
    mains: tuple[Main, ...] = ()
    build_files: tuple[BuildFile, ...] = ()
    manifests: tuple[NamedImage, ...] = ()
    overrides: tuple[str, ...] = ()
    jobs: tuple[ExistingJob, ...] = ()
    vendored: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    has_immutable_tags: bool = False
    config: bytes | None = None
    sections: frozenset[str] = frozenset()
    services: tuple[KnownService, ...] = ()
    known_environments: tuple[str, ...] = ()
    has_health: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """The owner of the repository, empty: not known."""
        return self.repository.partition("/")[0]

    @property
    def name(self) -> str:
        """The name of the repository, empty: not known."""
        return self.repository.partition("/")[2]
