"""Workloads and Services of Kubernetes from their YAML, and what patches of kustomizations change in them. Pure.

A Deployment without selector, or with a container that has no image, is no Deployment but a patch for one, whoever
draws it in: it is not judged for what it leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from go_release_gate.facts.workload_values import line_of, number, places, ports, probe, texts, truth, variables, words
from go_release_gate.facts.workloads import KNATIVE, Container, Service, ServicePort, Workload
from go_release_gate.oci.manifests.nodes import Node
from go_release_gate.oci.manifests.use import Part

_POD = ("spec", "template")
_TEMPLATES: dict[str, tuple[str, ...]] = {
    "Deployment": _POD,
    "StatefulSet": _POD,
    "DaemonSet": _POD,
    "ReplicaSet": _POD,
    "Job": _POD,
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Pod": (),
    KNATIVE: _POD,
}
_SELECTING = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})
_PATCHED = re.compile(r".*/(containers|initContainers)/(\d+|-)/([A-Za-z]+)(?:/.*)?")
_PLAIN = re.compile(r"[\w-]*")
_SECURITY = "securityContext"


@dataclass(frozen=True, slots=True)
class Patch:
    """What a patch gives: keys of a container. `kind`, `name`, `container` empty: of any."""

    kind: str
    name: str
    container: str
    keys: frozenset[str]

    def fits(self, workload: Workload, container: Container) -> bool:
        """Whether it changes that container."""
        pairs = ((self.kind, workload.kind), (self.name, workload.name), (self.container, container.name))
        return all(not wanted or wanted == given for wanted, given in pairs)


def kind_of(document: Node) -> str:
    """The kind of a workload, empty where it is none."""
    kind, group = document.get("kind").text, document.get("apiVersion").text.partition("/")[0]
    if kind == "Service" and group == "serving.knative.dev":
        return KNATIVE
    return kind if kind in _TEMPLATES and group in ("apps", "batch", "v1") else ""


def is_patch(document: Node, *, is_alone: bool = False) -> bool:
    """Whether a workload's document can only be a part of one. `is_alone`: there is nothing that patches anything."""
    kind = kind_of(document)
    pod = document.get(*_TEMPLATES[kind], "spec")
    containers = pod.get("containers").items
    if document.has("$patch") or not containers or any(not one.get("image").part for one in containers):
        return True
    return kind in _SELECTING and not is_alone and not document.get("spec", "selector").pairs


def workload(path: str, document: Node) -> Workload:
    """The workload that a document describes."""
    kind = kind_of(document)
    template = document.get(*_TEMPLATES[kind])
    pod, metadata = template.get("spec"), document.get("metadata")
    initial = [container(one, pod, is_initial=one.get("restartPolicy").text != "Always") for one in _initial(pod)]
    return Workload(
        path=path,
        line=line_of(metadata.get("name").part, document.place("kind")),
        kind=kind,
        name=metadata.get("name").text,
        namespace=metadata.get("namespace").text,
        labels=texts(template.get("metadata", "labels")),
        containers=(*initial, *(container(one, pod) for one in pod.get("containers").items)),
    )


def _initial(pod: Node) -> list[Node]:
    return pod.get("initContainers").items


