"""Pruning against a real registry: the complement goes, everything else stays pullable, and a kill leaves no trap."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from go_release_gate.adapters.registry.asking import Timing
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.closure import describe, missing
from go_release_gate.adapters.registry.connecting import Connecting, connect
from go_release_gate.adapters.registry.referring import attach, fallback_tag
from go_release_gate.adapters.registry.writing import put_blob
from go_release_gate.config.releases import Environment, Releases, Service
from go_release_gate.errors import RaceError, RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.candidates import Conditions, Wish, choose
from go_release_gate.ledger.entry import PROMOTE, PRUNE, RELEASE, VERDICT, Actor, Entry, Image, Source
from go_release_gate.ledger.store import Records
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import parse
from go_release_gate.release.book import Book
from go_release_gate.release.pruning import PrunePlan, Pruning, apply_prune, plan_prune, removers
from go_release_gate.release.pruning.removing import Refusing, RegistryRemover
from support import dockerregistry
from support.dockerregistry import CONFIG, INDEX, LAYER, MANIFEST, RealRegistry

START = datetime(2026, 1, 1, tzinfo=UTC)
LATER = START + timedelta(days=60)
SOMEBODY = Actor("somebody")


class Memory:
    """A ledger's bytes in a list."""

    def __init__(self) -> None:
        self.records: tuple[bytes, ...] = ()

    def read(self, _known: Records | None = None) -> Records:
        """Everything."""
        return Records(self.records, f"{len(self.records)}")

    def append(self, entries: list[tuple[bytes, str]], tip: str) -> str | None:
        """Add, where nobody was faster."""
        if tip not in ("", f"{len(self.records)}"):
            return None
        self.records += tuple(data for data, _ in entries)
        return f"{len(self.records)}"

    def keep(self, records: Records) -> None:
        """Nothing is forgotten here."""


