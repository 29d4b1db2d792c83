"""The kubectl target on a real control plane: what it observes, plans and changes, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from control_plane.conftest import REPOSITORY, Namespace, digest, move
from go_release_gate.adapters.targets.kubectl import CAUSE
from go_release_gate.errors import RaceError, RefusedError, RolloutError, UnavailableError, UsageError
from go_release_gate.ledger.move import Observed

pytestmark = pytest.mark.control_plane
Shop = Callable[..., dict[str, Any]]


def test_a_new_digest_is_rolled_out_and_the_old_one_comes_back(namespace: Namespace, shop: Shop) -> None:
    """The pods run the new digest when apply returns, the cause is written down; the old one comes back."""
    namespace.create(shop())
    target = namespace.target(container="api")
    assert target.observe("shop", "production") == Observed(digest("1.0.0"), "2 of 2 pods updated, 2 available")

    said = target.apply(move("1.1.0", before="1.0.0"))

    assert said.endswith("; rolled out")
    assert namespace.image(index=1) == f"{REPOSITORY}@{digest('1.1.0')}"
    assert namespace.image(index=0) == "registry.example.com/acme/proxy:1"
    cause = namespace.read("deployment/shop")["metadata"]["annotations"][CAUSE]
    assert cause == f"go-release-gate: shop 1.1.0 {digest('1.1.0')} (entry 7)"
    assert cause in namespace.kubectl("rollout", "history", "deployment/shop")
    pods = namespace.read("pods")["items"]
    ready = {pod["spec"]["containers"][1]["image"] for pod in pods if "deletionTimestamp" not in pod["metadata"]}
    assert ready == {f"{REPOSITORY}@{digest('1.1.0')}"}

    target.observe("shop", "production")
    target.apply(move("1.0.0", before="1.1.0"))
    assert target.observe("shop", "production").digest == digest("1.0.0")


def test_repeating_changes_nothing(namespace: Namespace, shop: Shop) -> None:
    """Applying again what is there already only waits; planning it gives no effect."""
    namespace.create(shop())
    namespace.target(container="api").apply(move("1.1.0", before="1.0.0"))
    before = namespace.read("deployment/shop")["metadata"]["generation"]

    said = namespace.target(container="api").apply(move("1.1.0", before="1.0.0"))

    assert "has already" in said
    assert namespace.target(container="api").plan(move("1.1.0")) == ()
    assert namespace.read("deployment/shop")["metadata"]["generation"] == before


def test_a_plan_shows_the_difference_and_changes_nothing(namespace: Namespace, shop: Shop) -> None:
    """The server's dry run is shown as a diff without values of variables; the object keeps its version."""
    namespace.create(shop())
    before = namespace.read("deployment/shop")

    (effect,) = namespace.target(container="api").plan(move("1.1.0", before="1.0.0"))

    assert namespace.read("deployment/shop") == before
    changed = [line[1:].strip() for line in effect.diff.splitlines() if line[:1] in "+-"][2:]
    assert f"image: {REPOSITORY}@{digest('1.0.0')}" in changed
    assert f"image: {REPOSITORY}@{digest('1.1.0')}" in changed
    assert len(changed) == 3  # the two, and the annotation
    assert "hush" not in effect.diff
    assert "wait at most 30 s" in effect.what


@pytest.mark.parametrize(
    ("repository", "reason"),
    [
        ("cannot-be-pulled", "ImagePullBackOff (Back-off pulling image: manifest unknown)"),
        ("crashes", "CrashLoopBackOff (exit code 2"),
        ("never-ready", "container api runs and is not ready: see its readiness probe"),
    ],
)
def test_a_failed_rollout_is_told_with_its_reason_and_left(
    namespace: Namespace, shop: Shop, repository: str, reason: str
) -> None:
    """Pods that never become ready: the reason of the pods is said, the rollback is named, the change stays, and a
    rollback brings the old digest back."""
    namespace.create(shop(progressDeadlineSeconds=2))
    place = f"registry.example.com/acme/{repository}"

    with pytest.raises(RolloutError) as caught:
        namespace.target(container="api").apply(move("1.1.0", before="1.0.0", repository=place))

    assert "exceeded its progress deadline" in caught.value.message
    assert reason in caught.value.message
    assert "release rollback" in caught.value.hint
    assert namespace.image(index=1) == f"{place}@{digest('1.1.0')}"
    target = namespace.target(container="api")
    assert target.observe("shop", "production").detail.startswith("rolling out: 1 of 2 pods updated")
    assert target.apply(move("1.0.0", before="1.1.0")).endswith("rolled out")


