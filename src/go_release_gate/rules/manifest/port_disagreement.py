"""Ports that do not fit together: what the program listens on, what the image and the manifest list, what probes and
Services ask for.

## What it finds

- A probe at a port name that its container does not have; a Service whose `targetPort` is a name that no container
  of the pods it selects has (errors: the kubelet, or the Service, finds nothing there).
- A Service that sends to a number that the selected pods, which list their ports, neither list nor speak of anywhere
  (a warning where flags, variables or `EXPOSE` tell what they listen on, else a note: Kubernetes lets a container
  listen on ports it does not list).
- For images that this repository builds: a program that is told by a flag or a variable (`--addr=:9090`, `PORT=9090`)
  to listen elsewhere than on the ports that its manifest, compose file or `EXPOSE` lists, or that `HEALTHCHECK` asks
  (warning; a note where only `EXPOSE` says otherwise); a probe at a number
  that nothing speaks of (warning, or a note where nothing says which port is right); a manifest whose ports are others
  than those the image exposes (note).

## Why

Each of these numbers is written in another file, and nothing compares them before the pod runs: it starts, and is never
ready; or is ready, and nobody reaches it.

## Fix

Say the port once, name it (`ports: [{name: http, containerPort: 8080}]`), and use the name in probes and Services.

## Limits

Kubernetes does not need `containerPort`, so that a container that lists no port contradicts nothing. Flags and
variables count where their names are usual for what a server listens on (`addr`, `listen`, `port`, `http-port`, …;
`PORT`, `HTTP_ADDR`, …). Numbers that only a container's list contradicts are passed over where the command names a file
with settings, and for programs on controller-runtime. Nothing is said where variables come from elsewhere as a whole
(`envFrom`), where patches of a kustomization change the ports, and of Services without address (`clusterIP: None`) with
a number.

## References

- https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
- https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Probe
- https://docs.docker.com/reference/dockerfile/#expose
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.dockerfile.model import Dockerfile
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_sources import Source, Sources
from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Container, Probe, Service, ServicePort, Workload, Workloads
from go_release_gate.model.finding import Location, Related, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.manifest._containers import ORIGINS, called, containers, key, place, stage_of, target
from go_release_gate.rules.manifest._listening import Listening, of_container, of_image

RULE = Rule(
    id="port-disagreement",
    summary="program, image, container, probe and Service name different ports",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Workloads,),
    uses=(*ORIGINS, Dockerfiles),
    merge=True,
)

_ASKED = re.compile(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]):([0-9]{2,5})(?![0-9])")
_CONTROLLER = "sigs.k8s.io/controller-runtime"  # listens on ports of its own that nobody writes down


@RULE.check
def check(
    found: Workloads,
    workflows: Workflows | None,
    table: ReleaseTable | None,
    builds: ImageBuilds | None,
    files: Dockerfiles | None,
) -> Iterator[Draft]:
    """Drafts for containers, then for Services."""
    sources = Sources(found, workflows, table, builds)
    for workload, container in containers(found):
        if "ports" in container.patched or container.is_initial:
            continue
        source = sources.of(container)
        known = _known(container, source, (found, files))
        yield from _probes(workload, container, known if source else None)
        if source and not known.is_open:
            yield from _listed(workload, container, known)
    for service in found.services:
        yield from _service(service, sources, (found, files))


@RULE.check_of(Dockerfiles)
def check_dockerfiles(files: Dockerfiles) -> Iterator[Draft]:
    """One draft for each image whose program is told to listen on a port that EXPOSE does not name."""
    for file in files.files:
        if not file.stages:
            continue
        found = of_image(file, file.final)
        if found.told and found.exposed and not found.is_open and found.told.keys().isdisjoint(found.exposed):
            port, words = next(iter(found.told.items()))
            yield Draft(
                Location(file.path, min(found.exposed.values())),
                f"EXPOSE {', '.join(found.exposed)}, but the program is told to listen on {port} (`{words}`)",
                key="EXPOSE",
                target=Target("dockerfile", file.path),
            )
        yield from _health(file, found)


def _health(file: Dockerfile, found: Listening) -> Iterator[Draft]:
    """The last HEALTHCHECK against what the program is told, or what EXPOSE names."""
    one = next((one for one in reversed(file.final.instructions) if one.keyword == "HEALTHCHECK"), None)
    asked = _ASKED.findall(one.value) if one else []
    known = found.told or found.exposed
    if one is None or not known or found.is_open or found.has_more or any(map(found.knows, asked)):
        return
    for port in asked[:1]:
        first, words = next(iter(known.items()))
        told = f"the program is told to listen on {first} (`{words}`)" if found.told else f"EXPOSE {', '.join(known)}"
        yield Draft(
            Location(file.path, one.line),
            f"HEALTHCHECK asks port {port}, but {told}",
            key="HEALTHCHECK",
            target=Target("dockerfile", file.path),
            severity=None if found.told else Severity.NOTE,
        )


def _known(container: Container, source: Source | None, around: tuple[Workloads, Dockerfiles | None]) -> Listening:
    """What is known of a container's ports; where its module is not, any of the repository may be it."""
    found = of_container(container, stage_of(source, around[1]))
    modules = (source.module,) if source and source.module else around[0].modules if source else ()
    found.has_more = found.has_more or any(_CONTROLLER in one.requires for one in modules)
    return found


