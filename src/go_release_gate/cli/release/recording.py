"""`release record`: a digest becomes a release, once."""

from __future__ import annotations

from dataclasses import replace

from go_release_gate.cli.release.asked import fields_of, service_of
from go_release_gate.cli.release.doing import Outcome
from go_release_gate.cli.release.entries import outcome_of
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.errors import RaceError, RefusedError, UsageError
from go_release_gate.ledger.candidates import unclear
from go_release_gate.ledger.entry import RELEASE, Entry, Image, Source
from go_release_gate.ledger.state import Release, State
from go_release_gate.oci.reference import InvalidReferenceError, Reference, parse


def perform(desk: Desk) -> Outcome:
    """Describe the image, find its source, and append the entry; a digest that is recorded already stays as it is."""
    from go_release_gate.cli.release.sources import source_of, version_of
    from go_release_gate.cli.release.views import shown

    service = service_of(desk)
    fields = fields_of(desk)
    reference = reference_of(desk.args.image, desk.service(service).image)
    refuse_foreign(desk, service, reference)
    if not reference.tag and not reference.digest:
        raise UsageError("--image names neither tag nor digest", f"for example: {reference}:1.4.2")
    image, notices = described(desk, service, reference)
    source = source_of(desk, service, reference.tag, desk.args.tag or "")
    if reference.tag and source.version not in ("", version_of(reference.tag) or source.version):
        notices = (*notices, f"the image's tag {reference.tag} says another version than {source.tag}, which counts")
    draft = Entry(
        0, "", RELEASE, service, "", desk.now(), desk.actor, desk.args.reason or "", image, source, fields=fields
    )
    if desk.args.dry_run:
        if known := desk.book.state().release(service, image.digest):
            return _recorded(desk, service, known, source, notices)
        return outcome_of(desk, "record", service, (), "would record", release=(image, source), notices=notices)

    def make(state: State) -> list[Entry]:
        return [] if state.release(service, image.digest) else [draft]

    written = desk.book.append(make)
    if not written:
        known = desk.book.state(fresh=False).release(service, image.digest)
        if known is None:  # it was asked for just now
            raise RaceError(f"the release of {image.digest} is gone from the ledger", "run it again")
        return _recorded(desk, service, known, source, notices)
    others = desk.book.state(fresh=False).find(service, source.version)
    if len(others) > 1:
        notices = (*notices, unclear(source.version, service, others))
    notices = (*notices, *shown(desk, written))
    return outcome_of(desk, "record", service, written, "recorded", release=(image, source), notices=notices)


def _recorded(desk: Desk, service: str, known: Release, source: Source, notices: tuple[str, ...]) -> Outcome:
    """What is there already, and where that is another version than the one that was to be recorded."""
    number, digest = known.entry.seq, known.image.digest
    if source.version and source.version != known.source.version:
        was = known.source.version or "a release without a version"
        notices = (*notices, f"the digest stays {was}, as entry {number} has it: {source.version} was not recorded")
    if digest in desk.book.state(fresh=False).pruned:
        notices = (*notices, "its content was pruned, so that it may run nowhere any more")
    words = f"{digest} is recorded already, as entry {number}"
    found = (known.image, known.source)
    return outcome_of(desk, "record", service, (), words, release=found, seq=number, notices=notices)


def reference_of(text: str | None, repository: str) -> Reference:
    """The reference that `--image` says; `:TAG` and `@DIGEST` alone are of the service's own repository."""
    if not text:
        raise UsageError("which image? --image is missing", f"for example: --image {repository}:1.4.2")
    full = f"{repository}{text}" if text[0] in ":@" else text
    try:
        return parse(full)
    except InvalidReferenceError as error:
        raise UsageError(f"--image: {error}") from None


def refuse_foreign(desk: Desk, service: str, reference: Reference) -> None:
    """Raise RefusedError for an image of a repository that the service does not name: another service's, most often."""
    settings = desk.service(service)
    names = dict.fromkeys(parse(one).name for one in (settings.image, *settings.mirrors))
    if reference.name in names:
        return
    others = [
        name
        for name, other in desk.settings.services.items()
        if reference.name in {parse(one).name for one in (other.image, *other.mirrors)}
    ]
    whose = f", which is the image of {', '.join(others)}" if others else ""
    raise RefusedError(
        f"{service} has its images in {', '.join(names)}, not in {reference.name}{whose}",
        "name another --service"
        if others
        else f"name it among the `mirrors` of {service}, if it holds the same images",
    )


def described(desk: Desk, service: str, reference: Reference) -> tuple[Image, tuple[str, ...]]:
    """The image at a reference, with every place that the configuration says holds it; and what is to be said."""
    from go_release_gate.adapters.registry.closure import describe

    settings = desk.service(service)
    image = describe(desk.registries, reference)
    places = dict.fromkeys((*image.locations, *settings.mirrors))
    notices = () if reference.digest else (f"the tag {reference.tag} is {image.digest} now; the digest is recorded",)
    return replace(image, locations=tuple(places)), notices