def test_a_rollout_without_deadline_ends_at_the_timeout(namespace: Namespace, shop: Shop) -> None:
    """A stateful set knows no deadline: the target's timeout ends the waiting."""
    namespace.create(shop("StatefulSet"))
    target = namespace.target(workload="statefulset/shop", container="api", timeout=2)

    with pytest.raises(RolloutError, match="did not end in 2 s: container api: CrashLoopBackOff"):
        target.apply(move("1.1.0", before="1.0.0", repository="registry.example.com/acme/crashes"))


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet"])
def test_other_kinds_are_rolled_out_too(namespace: Namespace, shop: Shop, kind: str) -> None:
    """Stateful and daemon sets are changed and waited for like deployments."""
    namespace.create(shop(kind))
    target = namespace.target(workload=f"{kind.lower()}/shop", container="api")
    pods = {"StatefulSet": 2, "DaemonSet": 1}[kind]
    assert target.observe("shop", "production").detail == f"{pods} of {pods} pods updated, {pods} available"

    assert target.apply(move("1.1.0", before="1.0.0")).endswith("; rolled out")
    assert target.observe("shop", "production").digest == digest("1.1.0")


def test_a_cron_job_is_changed_and_not_waited_for(namespace: Namespace, shop: Shop) -> None:
    """The next job of a cron job uses the image; nothing is waited for."""
    namespace.create(shop("CronJob"))
    target = namespace.target(workload="cronjob/shop", container="api")
    assert target.observe("shop", "production") == Observed(digest("1.0.0"))

    assert target.apply(move("1.1.0", before="1.0.0")).endswith("the next job uses it")
    assert target.observe("shop", "production").digest == digest("1.1.0")


def test_a_jobs_image_is_told_and_not_changed(namespace: Namespace, shop: Shop) -> None:
    """The server never changes the pods of a job that exists: that is said before anything is tried."""
    namespace.create(shop("Job"))
    target = namespace.target(workload="job/shop", container="api")

    assert target.observe("shop", "production").digest == digest("1.0.0")
    with pytest.raises(RefusedError, match="image of a job that exists cannot be changed"):
        target.apply(move("1.1.0", before="1.0.0"))


def test_of_two_writers_at_once_one_loses_and_changes_nothing(namespace: Namespace, shop: Shop) -> None:
    """Both have seen the same digest and write at the same moment: one is done, the other hears of the race."""
    namespace.create(shop())
    versions = ("1.1.0", "1.2.0")
    targets = [namespace.target(container="api") for _ in versions]
    for target in targets:
        target.observe("shop", "production")
    start = Barrier(2)

    def write(number: int) -> str | RaceError:
        start.wait(30)
        try:
            return targets[number].apply(move(versions[number], before="1.0.0"))
        except RaceError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(write, range(2)))

    (loser,) = [end for end in ends if isinstance(end, RaceError)]
    (winner,) = [number for number, end in enumerate(ends) if not isinstance(end, RaceError)]
    assert "nothing was changed" in loser.message
    assert namespace.image(index=1) == f"{REPOSITORY}@{digest(versions[winner])}"


def test_a_writer_between_reading_and_writing_is_noticed_by_the_server(namespace: Namespace, shop: Shop) -> None:
    """The image changes after it was read: the server refuses the conditional change, and theirs stands."""
    namespace.create(shop())
    target = namespace.target(container="api")
    target.observe("shop", "production")
    patch, theirs = target._patch, f"{REPOSITORY}@{digest('6.6.6')}"

    def overtaken(*args: Any) -> dict[str, Any]:
        namespace.kubectl("set", "image", "deployment/shop", f"api={theirs}")
        return patch(*args)

    target._patch = overtaken  # type: ignore[method-assign]
    with pytest.raises(RaceError, match="somebody else changed the pods"):
        target.apply(move("1.1.0", before="1.0.0"))
    assert namespace.image(index=1) == theirs


