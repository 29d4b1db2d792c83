"""The kubectl target and odd answers, from a program that answers what the test says (the real one: control_plane/)."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.targets.kube_client import Kubectl
from go_release_gate.adapters.targets.kube_rollout import _selector
from go_release_gate.adapters.targets.kube_workload import Container, address_of, progress
from go_release_gate.adapters.targets.kubectl import KubectlTarget, kubectl_target
from go_release_gate.adapters.targets.surroundings import Surroundings
from go_release_gate.config.releases import Target as Settings
from go_release_gate.errors import GateError, RaceError, RefusedError, RolloutError, UnavailableError, UsageError
from go_release_gate.ledger.entry import Image
from go_release_gate.ledger.move import Move

OLD, NEW = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
REPOSITORY = "registry.example.com/acme/shop"
SETTINGS = Settings("kubectl", workload="deployment/shop", namespace="prod", timeout=5)
MOVE = Move("shop", "production", Image(NEW, "", locations=(REPOSITORY, "mirror.example.com:5000/shop")), before=OLD)
PROGRAM = f"""#!{sys.executable}
import json, pathlib, sys, time
here = pathlib.Path(__file__).parent
with (here / "calls").open("a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
answers = json.loads((here / "answers").read_text())
key = " ".join(sys.argv[1:3]) if " ".join(sys.argv[1:3]) in answers else sys.argv[1]
queue = answers[key]
answer = queue.pop(0) if len(queue) > 1 else queue[0]
(here / "answers").write_text(json.dumps(answers))
time.sleep(answer.get("sleep", 0))
sys.stdout.write(answer.get("out", ""))
sys.stderr.write(answer.get("err", ""))
sys.exit(answer.get("code", 0))
"""


def workload(image: str = f"{REPOSITORY}@{OLD}", **spec: Any) -> dict[str, str]:
    """What `get` prints of a deployment."""
    pod = {"containers": [{"name": "api", "image": image}]}
    template = {"metadata": {"labels": {"app": "shop"}}, "spec": pod}
    usual = {"replicas": 1, "selector": {"matchLabels": {"app": "shop"}}, "template": template}
    document = {"metadata": {"name": "shop", "resourceVersion": "5", "generation": 1}, "spec": {**usual, **spec}}
    return {"out": json.dumps(document)}


class Cluster:
    """A kubectl of our own making."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = folder / "kubectl"
        self.program.write_text(PROGRAM)
        self.program.chmod(0o755)

    def says(self, **answers: dict[str, Any] | list[dict[str, Any]]) -> None:
        """What it answers to each verb, one behind the other, the last one for ever."""
        self.folder.joinpath("answers").write_text(
            json.dumps({verb: said if isinstance(said, list) else [said] for verb, said in answers.items()})
        )

    @property
    def calls(self) -> list[list[str]]:
        """How it was called."""
        return [json.loads(line) for line in self.folder.joinpath("calls").read_text().splitlines()]

    def target(self, settings: Settings = SETTINGS, request_timeout: float = 10.0) -> KubectlTarget:
        """The target over it."""
        variables = {"PATH": os.environ["PATH"], "KUBECONFIG": "/etc/kubeconfig"}

        def connected(context: str, namespace: str) -> Kubectl:
            runner = ProcessRunner(grace=0.1)
            return Kubectl(runner, self.program, variables, self.folder, context, namespace, request_timeout)

        return KubectlTarget(settings, connected)


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    """A kubectl of our own making."""
    return Cluster(tmp_path)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"out": "<html>a login page</html>"}, UnavailableError, "no JSON object: '<html>a login page</html>'"),
        ({"out": "[1, 2]"}, UnavailableError, "no JSON object"),
        ({"out": ""}, UnavailableError, "no JSON object"),
        ({"code": 1}, UnavailableError, "exit code 1: it printed nothing"),
        ({"code": 1, "err": "exec: executable aws not found\n"}, UnavailableError, "executable aws not found"),
        ({"code": 1, "err": "a\x1b[31m\n::error::b\n"}, UnavailableError, "a?[31m; ::error::b"),
        ({"code": 1, "err": "Unable to connect to the server: EOF"}, UnavailableError, "cannot be asked"),
        ({"code": 1, "err": "E1121 12:26:12.1 1 a.go:1] noise\nerror: You must be logged in to the server"},
         UnavailableError, "cannot be asked: error: You must"),
        ({"code": 1, "err": 'error: context "x" does not exist'}, UsageError, "context"),
        ({"code": 1, "err": "Error from server (Forbidden): admission webhook denied it"}, RefusedError, "webhook"),
    ],
)  # fmt: skip
def test_odd_answers_are_told_apart(
    cluster: Cluster, given: dict[str, Any], error: type[GateError], words: str
) -> None:
    """Whatever kubectl says, the error has its kind, in one line of visible characters."""
    cluster.says(get=given)

    with pytest.raises(error) as caught:
        cluster.target().observe("shop", "production")

    assert type(caught.value) is error
    assert words in caught.value.message
    assert caught.value.message.isprintable()


