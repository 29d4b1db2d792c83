"""Settings of the release ledger, its services, environments and targets; schema and docs are made from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

_NUMBER = "(0|[1-9][0-9]*)"
_WORDS = "[0-9A-Za-z.-]+"
FLOOR = rf"^(v?{_NUMBER}(\.{_NUMBER}(\.{_NUMBER}(-{_WORDS})?(\+{_WORDS})?)?)?)?$"  # https://semver.org
Name = Annotated[str, {"pattern": r"^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$", "examples": ["production"]}]
Repository = Annotated[str, {"pattern": r"^[^\s@]+$", "minLength": 1, "examples": ["registry.example.com/acme/shop"]}]
Hours = Annotated[float, {"minimum": 0, "maximum": 87600}]
Seconds = Annotated[float, {"exclusiveMinimum": 0, "maximum": 86400}]
Count = Annotated[int, {"minimum": 1, "maximum": 1000}]
Right = Literal["release", "promote", "rollback", "verdict", "hold", "unhold", "quarantine", "prune"]
Command = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signer:
    """Who may write entries of which kinds, and how the signature is known.

    Attributes:
        key: Public key as OpenSSH writes it, fingerprint of an OpenPGP key, or id of a shared key; for keyless
            signatures the identity of the certificate.
        identity: Who that is, as entries name the actor.
        issuer: Issuer of a keyless certificate.
        may: Kinds of entries this signer may write; by default all of them.
        environments: Environments this signer may write about; by default all of them.
        services: Services this signer may write about; by default all of them.
    """

    key: str
    identity: str = ""
    issuer: str = ""
    may: tuple[Right, ...] = ()
    environments: tuple[Name, ...] = ()
    services: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestKey:
    """Who may ask for a rollback or a hold by a signed request. One of `secret` and `public` is given.

    Attributes:
        id: What requests call this key.
        secret: Environment variable with the shared key, for HMAC-SHA256.
        public: Public key as OpenSSH writes it, for signatures by SSH.
        environments: Environments it may ask about; by default all of them.
        services: Services it may ask about; by default all of them.
        actions: What it may ask for.
    """

    id: Annotated[str, {"pattern": r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$", "examples": ["oncall-2026"]}]
    secret: str = ""
    public: str = ""
    environments: tuple[Name, ...] = ()
    services: tuple[Name, ...] = ()
    actions: tuple[Literal["rollback", "hold"], ...] = ("rollback", "hold")


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """Where the ledger lies and how its entries are signed.

    Attributes:
        ref: Git ref that holds it.
        remote: Git remote that holds the ref.
        transport: How entries are written, by `git push` or by commits through GitHub's interface.
        sign: How entries are signed.
        signers: Who may sign. Without any, signatures are made and not judged.
        required: Names of fields that every release, promotion and rollback has to carry (`--field ticket=OPS-1`).
        rollback_point: Hours for which a replaced release can be gone back to without `--accept-expired`.
        request_keys: Whose signed requests are carried out. Without any, none are.
        views: What shows the ledger beside it: `artifact` attaches each entry to its image, `deployments` shows moves
            at GitHub, in a workflow. Both are written after the ledger, and never believed.
    """

    ref: Annotated[str, {"pattern": r"^refs/[A-Za-z0-9._/-]+$", "examples": ["refs/heads/release-ledger"]}] = (
        "refs/heads/release-ledger"
    )
    remote: str = "origin"
    transport: Literal["git", "api"] = "git"
    sign: Literal["none", "ssh", "gpg", "hmac", "cosign"] = "none"
    signers: tuple[Signer, ...] = ()
    required: tuple[str, ...] = ()
    rollback_point: Hours = 72.0
    request_keys: tuple[RequestKey, ...] = ()
    views: tuple[Literal["artifact", "deployments"], ...] = ("artifact", "deployments")


@dataclass(frozen=True, slots=True)
class Service:
    """A service: what is released and rolled back as one.

    Attributes:
        image: Repository of its image, without tag or digest.
        module: Directory of its module.
        mirrors: Other repositories that hold the same image.
        migrations: Globs of migration files, which plans tell; `irreversible` in a path is told as such.
        floor: Version that must not be gone below, such as "v1.4.0": older ones cannot read today's data.
    """

    image: Repository
    module: str = "."
    mirrors: tuple[Repository, ...] = ()
    migrations: tuple[str, ...] = ()
    floor: Annotated[str, {"pattern": FLOOR, "examples": ["v1.4.0"]}] = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A place that a promotion changes; which keys count depends on `kind`.

    Attributes:
        kind: `channel-tag` moves a tag in the registry, `gitops` edits files, `kubectl` changes a workload, `command`
            runs a program.
        name: What messages call it.
        tag: Tag that follows the environment (channel-tag); by default the environment's name.
        files: Files to edit, relative to the root of their repository; the digest is replaced and, beside it, a tag
            that is a version (gitops).
        format: What the files are (gitops).
        by: What a place is moved by that has a tag and no digest: `digest` refuses it, `tag` sets the release's
            version as its tag, which must show the release in the registry (gitops). A digest that stands there is
            always the one that is changed.
        chart_version: Whether Chart.yaml's appVersion follows (gitops).
        deliver: How the edit arrives (gitops). A pull request changes nothing before it is merged: the move stays
            open until `release resume` finds it merged.
        repository: Repository of the files, `owner/name` or an address; empty is this one (gitops).
        branch: Branch to commit to (gitops).
        workload: `deployment/api` (kubectl).
        container: Container in it.
        namespace: Namespace of the workload (kubectl).
        context: Context of the kubeconfig (kubectl).
        run: Command to run, without a shell; `{image}`, `{digest}`, `{service}` and `{environment}` are filled in
            (command).
        observe: Command that prints the digest that runs (command).
        timeout: Seconds one change may take.
    """

    kind: Literal["channel-tag", "gitops", "kubectl", "command"]
    name: str = ""
    tag: str = ""
    files: tuple[str, ...] = ()
    format: Literal["auto", "kustomize", "helm", "kubernetes"] = "auto"
    by: Literal["digest", "tag"] = "digest"
    chart_version: bool = False
    deliver: Literal["push", "pull-request"] = "push"
    repository: str = ""
    branch: str = ""
    workload: str = ""
    container: str = ""
    namespace: str = ""
    context: str = ""
    run: Command = ()
    observe: Command = ()
    timeout: Seconds = 300.0


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """An address that must answer.

    Attributes:
        url: Address to ask.
        status: Status that is well.
        contains: Text the answer must hold.
        version_key: Key of the JSON answer that names the running version or commit, compared with the ledger.
    """

    url: str
    status: int = 200
    contains: str = ""
    version_key: str = ""


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """A Prometheus query and its limits.

    Attributes:
        name: What evidence calls it.
        query: Instant query that gives one number.
        max: Greatest value that is well.
        max_ratio: Greatest ratio to the value before the move that is well.
        min_samples: Query that counts samples.
        min_count: Fewest samples; with fewer the metric is inconclusive.
    """

    name: str
    query: str
    max: float | None = None
    max_ratio: float | None = None
    min_samples: str = ""
    min_count: float = 1.0


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """How an environment's health is judged after a move.

    Attributes:
        http: Addresses to ask.
        commands: Commands that must exit 0 (75: inconclusive).
        prometheus: Address of the server.
        metrics: Queries to ask it.
        warm_up: Seconds before the first look.
        interval: Seconds between looks.
        looks: How many looks.
        failures: Consecutive failed looks that make the verdict `fail`.
        automatic: Whether a failed verdict rolls back by itself.
        per_day: Most automatic rollbacks in 24 hours.
        settle: Seconds after a move in which no automatic rollback starts.
        stale: Seconds after which a failure is too old to act on.
    """

    http: tuple[HttpProbe, ...] = ()
    commands: tuple[Command, ...] = ()
    prometheus: str = ""
    metrics: tuple[MetricQuery, ...] = ()
    warm_up: Annotated[float, {"minimum": 0, "maximum": 86400}] = 10.0
    interval: Seconds = 10.0
    looks: Count = 6
    failures: Count = 3
    automatic: bool = False
    per_day: Count = 2
    settle: Annotated[float, {"minimum": 0, "maximum": 86400}] = 0.0
    stale: Seconds = 1200.0


