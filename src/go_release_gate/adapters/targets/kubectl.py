"""A container's image in a workload of a Kubernetes cluster, changed through the real `kubectl`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from difflib import unified_diff
from typing import Any

from go_release_gate.adapters.programs import find
from go_release_gate.adapters.targets.kube_client import ConflictError, Kubectl, NotThereError
from go_release_gate.adapters.targets.kube_rollout import wait
from go_release_gate.adapters.targets.kube_shown import shown
from go_release_gate.adapters.targets.kube_workload import (
    WAITED_FOR,
    Address,
    Container,
    address_of,
    container_of,
    pod_spec,
    progress,
    standstill,
)
from go_release_gate.adapters.targets.surroundings import Surroundings
from go_release_gate.config.releases import Target as Settings
from go_release_gate.errors import RaceError, RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.move import Effect, Move, Observed

CAUSE = "kubernetes.io/change-cause"  # `kubectl rollout history` shows it
TRIES = 5  # a change of the object that leaves its pods alone (a scaling, a status) is no conflict


def kubectl_target(settings: Settings, surroundings: Surroundings) -> KubectlTarget:
    """The target that the configuration describes.

    Raises:
        UsageError: names that Kubernetes would not take. UnavailableError: there is no kubectl outside the checkout.
    """
    program = find("kubectl", surroundings.variables, surroundings.checkout)
    if program is None:
        raise UnavailableError(
            "kubectl was not found on PATH", "install kubectl (https://kubernetes.io/docs/tasks/tools)"
        )

    def connected(context: str, namespace: str) -> Kubectl:
        return Kubectl(surroundings.runner, program, surroundings.variables, surroundings.folder, context, namespace)

    return KubectlTarget(settings, connected, surroundings.said)


class KubectlTarget:
    """A workload's container.

    Args:
        settings: `workload`, `container`, `namespace`, `context`, `timeout` count here.
        connected: makes the Kubectl for a context and a namespace.
        said: is told what is waited for.

    Raises:
        UsageError: names that Kubernetes would not take.
    """

    kind = "kubectl"

    def __init__(
        self,
        settings: Settings,
        connected: Callable[[str, str], Kubectl],
        said: Callable[[str], None] = lambda _words: None,
    ) -> None:
        self._address: Address = address_of(settings.workload, settings.namespace, settings.container)
        self._kubectl = connected(_context(settings.context), settings.namespace)
        self._timeout = settings.timeout
        self._said = said
        self._seen: str | None = None
        self.name = settings.name or str(self._address)

    def observe(self, service: str, environment: str) -> Observed:  # noqa: ARG002 - the workload is configured
        """The digest that the container is configured with, and how far its rollout is.

        Raises:
            UnavailableError: the cluster cannot be asked. RefusedError: a right is missing. UsageError: no such
                container or context.
        """
        try:
            workload = self._get()
        except NotThereError:
            return Observed(detail=f"there is no {self._address}")
        container = container_of(workload, self._address)
        self._seen = container.image
        detail = progress(workload, self._address)
        if not container.digest:
            return Observed(
                detail=detail, unknown=f"{self._address} runs {container.image!r}, which names no digest (sha256:…)"
            )
        return Observed(container.digest, detail)

    def plan(self, move: Move) -> tuple[Effect, ...]:
        """The change as the server would make it (a dry run there), with the difference.

        Raises:
            RefusedError: there is no such workload, a right is missing, the server would not take the change.
        """
        workload = self._present()
        container = container_of(workload, self._address)
        if container.digest == move.after:
            return ()
        _refuse_standstill(workload, self._address)
        wanted = _image(container, move)
        changed = self._patch(workload, container, wanted, move, "--dry-run=server")
        name = f"{self._address.resource}/{self._address.name}.yaml"
        lines = unified_diff(shown(workload), shown(changed), f"a/{name}", f"b/{name}", n=3, lineterm="")
        waits = f", and wait at most {self._timeout:g} s for its rollout" if self._is_waited_for else ""
        what = f"set container {container.name} of {self._address} to {wanted}{waits}"
        return (Effect(what, "\n".join(lines)),)

    def apply(self, move: Move) -> str:
        """Set the image if it is still the one that was seen, and wait for the rollout.

        Raises:
            RaceError: somebody else changed the pods meanwhile; theirs stands. RefusedError: nothing was changed.
            RolloutError: changed, and the new pods do not become ready. UnavailableError.
        """
        try:
            workload, container, did = self._changed(move)
        except UsageError as error:
            raise RefusedError(error.message, error.hint) from error
        if self._is_waited_for:
            self._said(f"{self.name}: waiting for the rollout of {container.image}")
        came = wait(self._kubectl, self._address, workload, container, self._timeout)
        self._refuse_replaced(move)
        return f"container {container.name} of {self._address} {did} {container.image}; {came}"

    def missing_rights(self) -> tuple[str, ...]:
        """The rights that are needed and that we do not have, as `kubectl auth can-i` tells."""
        resource = f"{self._address.resource}/{self._address.name}"
        wanted = [(verb, resource) for verb in ("get", "list", "watch", "patch")]
        asked = [*wanted, ("list", "pods")] if self._is_waited_for else [wanted[0], wanted[3]]
        return tuple(f"{verb} {what}" for verb, what in asked if not self._kubectl.may(verb, what))

    @property
    def _is_waited_for(self) -> bool:
        return self._address.resource in WAITED_FOR

    def _get(self) -> dict[str, Any]:
        return self._kubectl.asked("get", self._address.resource, self._address.name)

    def _present(self) -> dict[str, Any]:
        try:
            return self._get()
        except NotThereError as error:
            raise RefusedError(
                f"there is no {self._address}", "create it first; only its image is changed here"
            ) from error

    def _changed(self, move: Move) -> tuple[dict[str, Any], Container, str]:
        """The workload with the image, its container, and whether that is new."""
        workload = self._present()
        start = pod_spec(workload, self._address)
        for _ in range(TRIES):
            container = container_of(workload, self._address)
            if container.digest == move.after:
                return workload, container, "has already"
            self._refuse_race(container, move)
            _refuse_standstill(workload, self._address)
            try:
                changed = self._patch(workload, container, _image(container, move), move)
            except ConflictError:
                workload = self._present()
                if pod_spec(workload, self._address) != start:
                    raise self._race(container_of(workload, self._address).image) from None
                continue
            return changed, container_of(changed, self._address), "was set to"
        raise RaceError(
            f"{self._address} is changed by somebody else all the time: nothing was changed", "run it again"
        )

    def _patch(
        self, workload: Mapping[str, Any], container: Container, image: str, move: Move, *words: str
    ) -> dict[str, Any]:
        """Change the image where all is as it was read; what the server made of it."""
        try:
            return self._kubectl.asked(
                "patch",
                self._address.resource,
                self._address.name,
                "--type=json",
                f"--patch={json.dumps(_operations(workload, container, image, move))}",
                *words,
            )
        except ConflictError:
            raise
        except RefusedError as error:
            missing = self.missing_rights()
            if not missing:
                raise
            raise RefusedError(f"{error.message}; missing rights: {', '.join(missing)}", error.hint) from error

    def _refuse_race(self, container: Container, move: Move) -> None:
        """Raise RaceError where the image is neither the one that was looked at nor, unseen, the one of the plan."""
        if self._seen is not None:
            is_known = container.image == self._seen
        else:
            is_known = not container.digest or container.digest == move.before or bool(move.accepts_drift)
        if not is_known:
            raise self._race(container.image)

    def _race(self, image: str) -> RaceError:
        return RaceError(
            f"somebody else changed the pods of {self._address}, which run {image} now: nothing was changed",
            "plan again",
        )

    def _refuse_replaced(self, move: Move) -> None:
        """Raise RaceError where the image was replaced while its rollout was waited for."""
        container = container_of(self._present(), self._address)
        if container.digest != move.after:
            raise RaceError(
                f"{self._address} was changed to {container.image} by somebody else while its rollout was waited for",
                "look what runs with `go-release-gate release status`",
            )


def _context(context: str) -> str:
    if context.startswith("-") or not context.isprintable():
        raise UsageError(f"context {context!r} cannot be the name of a context")
    return context


def _refuse_standstill(workload: Mapping[str, Any], address: Address) -> None:
    if (why := standstill(workload, address)) and "paused" in why:
        raise RefusedError(
            f"{address} would not follow: {why}", f"`kubectl rollout resume {address.resource}/{address.name}`"
        )
    if address.resource == "jobs.batch":
        raise RefusedError(
            f"{address}: the image of a job that exists cannot be changed", "name the cronjob it comes from"
        )


def _image(container: Container, move: Move) -> str:
    """The image to set: at the place the cluster pulls from now, where the ledger knows it to hold these bytes."""
    if container.repository in move.image.locations:
        return f"{container.repository}@{move.after}"
    return move.reference


def _operations(workload: Mapping[str, Any], container: Container, image: str, move: Move) -> list[dict[str, Any]]:
    """A JSON patch (RFC 6902) that the server takes whole or not at all."""
    metadata = workload.get("metadata") or {}
    cause = " ".join(filter(None, ("go-release-gate:", move.service, move.version, move.after, _entry(move))))
    key = CAUSE.replace("/", "~1")
    start = [] if metadata.get("annotations") else [{"op": "add", "path": "/metadata/annotations", "value": {}}]
    return [
        {"op": "test", "path": "/metadata/resourceVersion", "value": metadata.get("resourceVersion", "")},
        {"op": "test", "path": f"{container.pointer}/name", "value": container.name},
        {"op": "test", "path": f"{container.pointer}/image", "value": container.image},
        {"op": "replace", "path": f"{container.pointer}/image", "value": image},
        *start,
        {"op": "add", "path": f"/metadata/annotations/{key}", "value": cause},
    ]


def _entry(move: Move) -> str:
    return f"(entry {move.entry})" if move.entry else ""
