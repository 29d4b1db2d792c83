"""`release diff A B`: what lies between two releases, or between what runs in two environments."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.cli.release.asked import service_of
from go_release_gate.cli.release.between import Between, between, parts_of
from go_release_gate.cli.release.doing import Outcome
from go_release_gate.cli.release.page import Heading, Lines, Page, Table
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.errors import GateError, RefusedError
from go_release_gate.ledger.candidates import unclear
from go_release_gate.ledger.state import Release, State
from go_release_gate.model.sizes import size_text


@dataclass(frozen=True, slots=True)
class Shown:
    """A side. `bytes`: what a machine pulls, the largest platform's; None: not asked."""

    word: str
    version: str
    tag: str
    commit: str
    digest: str
    media_type: str
    platforms: tuple[str, ...]
    bytes: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Two releases of a service and what lies between."""

    service: str
    a: Shown
    b: Shown
    between: Between
    notices: tuple[str, ...] = ()


def perform(desk: Desk) -> Outcome:
    """Tell it. Raises RefusedError: a word that names no release."""
    service = service_of(desk)
    state = desk.book.state()
    notices: list[str] = []
    releases = [_release(desk, state, service, word) for word in (desk.args.a, desk.args.b)]
    sides = [
        _shown(desk, word, release, notices) for word, release in zip((desk.args.a, desk.args.b), releases, strict=True)
    ]
    lying = between(desk, service, releases[0].source, releases[1].source)
    report = Difference(service, sides[0], sides[1], lying, tuple(notices))
    return Outcome("release-diff", report, _page(report))


def _release(desk: Desk, state: State, service: str, word: str) -> Release:
    """A version, tag or digest; else what runs in the environment of that name."""
    found = state.find(service, word)
    if not found and word in {*desk.settings.environments, *(name for _, name in state.environments)}:
        running = state.release(service, state.at(service, word).current)
        if running is None:
            raise RefusedError(f"nothing that was recorded of {service} runs in {word}")
        return running
    if len(found) != 1:
        hint = f"`go-release-gate release list --service {service}` shows all"
        raise RefusedError(unclear(word, service, found), hint)
    return found[0]


def _shown(desk: Desk, word: str, release: Release, notices: list[str]) -> Shown:
    from go_release_gate.adapters.registry.closure import platforms

    size = None
    if not desk.args.offline:
        try:
            size = _bytes(desk, release)
        except GateError as error:
            notices.append(f"the size of {release.name} is not known: {error.message}")
    source, image = release.source, release.image
    return Shown(
        word, source.version, source.tag, source.commit, image.digest, image.media_type, platforms(image), size
    )


def _bytes(desk: Desk, release: Release) -> int | None:
    """What the largest platform pulls: its layers and its configuration, as its manifest says."""
    import json

    from go_release_gate.adapters.registry.closure import UNKNOWN, at

    sizes = []
    for child in release.image.children:
        if child.platform == UNKNOWN or not release.image.locations:
            continue
        manifest = json.loads(desk.registries.manifest(at(release.image.locations[0], child.digest)).content)
        parts = [manifest.get("config") or {}, *(manifest.get("layers") or ())]
        sizes.append(sum(one["size"] for one in parts if isinstance(one, dict) and isinstance(one.get("size"), int)))
    return max(sizes, default=None)


def _page(report: Difference) -> Page:
    rows = [
        ("version", report.a.version or "-", report.b.version or "-"),
        ("tag", report.a.tag or "-", report.b.tag or "-"),
        ("commit", report.a.commit[:12] or "-", report.b.commit[:12] or "-"),
        ("digest", report.a.digest, report.b.digest),
        ("platforms", ", ".join(report.a.platforms) or "-", ", ".join(report.b.platforms) or "-"),
        ("pulled", _size(report.a.bytes), _size(report.b.bytes)),
    ]
    notes = tuple(f"note: {one}" for one in report.notices)
    return Page(
        (
            Heading(f"{report.service}: {report.a.word} and {report.b.word}"),
            Table(("", report.a.word, report.b.word), tuple(rows)),
            *parts_of(report.between),
            *((Lines(notes),) if notes else ()),
        )
    )


def _size(count: int | None) -> str:
    return "-" if count is None else size_text(count)