@dataclass
class World:
    """A repository with releases 1.0.0, 1.1.0 …, each of which ran in production and passed, one day apart."""

    registry: RealRegistry
    registries: Registries
    path: str
    book: Book = field(default_factory=lambda: Book(Memory(), sleep=lambda _seconds: None))
    images: list[Image] = field(default_factory=list)

    @property
    def repository(self) -> str:
        return f"{self.registry.domain}/{self.path}"

    def release(self, *, platforms: tuple[str, ...] = ("linux/amd64", "linux/arm64"), service: str = "api") -> Image:
        """Push, record, promote and pass the next release."""
        number = len(self.images)
        version, day = f"1.{number}.0", START + timedelta(days=number)
        self.registry.push_platforms(self.path, version, *platforms)
        image = describe(self.registries, parse(f"{self.repository}:{version}"))
        before = self.images[-1].digest if self.images else ""
        self.images.append(image)
        source = Source(version=version, tag=f"v{version}", commit=digests.of(version.encode())[7:47])
        self.write(Entry(0, "", RELEASE, service, "", day, SOMEBODY, image=image, source=source))
        self.promote(image, before, day)
        health = Entry(0, "", VERDICT, service, "production", day, SOMEBODY, digest=image.digest, health="pass")
        self.write(health)
        return image

    def promote(self, image: Image, before: str, day: datetime) -> None:
        """Record a finished promotion."""
        move = Entry(0, "", PROMOTE, "api", "production", day, SOMEBODY, before=before, after=image.digest)
        self.write(replace(move, phase="intent"))
        self.write(replace(move, phase="done", intent=self.book.state().length))

    def write(self, entry: Entry) -> None:
        """Append one entry."""
        self.book.append(lambda _state: [entry])

    def pruning(self, **values: object) -> Pruning:
        """What pruning goes by: three earlier releases and 72 hours, at a day long after all of them."""
        settings = Releases(services={"api": Service(self.repository)}, environments={"production": Environment()})
        return replace(Pruning(self.registries, settings, "api", lambda: LATER), **values)

    def plan(self, **values: object) -> PrunePlan:
        """The plan as things are."""
        return plan_prune(self.pruning(**values), self.book.state())

    def apply(self, plan: PrunePlan, **values: object) -> object:
        """Carry a plan out."""
        all_removers = removers([self.repository], self.registries)
        return apply_prune(plan, self.pruning(**values), self.book, SOMEBODY, all_removers)

    def gone(self) -> list[int]:
        """The numbers of the releases that cannot be pulled whole any more."""
        return [number for number, image in enumerate(self.images) if missing(self.registries, image)]

    def digests(self, plan: PrunePlan) -> set[str]:
        """What a plan deletes."""
        return {one.digest for one in plan.deletions}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Seven releases, the last of which runs: 0 to 2 are old enough to go, 3 to 5 can be gone back to."""
    with dockerregistry.running(tmp_path) as registry:
        registries = connect({}, Connecting(tmp_path), Timing(sleep=lambda _seconds: None))
        made = World(registry, registries, "acme/shop")
        for _ in range(7):
            made.release()
        yield made


def test_the_complement_goes(world: World) -> None:
    """Old releases go with their platforms; the current and three earlier stay whole; the plan writes nothing."""
    before = world.registry.writes()
    plan = world.plan()
    assert world.registry.writes() == before
    old = world.images[:3]
    assert plan.releases == tuple(one.digest for one in old)
    assert world.digests(plan) == {one.digest for one in old} | {kid.digest for one in old for kid in one.children}
    assert [one.what for one in plan.deletions[:3]] == ["a release"] * 3
    assert [one.tags for one in plan.deletions[:3]] == [("1.0.0",), ("1.1.0",), ("1.2.0",)]
    assert [(one.digest, one.reason) for one in plan.kept][-1] == (world.images[6].digest, "it runs in production")
    done = world.apply(plan)
    assert (len(done.deleted), done.failed) == (9, ())
    assert world.gone() == [0, 1, 2]
    assert world.plan().deletions == ()
    (entry,) = [one for one in world.book.chain().entries if one.kind == PRUNE]
    assert entry.digests == plan.releases


def test_what_is_shared_stays(world: World) -> None:
    """A platform that a kept release also has stays, and so does one that an image nobody recorded has."""
    shared = world.images[0].children[0]
    foreign = world.images[1].children[1]
    world.registry.push_index(world.path, "1.7.0", INDEX, shared.digest, world.images[6].children[0].digest)
    newest = describe(world.registries, parse(f"{world.repository}:1.7.0"))
    world.images.append(newest)
    entry = Entry(0, "", RELEASE, "api", "", LATER, SOMEBODY, image=newest, source=Source(version="1.7.0"))
    world.write(entry)
    world.registry.push_index(world.path, "nightly", INDEX, foreign.digest)
    plan = world.plan()
    assert not world.digests(plan) & {shared.digest, foreign.digest, newest.digest}
    world.apply(plan)
    assert world.gone() == [0, 1, 2]
    assert missing(world.registries, describe(world.registries, parse(f"{world.repository}:nightly"))) == ""


def test_another_services_release(world: World) -> None:
    """A digest that another service runs stays for both; one that it only recorded once goes."""
    for number in (0, 1):
        image = world.images[number]
        entry = Entry(
            0, "", RELEASE, "worker", "", START, SOMEBODY, image=image, source=Source(version=f"1.{number}.0")
        )
        world.write(entry)
    move = Entry(0, "", PROMOTE, "worker", "production", START, SOMEBODY, after=world.images[0].digest)
    world.write(replace(move, phase="intent"))
    world.write(replace(move, phase="done", intent=world.book.state().length))
    plan = world.plan()
    assert plan.releases == (world.images[1].digest, world.images[2].digest)


def test_a_digest_under_two_tags(world: World) -> None:
    """A tag beside the release's own keeps the digest, and says so; one that is expendable does not."""
    content = world.registries.manifest(parse(f"{world.repository}:1.1.0")).content
    for tag in ("v1.1.0", "latest-of-main"):
        world.registry.put(world.path, tag, json.loads(content))
    assert json.dumps(json.loads(content)).encode() == content  # so that both tags are one digest
    plan = world.plan()
    assert world.images[1].digest not in plan.releases
    assert any("latest-of-main" in one.reason for one in plan.kept if one.digest == world.images[1].digest)
    assert world.images[1].digest in world.plan(expendable=("*-of-main",)).releases
    assert world.images[0].digest not in world.plan(named_tags={"1.0.0"}).releases


def test_what_a_manifest_names(world: World) -> None:
    """A digest that a protected branch names stays, even a platform's."""
    child = world.images[0].children[0].digest
    plan = world.plan(named={world.images[1].digest, child})
    assert world.images[1].digest not in plan.releases
    assert child not in world.digests(plan)
    assert world.images[0].children[1].digest in world.digests(plan)


def test_nothing_unknown_is_touched(world: World) -> None:
    """Images, tags and signatures that the ledger does not know stay, whatever they look like."""
    stranger = world.registry.push(world.path, "0.9.0", "of another time")
    odd = world.registry.push(world.path, f"sha256-{stranger[7:]}.sig", "a signature of it")
    world.apply(world.plan())
    for digest in (stranger, odd):
        assert world.registries.look(parse(f"{world.repository}@{digest}")).digest == digest


def test_what_refers_to_a_release_goes_with_it(world: World) -> None:
    """Fallback index, signatures by tag and artifacts by subject go with their release, and stay with a kept one."""
    found: dict[int, set[str]] = {}
    for number in (0, 6):
        subject = parse(f"{world.repository}@{world.images[number].digest}")
        signature = world.registry.push(world.path, f"{fallback_tag(subject.digest)}.sig", f"signature {number}")
        empty = {"mediaType": CONFIG, "digest": put_blob(world.registries, subject, b"{}"), "size": 2}
        layer = {**empty, "mediaType": LAYER}
        document = {"schemaVersion": 2, "mediaType": MANIFEST, "config": empty, "layers": [layer]}
        artifact = attach(world.registries, subject, {**document, "annotations": {"number": f"{number}"}})
        index = world.registries.look(parse(f"{world.repository}:{fallback_tag(subject.digest)}")).digest
        found[number] = {signature, artifact, index}
    plan = world.plan()
    assert found[0] <= world.digests(plan)
    assert not found[6] & world.digests(plan)
    assert not world.apply(plan).failed
    for digest in found[6]:
        world.registries.look(parse(f"{world.repository}@{digest}"))