def container(node: Node, pod: Node, *, is_initial: bool = False) -> Container:
    """One container of a pod."""
    plain, elsewhere, found = variables(node)
    limits, image = node.get("resources", "limits"), node.get("image").part
    security = node.get(_SECURITY) if node.get(_SECURITY).has("runAsNonRoot") else pod.get(_SECURITY)
    user = node.get(_SECURITY) if node.get(_SECURITY).has("runAsUser") else pod.get(_SECURITY)
    found |= places(
        (
            ("image", image),
            ("limits.memory", limits.get("memory").part),
            ("limits.cpu", limits.get("cpu").part),
            ("runAsNonRoot", security.get("runAsNonRoot").part),
            ("runAsUser", user.get("runAsUser").part),
            ("command", _first(node.get("command"))),
            ("args", _first(node.get("args"))),
            ("script", _script((*node.get("command").items, *node.get("args").items))),
        )
    )
    return Container(
        name=node.get("name").text,
        line=line_of(image, node.get("name").part),
        image=image.text if image else "",
        command=words(node.get("command")),
        arguments=words(node.get("args")),
        environment=plain,
        from_fields=elsewhere,
        ports=ports(node),
        readiness=probe(node, "readinessProbe"),
        liveness=probe(node, "livenessProbe"),
        startup=probe(node, "startupProbe"),
        memory_limit=limits.get("memory").text,
        cpu_limit=limits.get("cpu").text,
        run_as_non_root=truth(security.get("runAsNonRoot")),
        run_as_user=number(user.get("runAsUser")),
        lines={key: part.line for key, part in found.items()},
        is_initial=is_initial,
        places=found,
        has_command=node.has("command"),
        directory=node.get("workingDir").text,
        mounts=tuple(one.get("mountPath").text for one in node.get("volumeMounts").items),
    )


def _script(words: Iterable[Node]) -> Part | None:
    """The word whose lines stand below, one by one: a script for a shell."""
    return next((one.part for one in words if one.part and one.part.is_literal), None)


def _first(node: Node) -> Part | None:
    return node.items[0].part if node.items else node.part


def service(path: str, document: Node) -> Service:
    """The Service that a document describes."""
    metadata, spec = document.get("metadata"), document.get("spec")
    return Service(
        path=path,
        line=line_of(metadata.get("name").part, document.place("kind")),
        name=metadata.get("name").text,
        namespace=metadata.get("namespace").text,
        selector=texts(spec.get("selector")) if spec.get("type").text != "ExternalName" else {},
        ports=tuple(map(_service_port, spec.get("ports").items)),
        is_headless=spec.get("clusterIP").text == "None",
    )


def _service_port(node: Node) -> ServicePort:
    port, target = node.get("port").part, node.get("targetPort").part
    shown = target or port
    name = node.get("name").text
    return ServicePort(port.text if port else "", shown.text if shown else "", line_of(shown), name, target)


def patches(document: Node, target: Node | None = None) -> Iterator[Patch]:
    """What a strategic merge patch for a workload gives; beside a `target` its own name says nothing."""
    kind = kind_of(document)
    if not kind:
        return
    name, pod = document.get("metadata", "name").text, document.get(*_TEMPLATES[kind], "spec")
    name = _name(target) if target and target.pairs else name
    if pod.has(_SECURITY):
        yield Patch(kind, name, "", frozenset({_SECURITY}))
    if document.get(*_TEMPLATES[kind], "metadata").has("labels"):
        yield Patch(kind, name, "", frozenset({"labels"}))
    for one in (*pod.get("containers").items, *_initial(pod)):
        yield Patch(kind, name, one.get("name").text, frozenset(one.pairs) - {"name"})


def operations(target: Node, document: Node) -> Iterator[Patch]:
    """What a list of operations (RFC 6902) changes; a target that is chosen by anything but its name may be any."""
    kind, name = target.get("kind").text, _name(target)
    for one in document.items:
        path = one.get("path").text
        match = _PATCHED.fullmatch(path)
        if match:
            yield Patch(kind, name, "", frozenset({match[3]}))
        elif path.endswith(_SECURITY) or f"/{_SECURITY}/" in path:
            yield Patch(kind, name, "", frozenset({_SECURITY}))


def _name(target: Node) -> str:
    """The name that a target chooses, which is a regular expression; empty: it may be any."""
    name = target.get("name").text
    return name if _PLAIN.fullmatch(name) else ""


def patched(found: Workload, changes: Iterable[Patch]) -> Workload:
    """The workload, its containers marked with what patches give them."""
    listed = tuple(changes)
    return replace(
        found,
        containers=tuple(
            replace(one, patched=frozenset().union(*(change.keys for change in listed if change.fits(found, one))))
            for one in found.containers
        ),
    )
