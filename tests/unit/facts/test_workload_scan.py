"""Workloads from manifests: lines, values, lists, compose files, and what is only a patch."""

from __future__ import annotations

from textwrap import dedent

from go_release_gate.facts.workload_scan import Found, scan
from go_release_gate.facts.workloads import ANY

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: prod}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      securityContext: {runAsNonRoot: true, runAsUser: 7}
      initContainers:
        - {name: init, image: a}
        - {name: mesh, image: b, restartPolicy: Always}
      containers:
        - name: shop
          image: ghcr.io/acme/shop:1
          args: [--port, "80"]
          envFrom: [{secretRef: {name: s}}]
          env:
            - {name: A, value: "1"}
            - {name: B, value: $(A)}
          securityContext: {runAsUser: 9}
          resources: {limits: {memory: 1Gi, cpu: 1}}
          livenessProbe:
            grpc: {port: 80}
            periodSeconds: 4
"""


def read(**files: str) -> Found:
    """What files by name (`__` for `/`, `.yaml` left out) give."""
    return scan({f"{name.replace('__', '/')}.yaml": dedent(text) for name, text in files.items()})


def test_a_deployment_is_read_with_its_lines() -> None:
    """Containers, users, variables, limits and probes, each at its line."""
    (shop,) = read(a=DEPLOYMENT).workloads
    init, mesh, main = shop.containers

    assert (shop.kind, shop.name, shop.namespace, shop.labels) == ("Deployment", "shop", "prod", {"app": "shop"})
    assert (init.is_initial, mesh.is_initial) == (True, False)
    assert (main.line, main.image, main.run_as_non_root, main.run_as_user) == (15, "ghcr.io/acme/shop:1", True, 9)
    assert (main.environment, main.from_fields) == ({"A": "1"}, {"B", ANY})
    assert (main.memory_limit, main.cpu_limit, main.lines["limits.memory"]) == ("1Gi", "1", 22)
    assert main.liveness is not None
    assert (main.liveness.line, main.liveness.kind, main.liveness.port, main.liveness.period) == (23, "grpc", "80", 4)


def test_lists_cronjobs_and_knative_services_are_workloads() -> None:
    """A List holds objects; the pod of a CronJob lies deeper; a Service of Knative is none of Kubernetes."""
    found = read(
        a="""\
        apiVersion: v1
        kind: List
        items:
          - {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i}]}}
          - {apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {a: b}, ports: [{port: 80}]}}
        """,
        b="""\
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: j}
        spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: i}]}}}}}
        ---
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: {name: k}
        spec: {template: {spec: {containers: [{image: i}]}}}
        """,
    )

    assert [(one.kind, one.name) for one in found.workloads] == [
        ("Pod", "p"),
        ("CronJob", "j"),
        ("Knative Service", "k"),
    ]
    assert [(one.name, one.ports[0].target) for one in found.services] == [("s", "80")]


def test_a_patch_is_no_workload_but_marks_what_it_changes() -> None:
    """Named by a kustomization, written in it, as operations, or known by what it leaves out."""
    part = (
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: shop}, spec: {template: {spec: {containers: [%s]}}}}"
    )
    found = read(
        base__a=DEPLOYMENT,
        over__kustomization="""\
        patches:
          - path: named.yaml
          - target: {kind: Deployment, name: shop}
            patch: |-
              - op: replace
                path: /spec/template/spec/containers/0/args
                value: []
        """,
        over__named=part % "{name: shop, image: x, readinessProbe: {}}",
        over__bare=part % "{name: shop, env: []}",
    )

    assert [one.path for one in found.workloads] == ["base/a.yaml"]
    assert found.workloads[0].containers[2].patched == {"image", "readinessProbe", "env", "args"}


def test_a_service_of_a_compose_file() -> None:
    """Ports in both forms, variables with their defaults, what it is built from; those without are not known."""
    (web,) = scan(
        {
            "x/compose.yaml": dedent(
                """\
                services:
                  web:
                    build: {context: ../web, dockerfile: build/Dockerfile, target: run}
                    command: serve --addr ":${PORT:-8080}"
                    environment: [A=1, B, "C=${D}"]
                    ports: ["127.0.0.1:80:8080/tcp", {target: 9090}]
                    volumes: ["./etc:/etc/web:ro"]
                """
            )
        }
    ).workloads
    (container,) = web.containers

    assert (web.kind, web.line) == ("compose", 2)
    assert (container.dockerfile, container.target) == ("web/build/Dockerfile", "run")
    assert container.arguments == ("serve", "--addr", ":8080")
    assert (container.environment, container.from_fields) == ({"A": "1"}, {"B", "C"})
    assert [port.number for port in container.ports] == ["8080", "9090"]
    assert container.mounts == ("/etc/web",)


def test_templates_and_broken_documents_give_nothing() -> None:
    """Neither what is rendered later nor what is no YAML."""
    found = read(a="kind: Deployment\nmetadata: {{ .Values.x }}\n", b="kind: Pod\n  a: [\n")

    assert (found.workloads, found.services) == ([], [])