def test_a_kubectl_that_hangs_is_ended(cluster: Cluster) -> None:
    """No answer in twice the time of a request: unavailable."""
    cluster.says(get={"sleep": 30})

    with pytest.raises(UnavailableError, match="gave no answer in"):
        cluster.target(request_timeout=0.1).observe("shop", "production")


def test_a_rollout_that_hangs_is_ended_and_told(cluster: Cluster) -> None:
    """kubectl itself may hang beyond its own timeout: what was changed is said all the same."""
    cluster.says(
        get=[workload(), workload(f"{REPOSITORY}@{NEW}")], patch=workload(f"{REPOSITORY}@{NEW}"), rollout={"sleep": 30}
    )
    target = cluster.target(replace(SETTINGS, timeout=0.01))
    run = target._kubectl.run

    def hasty(self: Kubectl, *words: str, timeout: float = 0.0) -> Any:
        return run(*words, timeout=min(timeout, 0.3))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Kubectl, "run", hasty)
        with pytest.raises(RolloutError, match=r"is changed to .* did not end in 1 s"):
            target.apply(MOVE)


def test_a_broken_watch_is_not_called_a_failed_rollout_without_saying_so(cluster: Cluster) -> None:
    """A rollout that could not be followed is told as that."""
    cluster.says(
        get=workload(f"{REPOSITORY}@{NEW}"), rollout={"code": 1, "err": "error: unexpected EOF"}, pods={"out": "{}"}
    )

    with pytest.raises(RolloutError, match=r"could not be followed to its end \(unexpected EOF\)"):
        cluster.target().apply(MOVE)


def test_every_conflict_is_a_race_in_the_end(cluster: Cluster) -> None:
    """A server that never takes the conditional change is asked five times, and nothing is claimed."""
    cluster.says(get=workload(), patch={"code": 1, "err": "The request is invalid: the server rejected our request"})

    with pytest.raises(RaceError, match="all the time: nothing was changed"):
        cluster.target().apply(MOVE)
    assert sum(call[0] == "patch" for call in cluster.calls) == 5


def test_replaced_while_it_was_waited_for(cluster: Cluster) -> None:
    """Another image stands there after the rollout: the move is not called done."""
    cluster.says(
        get=[workload(), workload(f"{REPOSITORY}@sha256:{'c' * 64}")],
        patch=workload(f"{REPOSITORY}@{NEW}"),
        rollout={"out": "successfully rolled out"},
    )

    with pytest.raises(RaceError, match="by somebody else while its rollout was waited for"):
        cluster.target().apply(MOVE)


