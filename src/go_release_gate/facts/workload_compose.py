"""The services of a compose file as workloads. Pure. https://docs.docker.com/reference/compose-file/services/"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator

from go_release_gate.facts.workload_values import line_of, places
from go_release_gate.facts.workloads import ANY, COMPOSE, Container, Port, Workload
from go_release_gate.oci.manifests.compose import substituted
from go_release_gate.oci.manifests.nodes import Node
from go_release_gate.oci.manifests.use import Part

_SHORT = re.compile(r"(?:(?:.*:)?[0-9-]*:)?(?P<target>[0-9]{1,5})(?:/(?:tcp|udp))?")
_USER = re.compile(r"([0-9]{1,9})(?::.*)?")


def services(path: str, document: Node) -> Iterator[Workload]:
    """One workload for each service; none for one that goes on from another file's (`extends`)."""
    table = document.get("services")
    for name, service in table.pairs.items():
        if service.pairs or service.merged:
            place = table.place(name)
            held = () if service.has("extends") else (_container(path, name, service, place),)
            yield Workload(path, line_of(place), COMPOSE, name, containers=held)


def _container(path: str, name: str, service: Node, place: Part | None) -> Container:
    plain, elsewhere, found = _variables(service)
    limits, image = service.get("deploy", "resources", "limits"), service.get("image").part
    memory = limits.get("memory").part or service.get("mem_limit").part
    cpus = limits.get("cpus").part or service.get("cpus").part
    command, entrypoint = service.get("command"), service.get("entrypoint")
    user = _USER.fullmatch(_plain(service.get("user").part))
    found |= places(
        (
            ("image", image),
            ("limits.memory", memory),
            ("limits.cpu", cpus),
            ("command", _first(entrypoint)),
            ("args", _first(command)),
        )
    )
    dockerfile, target = _build(path, service.get("build"))
    return Container(
        name=name,
        line=line_of(image, place),
        image=substituted(image.text) if image else "",
        command=_words(entrypoint),
        arguments=_words(command),
        environment=plain,
        from_fields=elsewhere,
        ports=tuple(_ports(service)),
        memory_limit=_plain(memory),
        cpu_limit=_plain(cpus),
        run_as_user=int(user[1]) if user else None,
        lines={key: part.line for key, part in found.items()},
        places=found,
        has_command=service.has("entrypoint"),
        directory=service.get("working_dir").text,
        mounts=tuple(_mounts(service)),
        dockerfile=dockerfile,
        target=target,
    )


def _plain(part: Part | None) -> str:
    """A text with its defaults filled in, empty where a variable stays open."""
    text = substituted(part.text) if part else ""
    return "" if "$" in text else text


def _first(node: Node) -> Part | None:
    return node.items[0].part if node.items else node.part


def _words(node: Node) -> tuple[str, ...]:
    if node.items:
        return tuple(substituted(one.text) for one in node.items)
    try:
        return tuple(shlex.split(substituted(node.text)))
    except ValueError:
        return (node.text,)


def _build(path: str, node: Node) -> tuple[str, str]:
    """Dockerfile and target that a service is built from."""
    context = node.text or node.get("context").text or ("." if node.pairs else "")
    if not context or "://" in context or "$" in context or node.has("dockerfile_inline"):
        return "", ""
    name = node.get("dockerfile").text or "Dockerfile"
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), context, name))
    return ("" if "$" in joined or joined.startswith(("../", "/")) else joined), node.get("target").text


def _variables(service: Node) -> tuple[dict[str, str], frozenset[str], dict[str, Part]]:
    node = service.get("environment")
    pairs = [(key, value.part, value.text) for key, value in node.pairs.items()]
    for one in node.items:
        key, equals, value = one.text.partition("=")
        pairs.append((key, one.part if equals else None, value))
    plain: dict[str, str] = {}
    elsewhere: set[str] = {ANY} if service.has("env_file") or node.merged else set()
    for key, part, value in pairs:
        text = substituted(value)
        if part is None or "$" in text:
            elsewhere.add(key)
        else:
            plain[key] = text
    return plain, frozenset(elsewhere), places((f"env.{key}", part) for key, part, _ in pairs)


def _ports(service: Node) -> Iterator[Port]:
    for one in service.get("ports").items:
        target = one.get("target")
        match = _SHORT.fullmatch(_plain(one.part))
        if target.text.isdigit():
            yield Port(target.text, line=line_of(target.part))
        elif match:
            yield Port(match["target"], line=line_of(one.part))


def _mounts(service: Node) -> Iterator[str]:
    for one in service.get("volumes").items:
        parts = one.text.split(":")
        yield one.get("target").text or (parts[1] if len(parts) > 1 else parts[0])
    for key in ("configs", "secrets", "tmpfs"):
        for one in service.get(key).items:
            yield one.get("target").text or (one.text if key == "tmpfs" else f"/run/secrets/{one.text}")
