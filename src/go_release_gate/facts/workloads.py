"""The fact which workloads the manifests describe: containers with ports, probes, limits and users, and the services
in front of them. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe as it is written; numbers in seconds, None: not given. `port`: number or name, empty: none."""

    line: int
    kind: str = ""  # http, tcp, grpc or exec
    port: str = ""
    path: str = ""
    command: tuple[str, ...] = ()
    initial_delay: int | None = None
    period: int | None = None
    timeout: int | None = None
    failures: int | None = None


@dataclass(frozen=True, slots=True)
class Port:
    """A port: `number` empty where only a name is given."""

    number: str
    name: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a workload; `environment` holds plain values alone, `lines` the lines of its keys."""

    name: str
    line: int
    image: str = ""
    command: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    from_fields: frozenset[str] = frozenset()  # variables whose value comes from elsewhere (valueFrom, envFrom)
    ports: tuple[Port, ...] = ()
    readiness: Probe | None = None
    liveness: Probe | None = None
    startup: Probe | None = None
    memory_limit: str = ""
    cpu_limit: str = ""
    run_as_non_root: bool | None = None  # its own, else the pod's
    run_as_user: int | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    is_initial: bool = False


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment, StatefulSet, DaemonSet, Job, CronJob, Pod or a service of a compose file (`kind: compose`)."""

    path: str
    line: int
    kind: str
    name: str
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)  # of the pod
    containers: tuple[Container, ...] = ()


@dataclass(frozen=True, slots=True)
class ServicePort:
    """A port of a Service: `target` number or name of a container's port."""

    port: str
    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Service:
    """A Service of Kubernetes; `selector` empty: it chooses nothing by itself."""

    path: str
    line: int
    name: str
    namespace: str = ""
    selector: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[ServicePort, ...] = ()


@dataclass(frozen=True, slots=True)
class Workloads:
    """Every workload and service that could be read; templates (Helm, unresolved variables) are left out."""

    workloads: tuple[Workload, ...] = ()
    services: tuple[Service, ...] = ()