def _probes(workload: Workload, container: Container, known: Listening | None) -> Iterator[Draft]:
    for name, probe in (
        ("readiness", container.readiness),
        ("liveness", container.liveness),
        ("startup", container.startup),
    ):
        if probe and probe.port and f"{name}Probe" not in container.patched:
            message, severity = _probe(container, probe, known)
            if message:
                yield Draft(
                    place(workload, probe.places.get("port"), probe.line),
                    f"{name} probe of {called(workload, container)} asks {message}",
                    key=key(workload, container, f"probe {probe.port}"),
                    target=target(workload),
                    severity=severity,
                )


def _probe(container: Container, probe: Probe, known: Listening | None) -> tuple[str, Severity | None]:
    """What is wrong with the port of a probe; `known` None: the image is not the repository's own."""
    listed = _named(container)
    if not probe.port.isdigit():
        names = [one.name for one in container.ports if one.name]
        if probe.port in names:
            return "", None
        return f"the port `{probe.port}`, which none of its ports is called ({_list(names)})", Severity.ERROR
    numbers = [one.number for one in container.ports]
    if known is None or known.is_open or probe.port in numbers or known.knows(probe.port):
        return "", None
    told = [f"it is told to listen on {port} (`{words}`)" for port, words in known.told.items()]
    if told:
        return f"port {probe.port}, but {told[0]}", None
    if numbers and not known.has_more:
        return f"port {probe.port}, which is none of its ports ({listed})", Severity.NOTE
    return "", None


def _listed(workload: Workload, container: Container, known: Listening) -> Iterator[Draft]:
    """The ports that a manifest lists against what the program is told, or what the image exposes."""
    numbers = {one.number: one.line for one in container.ports if one.number}
    if not numbers:
        return
    message, severity = "", None
    if known.told and known.told.keys().isdisjoint(numbers):
        port, words = next(iter(known.told.items()))
        message = f"lists port {', '.join(numbers)}, but its program is told to listen on {port} (`{words}`)"
    elif not known.told and known.exposed and not any(known.knows(port) for port in numbers):
        message = f"lists port {', '.join(numbers)}, but its image exposes {', '.join(known.exposed)}"
        severity = Severity.NOTE
    if message:
        yield Draft(
            Location(workload.path, next(iter(numbers.values()))),
            f"{called(workload, container)} {message}",
            key=key(workload, container, "ports"),
            target=target(workload),
            severity=severity,
        )


def _service(service: Service, sources: Sources, around: tuple[Workloads, Dockerfiles | None]) -> Iterator[Draft]:
    chosen = [one for one in around[0].workloads if service.selects(one)]
    held = [container for workload in chosen for container in workload.containers if not container.is_initial]
    if not held or any(not {"ports", "labels"}.isdisjoint(one.patched) for one in held):
        return
    for port in service.ports:
        known = [_known(one, sources.of(one), around) for one in held]
        message, severity = _service_port(service, port, held, known)
        if message:
            yield Draft(
                Location(service.path, port.line, None, port.place.column if port.place else None),
                f"Service `{service.name}` sends to {message}",
                key=f"Service/{service.name}: {port.port} {port.target}",
                target=Target("service", service.name),
                related=tuple(Related("pods it selects", Location(one.path, one.line)) for one in chosen[:3]),
                severity=severity,
            )


def _service_port(
    service: Service, port: ServicePort, held: list[Container], known: list[Listening]
) -> tuple[str, Severity | None]:
    if not port.target.isdigit():
        names = [one.name for container in held for one in container.ports if one.name]
        if not port.target or port.target in names:
            return "", None
        return f"the port `{port.target}`, which no container of its pods has ({_list(names)})", Severity.ERROR
    numbers = [one.number for container in held for one in container.ports]
    if service.is_headless or not numbers or port.target in numbers:
        return "", None
    if any(one.is_open or one.knows(port.target) or (one.has_more and not one.told) for one in known):
        return "", None
    message = f"port {port.target}, which is none of its pods' ports ({', '.join(dict.fromkeys(numbers))})"
    is_told = all(one.told or one.exposed for one in known)  # and nothing speaks of this one
    return message, None if is_told else Severity.NOTE


def _named(container: Container) -> str:
    return ", ".join(f"{one.name} {one.number}".strip() for one in container.ports)


def _list(names: list[str]) -> str:
    unique = list(dict.fromkeys(names))
    return f"there are {', '.join(unique)}" if unique else "none has a name"
