"""`release record`: a digest becomes a release, once."""

from __future__ import annotations

from dataclasses import replace

from go_release_gate.cli.release.asked import fields_of, service_of
from go_release_gate.cli.release.doing import Outcome
from go_release_gate.cli.release.entries import outcome_of
from go_release_gate.cli.release.sources import source_of
from go_release_gate.cli.release.views import shown
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.errors import UsageError
from go_release_gate.ledger.entry import RELEASE, Entry, Image
from go_release_gate.ledger.state import State
from go_release_gate.oci.reference import InvalidReferenceError, Reference, parse


def perform(desk: Desk) -> Outcome:
    """Describe the image, find its source, and append the entry; a digest that is recorded already stays as it is."""
    service = service_of(desk)
    fields = fields_of(desk)
    reference = reference_of(desk.args.image, desk.service(service).image)
    if not reference.tag and not reference.digest:
        raise UsageError("--image names neither tag nor digest", f"for example: {reference}:1.4.2")
    image, notices = described(desk, service, reference)
    source = source_of(desk, service, reference.tag, desk.args.tag or "")
    draft = Entry(
        0, "", RELEASE, service, "", desk.now(), desk.actor, desk.args.reason or "", image, source, fields=fields
    )
    if desk.args.dry_run:
        return outcome_of(desk, "record", service, (), "would record", release=(image, source), notices=notices)

    def make(state: State) -> list[Entry]:
        return [] if state.release(service, image.digest) else [draft]

    written = desk.book.append(make)
    if not written:
        known = desk.book.state(fresh=False).release(service, image.digest)
        number = known.entry.seq if known else 0
        words = f"{image.digest} is recorded already, as entry {number}"
        release = (known.image, known.source) if known else (image, source)
        return outcome_of(desk, "record", service, (), words, release=release, seq=number, notices=notices)
    notices = (*notices, *shown(desk, written))
    return outcome_of(desk, "record", service, written, "recorded", release=(image, source), notices=notices)


def reference_of(text: str | None, repository: str) -> Reference:
    """The reference that `--image` says; `:TAG` and `@DIGEST` alone are of the service's own repository."""
    if not text:
        raise UsageError("which image? --image is missing", f"for example: --image {repository}:1.4.2")
    full = f"{repository}{text}" if text[0] in ":@" else text
    try:
        return parse(full)
    except InvalidReferenceError as error:
        raise UsageError(f"--image: {error}") from None


def described(desk: Desk, service: str, reference: Reference) -> tuple[Image, tuple[str, ...]]:
    """The image at a reference, with every place that the configuration says holds it; and what is to be said."""
    from go_release_gate.adapters.registry.closure import describe

    settings = desk.service(service)
    image = describe(desk.registries, reference)
    places = dict.fromkeys((*image.locations, *settings.mirrors))
    notices = () if reference.digest else (f"the tag {reference.tag} is {image.digest} now; the digest is recorded",)
    home = parse(settings.image)
    if reference.name != home.name and reference.name not in settings.mirrors:
        notices = (*notices, f"the configuration has {home.name} as the image of {service}")
    return replace(image, locations=tuple(places)), notices
