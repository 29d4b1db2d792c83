"""Which images the repository builds itself, and from which Dockerfile and module. Pure; never a guess between several.

An image is the repository's own where a workflow pushes it, the configuration or a compose file names it, or where its
last word is that of a Dockerfile or of a module here. An image that only has the repository's owner in common with it
counts where there is one Dockerfile and one such image.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Container, GoModule, Workloads
from go_release_gate.gomod.modulepath import split_major
from go_release_gate.oci.manifests.scan import is_passed_over, is_sample
from go_release_gate.oci.reference import InvalidReferenceError, parse
from go_release_gate.workflow.pushes import Push

_DOCKERFILE = re.compile(r"(?i)(?:(?P<before>.+)\.)?(?:docker|container)file(?:[.-](?P<behind>.+))?")
_LAST = re.compile(r"(?:.*/)?(?P<name>[a-z0-9][a-z0-9._-]*?)(?::[^/]*)?(?:@.*)?")
_ASIDE = frozenset(
    {"build", "builder", "ci", "debug", "dev", "development", "dockerignore", "e2e", "lint", "local", "test", "tests"}
)
_SCAFFOLD = "controller"  # what kubebuilder calls the image of the repository
# Images of others that go by a name without owner: https://hub.docker.com/u/library
_OFFICIAL = frozenset(
    {
        "alpine", "busybox", "caddy", "cassandra", "consul", "debian", "elasticsearch", "golang", "grafana", "haproxy",
        "httpd", "influxdb", "kibana", "mariadb", "memcached", "minio", "mongo", "mysql", "nats", "nginx", "node",
        "postgres", "prometheus", "python", "rabbitmq", "redis", "registry", "traefik", "ubuntu", "valkey", "vault",
        "zookeeper"
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """Where an image of this repository comes from; what is not known is empty.

    `dockerfile`: its path, `target`: the stage that becomes the image, empty: the last. `module`: None: not known.
    """

    dockerfile: str = ""
    target: str = ""
    module: GoModule | None = None


@dataclass(slots=True)
class Sources:
    """Answers where images come from."""

    workloads: Workloads
    workflows: Workflows | None = None
    table: ReleaseTable | None = None
    builds: ImageBuilds | None = None
    _known: dict[str, Source | None] = field(default_factory=dict)
    _files: tuple[str, ...] = ()
    _pushed: dict[str, list[Push]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort out what is there."""
        self._files = tuple(filter(_is_built_from, self.workloads.documents))
        for push in (one for outcome in (self.workflows.outcomes if self.workflows else ()) for one in outcome.pushes):
            for name in push.names if isinstance(push.names, tuple) else (push.names.text,):
                key = _name(name) or f"…/{_last(name)}"
                self._pushed.setdefault(key, []).append(push)

    def of(self, container: Container) -> Source | None:
        """Where a container's image comes from, None where it is not known to be the repository's own."""
        if container.dockerfile:
            module = self._module(container.dockerfile, _last(container.image) or container.name)
            return Source(container.dockerfile, container.target, module)
        return self.of_image(container.image)

    def of_image(self, image: str) -> Source | None:
        """The same for an image's name."""
        if image not in self._known:
            names = (image, *self.workloads.renamed.get(_bare(image), ()))
            self._known[image] = next((found for name in names if (found := self._of(name))), None)
        return self._known[image]

    def dockerfile_of(self, image: str) -> str:
        """The path of the Dockerfile that an image is built from; empty: not known."""
        found = self.of_image(image)
        return found.dockerfile if found else ""

    def _of(self, image: str) -> Source | None:
        name, last = _name(image), _last(image)
        if not last:
            return None
        built = next((one for one in self._built() if _name(one.image) == name and name), None)
        if built:
            return Source(built.dockerfile, built.target, self._module(built.dockerfile, last))
        pushed = self._pushed.get(name) or self._pushed.get(f"…/{last}")
        row = (
            next((one for one in self.table.rows if one.image and _name(one.image) == name), None)
            if self.table
            else None
        )
        if pushed or row:
            dockerfile, target = self._by_push(pushed or [], last)
            module = self._at(row.module) if row else self._module(dockerfile, last)
            return Source(dockerfile, target, module)
        if self._is_named(name, last) or self._is_only_one(name):
            dockerfile = self._by_name(last)
            return Source(dockerfile, "", self._module(dockerfile, last))
        return None

    def _built(self) -> Iterator[Container]:
        """What compose files build."""
        return (one for workload in self.workloads.workloads for one in workload.containers if one.dockerfile)

    def _by_push(self, pushed: list[Push], last: str) -> tuple[str, str]:
        scopes = {(push.workflow, f"{push.job}/{push.step}") for push in pushed}
        builds = self.builds.builds if self.builds else ()
        found = {(one.dockerfile, one.target) for one in builds if (one.path, one.scope) in scopes}
        if len(found) == 1 and (only := found.pop())[0]:
            return only
        return (
            (self._by_name(last), "") if not found or self._by_name(last) in {path for path, _ in found} else ("", "")
        )

    def _by_name(self, last: str) -> str:
        """The only Dockerfile, or the only one that an image's last word speaks of."""
        named = [path for path in self._files if last in _words(path)]
        if not named and any(last == _tail(one) and one.dir == "." for one in self.workloads.modules):
            named = [path for path in self._files if "/" not in path]
        found = named or list(self._files)
        return found[0] if len(found) == 1 else ""

    def _is_named(self, name: str, last: str) -> bool:
        if name == f"docker.io/library/{last}" and last in _OFFICIAL:
            return False
        is_scaffold = name == f"docker.io/library/{_SCAFFOLD}" and "Dockerfile" in self._files
        is_module = any(last in _called(one) for one in self.workloads.modules)
        return is_scaffold or is_module or any(last in _words(path) for path in self._files)

    def _is_only_one(self, name: str) -> bool:
        """Whether it is the only image of the repository's owner, and there is one Dockerfile."""
        owners = {owner for owner in (self._owner(), *map(_owner, self.workloads.modules)) if owner}
        if len(self._files) != 1 or not owners:
            return False
        images = {_name(one.image) for workload in self.workloads.workloads for one in workload.containers}
        of_owner = {one for one in images if owners & set(one.split("/")[1:-1])}
        return of_owner == {name}

    def _owner(self) -> str:
        return self.workflows.repository.partition("/")[0].lower() if self.workflows else ""

    def _at(self, directory: str) -> GoModule | None:
        return next((one for one in self.workloads.modules if one.dir == directory), None)

    def _module(self, dockerfile: str, last: str) -> GoModule | None:
        """The module an image is built from: the nearest around its Dockerfile, or the one that its name speaks of."""
        modules = self.workloads.modules
        named = [one for one in modules if last in _called(one)]
        around = [one for one in modules if one.dir != "." and dockerfile.startswith(f"{one.dir}/")]
        if around:
            return max(around, key=lambda one: len(one.dir))
        if len(named) == 1:
            return named[0]
        root = self._at(".")
        return root if dockerfile and root else modules[0] if len(modules) == 1 else None


