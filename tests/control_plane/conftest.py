"""A real Kubernetes control plane, as `make control-plane` starts it; a namespace of its own for every test."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.targets.kube_client import Kubectl
from go_release_gate.adapters.targets.kubectl import KubectlTarget
from go_release_gate.config.releases import Target as Settings
from go_release_gate.ledger.entry import Image
from go_release_gate.ledger.move import Move

REPOSITORY = "registry.example.com/acme/shop"
MEDIA_TYPE = "application/vnd.oci.image.index.v1+json"
NUMBERS = count(1)


def digest(version: str) -> str:
    """A digest for a version."""
    return f"sha256:{sha256(version.encode()).hexdigest()}"


def move(version: str, before: str = "", repository: str = REPOSITORY) -> Move:
    """The move to a version of the shop."""
    image = Image(digest(version), MEDIA_TYPE, locations=(repository,))
    return Move("shop", "production", image, before=digest(before) if before else "", version=version, entry=7)


@dataclass
class Namespace:
    """A namespace of the cluster, seen by an administrator."""

    name: str
    program: str
    kubeconfig: str
    home: Path
    heard: list[str] = field(default_factory=list)

    def kubectl(self, *words: str, stdin: str = "") -> str:
        """What the administrator's kubectl prints."""
        command = [self.program, f"--kubeconfig={self.kubeconfig}", f"--namespace={self.name}", *words]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def create(self, workload: Mapping[str, Any]) -> None:
        """Create a workload and wait until its pods are ready."""
        self.kubectl("create", "--filename=-", stdin=json.dumps(workload))
        if workload["kind"] in {"Deployment", "StatefulSet", "DaemonSet"}:
            self.kubectl("rollout", "status", f"{workload['kind']}/{workload['metadata']['name']}", "--timeout=60s")

    def read(self, what: str) -> dict[str, Any]:
        """An object as the server has it."""
        return dict(json.loads(self.kubectl("get", what, "--output=json")))

    def image(self, what: str = "deployment/shop", index: int = 0) -> str:
        """The image of a container."""
        return str(self.read(what)["spec"]["template"]["spec"]["containers"][index]["image"])

    def target(
        self, kubeconfig: str = "", wrapped: Callable[[Kubectl], Kubectl] = lambda one: one, **keys: Any
    ) -> KubectlTarget:
        """The target for the deployment `shop`, or what the settings say."""
        settings = replace(Settings("kubectl", workload="deployment/shop", namespace=self.name, timeout=30), **keys)
        variables = {"PATH": os.environ["PATH"], "HOME": str(self.home), "KUBECONFIG": kubeconfig or self.kubeconfig}

        def connected(context: str, namespace: str) -> Kubectl:
            return wrapped(Kubectl(ProcessRunner(), Path(self.program), variables, self.home, context, namespace))

        return KubectlTarget(settings, connected, self.heard.append)

    def account(self, *rules: str) -> str:
        """A kubeconfig of a new service account that may do what the rules say (`get,list deployments.apps`)."""
        self.kubectl("create", "serviceaccount", "deployer")
        for number, rule in enumerate(rules):
            verbs, resources = rule.split()
            self.kubectl("create", "role", f"r{number}", f"--verb={verbs}", f"--resource={resources}")
            self.kubectl(
                "create", "rolebinding", f"r{number}", f"--role=r{number}", f"--serviceaccount={self.name}:deployer"
            )
        document = json.loads(self.kubectl("config", "view", "--raw", "--output=json"))
        document["users"][0]["user"] = {"token": self.kubectl("create", "token", "deployer").strip()}
        path = self.home / "deployer.json"
        path.write_text(json.dumps(document))
        return str(path)


@pytest.fixture
def namespace(tmp_path: Path) -> Iterator[Namespace]:
    """A new namespace; it goes with the control plane."""
    program, kubeconfig = os.environ.get("CONTROL_PLANE_KUBECTL"), os.environ.get("CONTROL_PLANE_KUBECONFIG")
    if not program or not kubeconfig:
        pytest.skip("needs a control plane: make control-plane")
    made = Namespace(f"shop-{next(NUMBERS)}", program, kubeconfig, tmp_path)
    made.kubectl("create", "namespace", made.name)
    yield made
    made.kubectl("delete", "namespace", made.name, "--wait=false")


@pytest.fixture
def shop() -> Callable[..., dict[str, Any]]:
    """Makes workloads: `shop(kind, image)`, two pods on the node that is there (no scheduler runs)."""

    def made(kind: str = "Deployment", image: str = f"{REPOSITORY}@{digest('1.0.0')}", **spec: Any) -> dict[str, Any]:
        containers = [
            {"name": "proxy", "image": "registry.example.com/acme/proxy:1", "env": [{"name": "KEY", "value": "hush"}]},
            {"name": "api", "image": image, "env": [{"name": "PASSWORD", "value": "hush"}]},
        ]
        template = {"metadata": {"labels": {"app": "shop"}}, "spec": {"nodeName": "node-1", "containers": containers}}
        usual: dict[str, Any] = {"selector": {"matchLabels": {"app": "shop"}}, "template": template}
        if kind in {"Deployment", "StatefulSet"}:
            usual["replicas"] = 2
        if kind == "StatefulSet":
            usual["serviceName"] = "shop"
        if kind in {"CronJob", "Job"}:
            template["spec"]["restartPolicy"] = "Never"
            usual = {"template": template}
        if kind == "CronJob":
            usual = {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": usual}}
        group = "batch/v1" if kind in {"CronJob", "Job"} else "apps/v1"
        return {"apiVersion": group, "kind": kind, "metadata": {"name": "shop"}, "spec": {**usual, **spec}}

    return made