def test_the_change_is_conditional_and_one_argument(cluster: Cluster) -> None:
    """The patch tests version, name and image before it replaces; the namespace and the time limit go along."""
    cluster.says(get=workload(), patch=workload(f"{REPOSITORY}@{NEW}"))

    cluster.target().plan(replace(MOVE, version="1.1.0 $(id)"))

    call = next(call for call in cluster.calls if call[0] == "patch")
    operations = json.loads(next(word for word in call if word.startswith("--patch=")).removeprefix("--patch="))
    assert [one["op"] for one in operations] == ["test", "test", "test", "replace", "add", "add"]
    assert [one["value"] for one in operations[:4]] == ["5", "api", f"{REPOSITORY}@{OLD}", f"{REPOSITORY}@{NEW}"]
    assert operations[5]["value"] == f"go-release-gate: shop 1.1.0 $(id) {NEW}"
    assert {"--dry-run=server", "--namespace=prod", "--request-timeout=10s"} <= set(call)


def test_a_mirror_stays_the_place_to_pull_from(cluster: Cluster) -> None:
    """A cluster that pulls from a mirror the release is known to be at goes on doing so."""
    cluster.says(get=workload("mirror.example.com:5000/shop:1.0@" + OLD), patch=workload())

    (effect,) = cluster.target().plan(MOVE)

    assert f"to mirror.example.com:5000/shop@{NEW}" in effect.what


@pytest.mark.parametrize(
    "keys",
    [
        {"workload": "deployment/--all"},
        {"workload": "deployment/Shop"},
        {"workload": "deployment/a b"},
        {"workload": "deployment/" + "a" * 254},
        {"workload": "deployment"},
        {"workload": "secret/shop"},
        {"namespace": "--as=admin"},
        {"namespace": "a.b"},
        {"container": "api\n"},
        {"container": "a" * 64},
        {"context": "--kubeconfig=x"},
    ],
)
def test_what_is_no_name_never_reaches_kubectl(cluster: Cluster, keys: dict[str, str]) -> None:
    """Names are checked before anything is started."""
    with pytest.raises(UsageError):
        cluster.target(replace(SETTINGS, **keys))


@pytest.mark.parametrize(
    ("image", "repository", "digest"),
    [
        (f"shop@{OLD}", "shop", OLD),
        (f"localhost:5000/acme/shop:1@{OLD}", "localhost:5000/acme/shop", OLD),
        ("localhost:5000/shop", "localhost:5000/shop", ""),
        ("shop:1", "shop", ""),
        ("SHOP:::", "SHOP", ""),
    ],
)
def test_an_image_is_taken_apart(image: str, repository: str, digest: str) -> None:
    """Repository as written, digest where there is one; an odd text has none."""
    container = Container("", "api", image)

    assert (container.repository, container.digest) == (repository, digest)


def test_how_far_a_rollout_is() -> None:
    """Not taken up, under way, and done are three things."""
    address = address_of("deploy/shop", "", "")
    document: dict[str, Any] = {"metadata": {"generation": 2}, "spec": {"replicas": 3}, "status": {}}
    assert progress(document, address) == "the last change has not been taken up yet"
    document["status"] = {"observedGeneration": 2, "updatedReplicas": 1, "availableReplicas": 3, "replicas": 4}
    assert progress(document, address) == "rolling out: 1 of 3 pods updated, 3 available"
    document["status"].update(updatedReplicas=3, replicas=3)
    assert progress(document, address) == "3 of 3 pods updated, 3 available"


def test_selectors_of_every_operator() -> None:
    """Label selectors are written as kubectl takes them."""
    expressions = [
        {"key": "a", "operator": "In", "values": ["x", "y"]},
        {"key": "b", "operator": "NotIn", "values": ["z"]},
        {"key": "c", "operator": "Exists"},
        {"key": "d", "operator": "DoesNotExist"},
    ]
    selector = {"matchLabels": {"app": "shop"}, "matchExpressions": expressions}

    assert _selector({"spec": {"selector": selector}}) == "app=shop,a in (x,y),b notin (z),c,!d"


def test_kubectl_is_not_taken_from_the_checkout(cluster: Cluster, tmp_path: Path) -> None:
    """A kubectl that the repository brings along is not run."""
    surroundings = Surroundings(ProcessRunner(), {"PATH": str(cluster.folder)}, tmp_path, tmp_path)

    with pytest.raises(UnavailableError, match="kubectl was not found"):
        kubectl_target(SETTINGS, surroundings)