def test_scaling_meanwhile_is_no_race(namespace: Namespace, shop: Shop) -> None:
    """An autoscaler that writes between reading and writing does not stop a rollback."""
    namespace.create(shop())
    target = namespace.target(container="api")
    patch, sizes = target._patch, iter(("3", "4"))

    def scaled(*args: Any) -> dict[str, Any]:
        if size := next(sizes, ""):
            namespace.kubectl("scale", "deployment/shop", f"--replicas={size}")
        return patch(*args)

    target._patch = scaled  # type: ignore[method-assign]
    assert target.apply(move("1.1.0", before="1.0.0")).endswith("rolled out")
    assert namespace.read("deployment/shop")["spec"]["replicas"] == 4


def test_somebody_elses_image_after_the_plan_is_not_overwritten(namespace: Namespace, shop: Shop) -> None:
    """Without a look before it (a resumed move), an image that is neither the old nor the new one is left alone."""
    namespace.create(shop(image=f"{REPOSITORY}@{digest('6.6.6')}"))

    with pytest.raises(RaceError, match="somebody else changed the pods"):
        namespace.target(container="api").apply(move("1.1.0", before="1.0.0"))
    assert namespace.image(index=1) == f"{REPOSITORY}@{digest('6.6.6')}"


def test_a_missing_right_is_named(namespace: Namespace, shop: Shop) -> None:
    """A service account that may read, and not patch: plan and apply name verb and resource, and change nothing."""
    namespace.create(shop())
    kubeconfig = namespace.account("get,list,watch deployments.apps", "list pods")
    target = namespace.target(kubeconfig, container="api")
    assert target.observe("shop", "production").digest == digest("1.0.0")

    for act in (target.plan, target.apply):
        with pytest.raises(
            RefusedError, match=r"may not patch deployments .*missing rights: patch deployments.apps/shop"
        ):
            act(move("1.1.0", before="1.0.0"))
    assert target.missing_rights() == ("patch deployments.apps/shop",)
    assert namespace.image(index=1) == f"{REPOSITORY}@{digest('1.0.0')}"


def test_the_documented_rights_are_enough(namespace: Namespace, shop: Shop) -> None:
    """get, list, watch and patch of the kind and list of pods: observe, plan and apply need no more."""
    namespace.create(shop())
    target = namespace.target(namespace.account("get,list,watch,patch deployments.apps", "list pods"), container="api")

    assert target.missing_rights() == ()
    assert len(target.plan(move("1.1.0", before="1.0.0"))) == 1
    assert target.apply(move("1.1.0", before="1.0.0")).endswith("rolled out")


def test_nothing_may_be_read(namespace: Namespace, shop: Shop) -> None:
    """An account without rights is refused by name of verb and resource; a token nobody knows is no refusal."""
    namespace.create(shop())
    kubeconfig = namespace.account()

    with pytest.raises(RefusedError, match=f"system:serviceaccount:{namespace.name}:deployer may not get deployments"):
        namespace.target(kubeconfig, container="api").observe("shop", "production")
    namespace.kubectl("config", f"--kubeconfig={kubeconfig}", "set-credentials", "administrator", "--token=stale")
    with pytest.raises(UnavailableError, match="logged in"):
        namespace.target(kubeconfig, container="api").observe("shop", "production")


def test_a_container_that_is_not_there(namespace: Namespace, shop: Shop) -> None:
    """Its name is a mistake of the configuration, told with the names there are; in the middle of a move, a refusal."""
    namespace.create(shop())

    for target in (namespace.target(container="web"), namespace.target()):
        with pytest.raises(UsageError, match="proxy, api"):
            target.observe("shop", "production")
        with pytest.raises(RefusedError, match="proxy, api"):
            target.apply(move("1.1.0", before="1.0.0"))


