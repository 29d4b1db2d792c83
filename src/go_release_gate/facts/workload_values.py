"""From YAML to the values of a container: words, numbers, variables, ports, probes. Pure; what is no plain value is
left out, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from go_release_gate.facts.workloads import ANY, Port, Probe
from go_release_gate.oci.manifests.nodes import Node
from go_release_gate.oci.manifests.use import Part

_NUMBER = re.compile(r"[0-9]{1,9}")
_ACTIONS = {"httpGet": "http", "tcpSocket": "tcp", "grpc": "grpc", "exec": "exec"}
_TIMES = ("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold")
OPEN = re.compile(r"\$\(|\$\{|\{\{|\$[A-Za-z_]")  # something that is filled in elsewhere


def number(node: Node) -> int | None:
    """A whole number, None where it is none."""
    return int(node.text) if _NUMBER.fullmatch(node.text) else None


def truth(node: Node) -> bool | None:
    """A plain true or false."""
    return {"true": True, "false": False}.get(node.text.lower())


def words(node: Node) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(one.text for one in node.items)


def texts(node: Node) -> dict[str, str]:
    """A mapping of texts, merged mappings included."""
    found: dict[str, str] = {}
    for one in reversed((node, *node.merged)):
        found |= {key: value.text for key, value in one.pairs.items() if value.part}
    return found


def line_of(*nodes: Part | None) -> int:
    """The line of the first that is there, else 1."""
    return next((one.line for one in nodes if one), 1)


def places(pairs: Iterable[tuple[str, Part | None]]) -> dict[str, Part]:
    """Those that are there."""
    return {key: part for key, part in pairs if part}


def probe(container: Node, key: str) -> Probe | None:
    """The probe under `key` of a container; None: it has none that says what it asks."""
    node = container.get(key)
    name = next((name for name in _ACTIONS if node.has(name)), "")
    if not name:
        return None
    action = node.get(name)
    delay, period, timeout, failures = (number(node.get(one)) for one in _TIMES)
    return Probe(
        line=line_of(container.place(key), node.place(name)),
        kind=_ACTIONS[name],
        port=action.get("port").text,
        path=action.get("path").text or action.get("service").text,
        command=words(action.get("command")),
        initial_delay=delay,
        period=period,
        timeout=timeout,
        failures=failures,
        places=places((one, node.get(one).part) for one in _TIMES) | places([("port", action.get("port").part)]),
    )


def ports(container: Node) -> tuple[Port, ...]:
    """The ports that a container of Kubernetes lists."""
    return tuple(
        Port(one.get("containerPort").text, one.get("name").text, line_of(one.get("containerPort").part))
        for one in container.get("ports").items
        if one.get("containerPort").part
    )


def variables(container: Node) -> tuple[dict[str, str], frozenset[str], dict[str, Part]]:
    """The variables of a container: plain values, names of those from elsewhere, places of the values."""
    plain: dict[str, str] = {}
    elsewhere: set[str] = {ANY} if container.get("envFrom").items else set()
    found: dict[str, Part] = {}
    for one in container.get("env").items:
        name, part = one.get("name").text, one.get("value").part
        if one.has("valueFrom") or (part and OPEN.search(part.text)) or not name:
            elsewhere.add(name or ANY)
        else:
            plain[name] = part.text if part else ""
            found |= places([(f"env.{name}", part)])
    return plain, frozenset(elsewhere), found


def kinds(document: Node) -> Iterator[Node]:
    """The objects of a document: itself, or those of a List."""
    if document.get("kind").text.endswith("List") and document.get("items").items:
        yield from document.get("items").items
    else:
        yield document