@dataclass(frozen=True, slots=True)
class Alert:
    """Who is told when a verdict fails, a rollback starts or ends, or something needs a person.

    Attributes:
        kind: An issue (opened once, then edited), a JSON webhook, a chat webhook (`{"text": …}`), or a command.
        url: Address of the webhook; a chat's is a login, so that it is better given by `secret`.
        secret: Environment variable with the key that signs a webhook, or with the address of a chat.
        run: Command; it gets the alert as JSON on its standard input.
        labels: Labels of the issue.
    """

    kind: Literal["issue", "webhook", "chat", "command"]
    url: str = ""
    secret: str = ""
    run: Command = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must hold before a digest is deployed.

    Attributes:
        signature: Whether the image must be signed, as `cosign verify` finds it.
        attestation: Repository `owner/name` whose workflows must have attested the image, as `gh attestation verify`
            finds it.
        identity: Identity of the certificate that must have signed; `signature` needs it.
        issuer: Issuer of that certificate; `signature` needs it.
        checksums: File with SHA-256 sums of release files to verify, as `sha256sum` writes it, relative to the root;
            the files lie beside it.
        restore: Command that restores the configuration snapshot of the release; `{snapshot}` is filled in.
    """

    signature: bool = False
    attestation: Annotated[str, {"pattern": r"^([A-Za-z0-9-]+/[A-Za-z0-9._-]+)?$", "examples": ["acme/shop"]}] = ""
    identity: str = ""
    issuer: str = ""
    checksums: str = ""
    restore: Command = ()


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment: an ordered list of targets, its channel and its guards.

    Attributes:
        targets: Places that a promotion changes, in this order.
        prereleases: Whether prereleases may run here.
        services: Services that run here; by default all of them.
        after: Environment whose passed verdict a promotion needs first.
        health: How its health is judged.
        alerts: Who is told.
        owners: People or teams that alerts name.
        require: What must hold before a digest is deployed.
        keep: Distinct earlier good digests that pruning never takes away.
        keep_hours: Hours for which nothing that ran here is taken away.
    """

    targets: tuple[Target, ...] = ()
    prereleases: bool = False
    services: tuple[Name, ...] = ()
    after: str = ""
    health: HealthSettings = field(default_factory=HealthSettings)
    alerts: tuple[Alert, ...] = ()
    owners: tuple[str, ...] = ()
    require: Requirement = field(default_factory=Requirement)
    keep: Annotated[int, {"minimum": 3, "maximum": 1000}] = 3
    keep_hours: Hours = 72.0


@dataclass(frozen=True, slots=True)
class Releases:
    """What the file says of the release ledger: its own settings, services and environments by name."""

    ledger: LedgerSettings = field(default_factory=LedgerSettings)
    services: Mapping[Name, Service] = field(default_factory=dict)
    environments: Mapping[Name, Environment] = field(default_factory=dict)
