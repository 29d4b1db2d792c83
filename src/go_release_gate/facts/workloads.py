"""The fact which workloads the manifests describe: containers with ports, probes, limits and users, and the services
in front of them. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from go_release_gate.oci.manifests.use import Part

COMPOSE = "compose"
KNATIVE = "Knative Service"
ANY = "*"  # among variables from elsewhere: there may be any (envFrom, env_file)


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe as it is written; numbers in seconds, None: not given. `port`: number or name, empty: none.

    `places`: where its keys' values stand (`timeoutSeconds`, `port`, …).
    """

    line: int
    kind: str = ""  # http, tcp, grpc or exec
    port: str = ""
    path: str = ""
    command: tuple[str, ...] = ()
    initial_delay: int | None = None
    period: int | None = None
    timeout: int | None = None
    failures: int | None = None
    places: Mapping[str, Part] = field(default_factory=dict)

    @property
    def action(self) -> tuple[str, str, str, tuple[str, ...]]:
        """What it asks, without when and how often."""
        return self.kind, self.port, self.path, self.command


@dataclass(frozen=True, slots=True)
class Port:
    """A port: `number` empty where only a name is given."""

    number: str
    name: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a workload; `environment` holds plain values alone, `lines` the lines of its keys.

    Attributes:
        from_fields: variables whose value comes from elsewhere (valueFrom); ANY: there may be others (envFrom).
        places: where values stand: `image`, `limits.memory`, `env.GOMEMLIMIT`, `runAsNonRoot`, `script` (a
            word of the command of several lines), …
        patched: keys (`readinessProbe`, `env`, `resources`, …) that a patch beside gives or changes.
        is_initial: an init container that ends; one that goes on (`restartPolicy: Always`) is none.
        has_command: whether it says `command`, known or not. is_open: command or arguments hold what is not known here.
        directory: working directory, empty: the image's.
        mounts: paths at which volumes lie; of what is in them nothing is known.
        dockerfile, target: what a compose file builds it from, relative to the root; empty: it says nothing.
    """

    name: str
    line: int
    image: str = ""
    command: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    from_fields: frozenset[str] = frozenset()
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
    places: Mapping[str, Part] = field(default_factory=dict)
    patched: frozenset[str] = frozenset()
    has_command: bool = False
    directory: str = ""
    mounts: tuple[str, ...] = ()
    dockerfile: str = ""
    target: str = ""

    def is_given(self, variable: str) -> bool:
        """Whether a variable may be set here, with whatever value."""
        return variable in self.environment or not self.from_fields.isdisjoint((variable, ANY))


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
    name: str = ""
    place: Part | None = None  # of `targetPort`, None where it is not said


@dataclass(frozen=True, slots=True)
class Service:
    """A Service of Kubernetes; `selector` empty: it chooses nothing by itself.

    `is_headless`: it has no address of its own, so that no port is mapped.
    """

    path: str
    line: int
    name: str
    namespace: str = ""
    selector: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[ServicePort, ...] = ()
    is_headless: bool = False

    def selects(self, workload: Workload) -> bool:
        """Whether it sends requests to the pods of a workload, as far as their manifests tell."""
        if not self.selector or workload.kind == COMPOSE:
            return False
        if self.namespace and workload.namespace and self.namespace != workload.namespace:
            return False
        return self.selector.items() <= workload.labels.items()


@dataclass(frozen=True, slots=True)
class Expectations:
    """What probes are held against, in seconds: the least delays, periods and failures, the longest time limit."""

    liveness_delay: int = 30
    liveness_period: int = 10
    liveness_failures: int = 3
    readiness_delay: int = 10
    readiness_period: int = 5
    probe_timeout: int = 3


@dataclass(frozen=True, slots=True)
class GoModule:
    """What is asked of a module here: its `go` line (or that of a workspace it is in, if that is higher), what it
    requires, its `godebug` lines as `key=value`, the names of the directories below its `cmd`."""

    dir: str
    path: str
    go: str = ""
    requires: frozenset[str] = frozenset()
    godebugs: frozenset[str] = frozenset()
    commands: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Workloads:
    """Every workload and service that could be read; templates (Helm, unresolved variables) are left out.

    Attributes:
        renamed: image name → names that kustomizations give it instead.
        modules: of the repository. documents: its Dockerfiles by name, and other files that may tell of images.
    """

    workloads: tuple[Workload, ...] = ()
    services: tuple[Service, ...] = ()
    expected: Expectations = Expectations()
    renamed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    modules: tuple[GoModule, ...] = ()
    documents: tuple[str, ...] = ()
