"""A workload of a cluster as its JSON tells: which image its container has, how far its rollout is. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from go_release_gate.errors import UsageError
from go_release_gate.oci.reference import InvalidReferenceError, parse

KINDS = {
    **dict.fromkeys(("deployment", "deployments", "deploy"), "deployments.apps"),
    **dict.fromkeys(("statefulset", "statefulsets", "sts"), "statefulsets.apps"),
    **dict.fromkeys(("daemonset", "daemonsets", "ds"), "daemonsets.apps"),
    **dict.fromkeys(("cronjob", "cronjobs", "cj"), "cronjobs.batch"),
    **dict.fromkeys(("job", "jobs"), "jobs.batch"),
}
WAITED_FOR = ("deployments.apps", "statefulsets.apps", "daemonsets.apps")

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a container is configured: `resource` as the API calls it (`deployments.apps`), an empty `container`
    is the only one there."""

    resource: str
    name: str
    namespace: str = ""
    container: str = ""

    def __str__(self) -> str:
        where = f" in namespace {self.namespace}" if self.namespace else ""
        return f"{self.resource.partition('s.')[0]}/{self.name}{where}"


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a workload's pods: the JSON pointer to it, its name and its image."""

    pointer: str
    name: str
    image: str

    @property
    def digest(self) -> str:
        """The digest that the image is named by; empty: by a tag alone."""
        try:
            return parse(self.image).digest
        except InvalidReferenceError:
            return ""

    @property
    def repository(self) -> str:
        """The image without tag and digest, as it is written there."""
        plain = self.image.partition("@")[0]
        head, _, last = plain.rpartition("/")
        return f"{head}/{last.partition(':')[0]}" if head else last.partition(":")[0]


def address_of(workload: str, namespace: str, container: str) -> Address:
    """Read `deployment/api`. Raises UsageError: an unknown kind, or what is no name in Kubernetes."""
    kind, _, name = workload.partition("/")
    if kind.lower() not in KINDS:
        known = ", ".join(sorted(key for key, value in KINDS.items() if f"{key}s" == value.partition(".")[0]))
        raise UsageError(f"workload {workload!r}: expected KIND/NAME with one of {known}")
    if not _SUBDOMAIN.fullmatch(name):
        raise UsageError(f"workload {workload!r}: {name!r} is no name in Kubernetes (lower case, digits, `-` and `.`)")
    for what, text in (("namespace", namespace), ("container", container)):
        if text and not _LABEL.fullmatch(text):
            raise UsageError(f"{what} {text!r} is no name in Kubernetes (lower case, digits and `-`, at most 63)")
    return Address(KINDS[kind.lower()], name, namespace, container)


def pod_pointer(address: Address) -> str:
    """JSON pointer to the specification of the workload's pods."""
    return f"/spec/{'jobTemplate/spec/' if address.resource == 'cronjobs.batch' else ''}template/spec"


def pod_spec(workload: Mapping[str, Any], address: Address) -> dict[str, Any]:
    """The specification of the workload's pods; empty where there is none."""
    found: Any = workload
    for key in pod_pointer(address).split("/")[1:]:
        found = found.get(key) if isinstance(found, Mapping) else None
    return dict(found) if isinstance(found, Mapping) else {}


def container_of(workload: Mapping[str, Any], address: Address) -> Container:
    """The configured container. Raises UsageError where it is not there, or none is configured and several are."""
    spec = pod_spec(workload, address)
    found = [
        Container(f"{pod_pointer(address)}/{group}/{index}", str(one.get("name", "")), str(one.get("image", "")))
        for group in ("containers", "initContainers")
        for index, one in enumerate(spec.get(group) or ())
        if isinstance(one, Mapping)
    ]
    usual = [one for one in found if "/containers/" in one.pointer]
    chosen = [one for one in found if one.name == address.container] if address.container else usual
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(one.name for one in found) or "none"
    if address.container:
        raise UsageError(f"{address} has no container {address.container!r}; it has: {names}", "mend `container`")
    raise UsageError(f"{address} has several containers: {names}", "name one with `container`")


def progress(workload: Mapping[str, Any], address: Address) -> str:
    """How far the rollout is, in words; empty for kinds without one."""
    if address.resource not in WAITED_FOR:
        return ""
    status = workload.get("status") or {}
    generation = (workload.get("metadata") or {}).get("generation", 0)
    if status.get("observedGeneration", 0) < generation:
        return "the last change has not been taken up yet"
    if address.resource == "daemonsets.apps":
        wanted, updated, ready = "desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable"
        total = status.get(wanted, 0)
    else:
        updated, ready = "updatedReplicas", "availableReplicas"
        total = (workload.get("spec") or {}).get("replicas", 1)
    done, well = status.get(updated, 0), status.get(ready, 0)
    word = "" if done == well == total and status.get("replicas", total) == total else "rolling out: "
    return f"{word}{done} of {total} pods updated, {well} available"


def standstill(workload: Mapping[str, Any], address: Address) -> str:
    """Why the workload's pods do not follow a change by themselves; empty: they do."""
    spec = workload.get("spec") or {}
    if address.resource == "deployments.apps" and spec.get("paused"):
        return "its rollout is paused"
    if (spec.get("updateStrategy") or {}).get("type") == "OnDelete":
        return "its update strategy is OnDelete: each pod follows when it is deleted"
    return ""