def test_a_fallback_index_that_lists_what_it_does_not_own(world: World) -> None:
    """What an index at a fallback tag names counts with that subject alone: a stranger's manifest stays."""
    stranger = world.registry.push("acme/shop", "theirs", "somebody else's")
    world.registry.push_index(world.path, fallback_tag(world.images[0].digest), INDEX, stranger, world.images[6].digest)
    plan = world.plan()
    assert not world.digests(plan) & {stranger, world.images[6].digest}
    world.apply(plan)
    assert world.gone() == [0, 1, 2]


def test_a_kill_at_any_deletion(world: World) -> None:
    """The ledger speaks first: wherever it ends, what may be gone back to is whole, and pruning again ends it."""

    class Killed(BaseException):
        """As a signal would end it."""

    class Dying(RegistryRemover):
        left = 2

        def delete(self, repository: str, digest: str) -> bool:
            if not Dying.left:
                raise Killed
            Dying.left -= 1
            return super().delete(repository, digest)

    plan = world.plan()
    with pytest.raises(Killed):
        apply_prune(plan, world.pruning(), world.book, SOMEBODY, {world.repository: Dying(world.registries)})
    state = world.book.state()
    conditions = Conditions(LATER, absence=lambda release: missing(world.registries, release.image))
    chosen = choose(state, Wish("api", "production", "-3"), conditions)
    assert chosen.release is not None
    beyond = choose(state, Wish("api", "production", "-4"), conditions)
    assert [one.reason for one in beyond.rejected] == ["its content was pruned"] * 3
    again = world.plan()
    assert again.releases == ()
    assert world.digests(again) < world.digests(plan)
    assert not world.apply(again).failed
    assert world.plan().deletions == ()
    assert len([one for one in world.book.chain().entries if one.kind == PRUNE]) == 1


def test_one_failure_does_not_stop_the_rest(world: World) -> None:
    """What fails is told with its reason, and is planned again."""

    class Stubborn(RegistryRemover):
        def delete(self, repository: str, digest: str) -> bool:
            if digest == world.images[0].digest:
                raise UnavailableError("not now")
            return super().delete(repository, digest)

    plan = world.plan()
    done = apply_prune(plan, world.pruning(), world.book, SOMEBODY, {world.repository: Stubborn(world.registries)})
    assert [(one.digest, why) for one, why in done.failed] == [(world.images[0].digest, "not now")]
    assert len(done.deleted) == len(plan.deletions) - 1
    assert world.digests(world.plan()) == {world.images[0].digest}


def test_a_plan_that_is_no_longer_right(world: World) -> None:
    """A release that is promoted, or tagged, after the plan was made: nothing is written and nothing deleted."""
    plan = world.plan()
    before, length = world.registry.writes(), len(world.book.chain().entries)
    world.promote(world.images[0], world.images[6].digest, LATER)
    with pytest.raises(RaceError):
        world.apply(plan)
    deletions = [one for one in world.registry.writes()[len(before) :] if world.images[0].digest in one[1]]
    assert (deletions, len(world.book.chain().entries)) == ([], length + 2)
    assert world.gone() == []


def test_a_repository_where_nothing_can_be_deleted(world: World) -> None:
    """It is found out before the ledger says anything."""
    length = len(world.book.chain().entries)
    with pytest.raises(RefusedError, match="deletes nothing"):
        apply_prune(
            world.plan(), world.pruning(), world.book, SOMEBODY, {world.repository: Refusing("it deletes nothing")}
        )
    assert len(world.book.chain().entries) == length
    refusing = removers(["ghcr.io/acme/shop"], world.registries)["ghcr.io/acme/shop"]
    with pytest.raises(RefusedError, match="through GitHub alone"):
        refusing.probe("ghcr.io/acme/shop")


def test_could_not_be_asked(world: World) -> None:
    """A mirror that is away stops the plan; a service that is not set, too."""
    settings = Releases(services={"api": Service(world.repository, mirrors=("127.0.0.1:1/acme/shop",))})
    with pytest.raises(UnavailableError):
        world.plan(settings=settings)
    with pytest.raises(UsageError):
        world.plan(service="web")
    with pytest.raises(UsageError):
        world.plan(settings=Releases(services={"api": Service("Not A Repository")}))
    empty = Releases(services={"api": Service(f"{world.registry.domain}/acme/nothing")})
    assert world.plan(settings=empty).deletions == ()