def _is_built_from(path: str) -> bool:
    match = _DOCKERFILE.fullmatch(posixpath.basename(path))
    if match is None or is_passed_over(path) or is_sample(path):
        return False
    words = set(re.split(r"[.-]", f"{match['before'] or ''}.{match['behind'] or ''}".lower()))
    return words.isdisjoint(_ASIDE)


def _words(path: str) -> set[str]:
    """What the name and the directory of a Dockerfile speak of."""
    match = _DOCKERFILE.fullmatch(posixpath.basename(path))
    named = {match["before"], match["behind"]} if match else set()
    directory = posixpath.basename(posixpath.dirname(path))
    return {word.lower() for word in (*named, directory) if word} - {"docker", "build", "deploy", "images", "package"}


def _tail(module: GoModule) -> str:
    """The last word of a module's path that is no major version."""
    split = split_major(module.path)
    return (split[0] if split else module.path).rpartition("/")[2].lower()


def _called(module: GoModule) -> set[str]:
    """What images of a module may be called: like it, like a command of it, like both."""
    tail = _tail(module)
    commands = {one.lower() for one in module.commands}
    return {tail, posixpath.basename(module.dir).lower(), *commands, *(f"{tail}-{one}" for one in commands)}


def _owner(module: GoModule) -> str:
    parts = module.path.split("/")
    return parts[1].lower() if len(parts) > 2 else ""


def _bare(image: str) -> str:
    return _first_of(image.partition("@")[0])


def _first_of(text: str) -> str:
    head, colon, tag = text.rpartition(":")
    return head if colon and "/" not in tag else text


def _name(image: str) -> str:
    """The full name without tag and digest; empty where it is none."""
    try:
        return parse(image).name
    except InvalidReferenceError:
        return ""


def _last(image: str) -> str:
    """The last word of an image's name; empty where that is not known."""
    match = _LAST.fullmatch(image)
    return match["name"] if match else ""