def test_a_tag_alone_names_no_digest(namespace: Namespace, shop: Shop) -> None:
    """What a tag stands for cannot be told: unknown with the reason; a move from there is possible."""
    namespace.create(shop(image=f"{REPOSITORY}:1.0.0"))
    target = namespace.target(container="api")

    seen = target.observe("shop", "production")

    assert (seen.digest, "names no digest" in seen.unknown) == ("", True)
    assert target.apply(move("1.1.0")).endswith("rolled out")


def test_a_workload_that_is_not_there(namespace: Namespace) -> None:
    """Nothing runs yet; it is not created from nothing."""
    target = namespace.target(container="api")

    assert target.observe("shop", "production") == Observed(
        detail=f"there is no deployment/shop in namespace {namespace.name}"
    )
    for act in (target.plan, target.apply):
        with pytest.raises(RefusedError, match="there is no deployment/shop") as caught:
            act(move("1.1.0"))
        assert "create it first" in caught.value.hint


def test_a_paused_rollout_is_refused_before_it_is_changed(namespace: Namespace, shop: Shop) -> None:
    """Pods of a paused deployment would not follow: nothing is changed, and what resumes it is said."""
    namespace.create(shop(paused=False))
    namespace.kubectl("rollout", "pause", "deployment/shop")

    with pytest.raises(RefusedError, match="paused") as caught:
        namespace.target(container="api").apply(move("1.1.0", before="1.0.0"))
    assert "kubectl rollout resume deployments.apps/shop" in caught.value.hint
    assert namespace.image(index=1) == f"{REPOSITORY}@{digest('1.0.0')}"


def test_on_delete_is_changed_and_said(namespace: Namespace, shop: Shop) -> None:
    """Pods of an OnDelete set follow when they are deleted: that is said instead of waited for."""
    namespace.create(shop("DaemonSet"))
    namespace.kubectl(
        "patch",
        "daemonset/shop",
        "--patch",
        '{"spec": {"updateStrategy": {"type": "OnDelete", "rollingUpdate": null}}}',
    )

    said = namespace.target(workload="ds/shop", container="api").apply(move("1.1.0", before="1.0.0"))

    assert "OnDelete" in said


def test_an_initial_container_can_be_the_one(namespace: Namespace, shop: Shop) -> None:
    """A migration that runs as an initial container is changed like any other."""
    workload = shop()
    pod = workload["spec"]["template"]["spec"]
    pod["initContainers"] = [{"name": "migrate", "image": f"{REPOSITORY}@{digest('1.0.0')}"}]
    namespace.create(workload)

    namespace.target(container="migrate").apply(move("1.1.0", before="1.0.0"))

    spec = namespace.read("deployment/shop")["spec"]["template"]["spec"]
    assert spec["initContainers"][0]["image"] == f"{REPOSITORY}@{digest('1.1.0')}"
    assert spec["containers"][1]["image"] == f"{REPOSITORY}@{digest('1.0.0')}"


def test_a_quota_is_named(namespace: Namespace, shop: Shop) -> None:
    """Pods that are not even made: the condition of the workload says why."""
    namespace.create(shop(progressDeadlineSeconds=2))
    namespace.kubectl("create", "quota", "full", "--hard=pods=2")

    with pytest.raises(RolloutError, match=r"FailedCreate .*exceeded quota: full"):
        namespace.target(container="api").apply(move("1.1.0", before="1.0.0"))


def test_a_context_that_is_not_there_and_a_cluster_that_is_gone(namespace: Namespace, shop: Shop) -> None:
    """A wrong context is a mistake of the configuration; no server behind the right one is unavailable."""
    with pytest.raises(UsageError, match="context"):
        namespace.target(context="elsewhere").observe("shop", "production")
    kubeconfig = namespace.account()
    namespace.kubectl("config", f"--kubeconfig={kubeconfig}", "set-cluster", "local", "--server=https://127.0.0.1:1")
    with pytest.raises(UnavailableError, match=r"cannot be asked: The connection to the server .* was refused"):
        namespace.target(kubeconfig, context="local").observe("shop", "production")
