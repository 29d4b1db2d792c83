"""A rollout is waited for, and where it does not come to its end the pods are asked why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from go_release_gate.adapters.targets.kube_client import Kubectl
from go_release_gate.adapters.targets.kube_workload import WAITED_FOR, Address, Container, standstill
from go_release_gate.adapters.targets.output import last_words
from go_release_gate.errors import GateError, RolloutError

REASONS = 3  # reasons that a message names
SHOWN = 200  # characters of one
ORDINARY = frozenset({"ContainerCreating", "PodInitializing", "Completed"})


def wait(kubectl: Kubectl, address: Address, workload: Mapping[str, Any], container: Container, timeout: float) -> str:
    """Wait until the pods run the container's image; a sentence that says what came of it.

    Raises:
        RolloutError: the workload is changed, and its pods do not become ready; with their reasons.
    """
    if address.resource not in WAITED_FOR:
        return "the next job uses it"
    if why := standstill(workload, address):
        return f"not waited for, {why}"
    seconds = max(1, round(timeout))
    answer = kubectl.run(
        "rollout", "status", address.resource, address.name, f"--timeout={seconds}s", timeout=seconds + 10.0
    )
    if answer.returncode == 0 and not answer.timed_out:
        return "rolled out"
    told = last_words(answer.stderr or answer.stdout, 1).removeprefix("error: ")
    why = "; ".join(reasons(kubectl, address, container)) or told or "kubectl does not say why"
    ended = "exceeded its progress deadline" if "progress deadline" in told else f"did not end in {seconds} s"
    if "deadline" not in told and "timed out" not in told and not answer.timed_out:
        ended = f"could not be followed to its end ({told})"
    raise RolloutError(
        f"{address} is changed to {container.image}, and its rollout {ended}: {why}",
        "`go-release-gate release rollback` goes back",
    )


def reasons(kubectl: Kubectl, address: Address, container: Container) -> list[str]:
    """Why the pods with the container's image are not ready, each reason once; empty where nothing tells."""
    found: list[str] = []
    try:
        workload = kubectl.asked("get", address.resource, address.name)
        found += _of_conditions(workload)
        selector = _selector(workload)
        pods = kubectl.asked("get", "pods", f"--selector={selector}").get("items", []) if selector else []
    except GateError as error:
        return [*found[:REASONS], f"its pods cannot be asked ({error.message[:SHOWN]})"]
    for pod in pods:
        if _runs(pod, container):
            found += _of_pod(pod)
    return list(dict.fromkeys(found))[:REASONS]


def _selector(workload: Mapping[str, Any]) -> str:
    """The workload's label selector as kubectl takes it."""
    selector = (workload.get("spec") or {}).get("selector") or {}
    parts = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for one in selector.get("matchExpressions") or ():
        key, values = one.get("key", ""), ",".join(one.get("values") or ())
        known = {
            "In": f"{key} in ({values})",
            "NotIn": f"{key} notin ({values})",
            "Exists": key,
            "DoesNotExist": f"!{key}",
        }
        parts.append(known[one["operator"]])
    return ",".join(parts)


def _runs(pod: Mapping[str, Any], container: Container) -> bool:
    spec = pod.get("spec") or {}
    every = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
    return any(one.get("name") == container.name and one.get("image") == container.image for one in every)


def _of_conditions(workload: Mapping[str, Any]) -> Iterator[str]:
    """What keeps pods from being made at all: quotas, admission."""
    for condition in (workload.get("status") or {}).get("conditions") or ():
        if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
            yield _words(str(condition.get("reason", "")), str(condition.get("message", "")))


def _of_pod(pod: Mapping[str, Any]) -> Iterator[str]:
    status = pod.get("status") or {}
    for one in [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]:
        if one.get("ready"):
            continue
        state, last = one.get("state") or {}, (one.get("lastState") or {}).get("terminated") or {}
        waiting, ended = state.get("waiting") or {}, state.get("terminated") or last
        if "running" in state and not ended:
            yield f"container {one.get('name')} runs and is not ready: see its readiness probe"
        reason = str(waiting.get("reason") or ended.get("reason") or "")
        if reason and reason not in ORDINARY:
            code = f"exit code {ended['exitCode']}" if "exitCode" in ended else ""
            message = str(waiting.get("message") or ended.get("message") or "")
            yield f"container {one.get('name')}: {_words(reason, ', '.join(filter(None, (code, message))))}"
    for condition in status.get("conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            yield _words(str(condition.get("reason", "")), str(condition.get("message", "")))


def _words(reason: str, message: str) -> str:
    text = last_words(f"{reason} ({message})".encode() if message else reason.encode())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} ..."
