"""`push IMAGE REFERENCE…`: bring an image that was built and tested to a registry, byte for byte, without an engine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.cli.output import into_output
from go_release_gate.cli.release.doing import Outcome, show
from go_release_gate.cli.release.page import Page, Table
from go_release_gate.cli.settings import read_payload
from go_release_gate.config.environment import secret
from go_release_gate.config.event import load_event
from go_release_gate.config.nearest import did_you_mean
from go_release_gate.errors import RefusedError, UsageError
from go_release_gate.oci import attestations
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import InvalidReferenceError, Reference, parse

if TYPE_CHECKING:
    from go_release_gate.adapters.registry.client import Registries
    from go_release_gate.release.pushing import Pushed, TagState

PATIENCE = 3600.0  # seconds for all that is asked and sent


@dataclass(frozen=True, slots=True)
class PushedTag:
    """A tag that names the image now; `before`: the digest it named, empty for none."""

    reference: str
    before: str


@dataclass(frozen=True, slots=True)
class PushReport:
    """An image in a registry.

    `sent`, `sent_bytes`: blobs that had to be sent; `present`: blobs that were there already. A dry run sends none.
    """

    image: str
    digest: str
    media_type: str
    tags: tuple[PushedTag, ...]
    sent: int = 0
    sent_bytes: int = 0
    present: int = 0
    dry_run: bool = False


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Run the verb; 0 pushed, 5 refused. Raises GateError for everything else."""
    with into_output(args):
        outcome = perform(args, environ)
        show(outcome, args, environ)
    return outcome.code


def below_workspace(args: argparse.Namespace, workspace: Path) -> None:
    """The image of a step lies in its workspace."""
    args.image = str(workspace / str(args.image))


def perform(args: argparse.Namespace, environ: Mapping[str, str]) -> Outcome:
    """Look at image and tags, then send what is missing.

    Raises:
        UsageError: a name that cannot be used. RefusedError: another digest, a missing attestation, a release's tag
            that stands elsewhere, an event that is not trusted. UnavailableError: image or registry cannot be had.
    """
    from go_release_gate.adapters.images.opening import open_image
    from go_release_gate.adapters.images.registry import RegistryImage
    from go_release_gate.release import pushing
    from go_release_gate.report.progress import progress_for

    tags, required = references(args.references or ()), kinds(args.require or ())
    if args.digest and not digests.is_valid(args.digest):
        raise UsageError(f"--digest {args.digest!r} is no digest: sha256: and 64 hexadecimal digits")
    if not load_event(environ, read_payload).trusted:
        raise RefusedError("this event is not trusted: nothing is pushed")
    progress = progress_for(sys.stderr, environ, quiet=bool(args.quiet), verbose=bool(args.verbose))
    with _reached(args, environ) as (registries, scratch):
        source = open_image(str(args.image), registries, scratch)
        try:
            if isinstance(source, RegistryImage):
                raise UsageError(f"{args.image} is no OCI layout", "name a folder or archive that holds one")
            load = pushing.load_of(source, args.digest or "")
            missing = pushing.lacking(source, load, required)
            if missing:
                raise RefusedError(f"{args.image}: {missing[0]}", _more(missing))
            states = pushing.before(registries, tags, load.digest, args.may_move or ())
            if args.dry_run:
                top = load.parts[-1]
                return _outcome(pushing.Pushed(top.manifest.digest, top.media_type, tuple(states), 0, 0, 0), dry=True)
            return _outcome(pushing.push(source, load, registries, states, progress))
        finally:
            source.close()
            progress.close()


def references(texts: Sequence[str]) -> tuple[Reference, ...]:
    """Full references with tags, each once. Raises UsageError."""
    found: dict[Reference, None] = {}
    for text in filter(None, map(str.strip, texts)):
        try:
            reference = parse(text)
        except InvalidReferenceError as error:
            raise UsageError(f"{text!r} is no image reference: {error}") from None
        if not reference.tag or reference.digest:
            raise UsageError(f"{text!r} must have a tag and no digest", "for example: ghcr.io/acme/shop:1.4.2")
        found[reference] = None
    if not found:
        raise UsageError("no reference to push to", "for example: ghcr.io/acme/shop:1.4.2")
    return tuple(found)


def kinds(words: Sequence[str]) -> tuple[str, ...]:
    """Kinds of attestations. Raises UsageError with the nearest."""
    for word in words:
        if word not in attestations.KINDS:
            known = list(attestations.KINDS)
            hint = did_you_mean(word, known) or f"there are: {', '.join(known)}"
            raise UsageError(f"--require knows no {word!r}", hint)
    return tuple(dict.fromkeys(words))


@contextmanager
def _reached(args: argparse.Namespace, environ: Mapping[str, str]) -> Iterator[tuple[Registries, Path]]:
    """The registries, and a private folder for a packed archive."""
    from tempfile import TemporaryDirectory

    from go_release_gate.adapters.process import ProcessRunner
    from go_release_gate.adapters.programs import checkout_of
    from go_release_gate.adapters.registry.asking import Timing
    from go_release_gate.adapters.registry.connecting import Connecting, connect
    from go_release_gate.adapters.signals import watched
    from go_release_gate.adapters.trust import install, read_bundle, system_bundle

    runner, root = ProcessRunner(), Path.cwd()
    with watched(runner.terminate_all), TemporaryDirectory(prefix="go-release-gate-") as folder:
        scratch = Path(folder)
        authorities = system_bundle(environ)
        if args.ca_bundle:
            authorities = install(read_bundle(args.ca_bundle, root=root, trusted=True), scratch, environ)
        wanted = Connecting(
            checkout_of(root, environ),
            secret(environ, "registry-credentials"),
            secret(environ, "github-token"),
            authorities=str(authorities or ""),
            runner=runner,
        )
        yield connect(environ, wanted, Timing(total=PATIENCE)), scratch


def _outcome(pushed: Pushed, *, dry: bool = False) -> Outcome:
    names = dict.fromkeys(one.reference.name for one in pushed.tags)
    image = f"{next(iter(names))}@{pushed.digest}"
    tags = tuple(PushedTag(str(one.reference), one.before) for one in pushed.tags)
    report = PushReport(
        image, pushed.digest, pushed.media_type, tags, pushed.sent, pushed.sent_bytes, pushed.present, dry
    )
    outputs = {"image": image, "digest": pushed.digest, "tags": "\n".join(one.reference for one in tags)}
    return Outcome("push", report, _page(report, pushed.tags), outputs=outputs)


def _page(report: PushReport, states: Sequence[TagState]) -> Page:
    from go_release_gate.model.sizes import size_text

    rows = tuple((str(one.reference), _word(one, report)) for one in states)
    sent = f"{report.sent} blobs sent ({size_text(report.sent_bytes)}), {report.present} were there"
    facts = (("image", report.image), ("content", "a dry run: nothing is sent" if report.dry_run else sent))
    return Page((Table((), facts), Table(("Tag", "Before"), rows)))


def _word(state: TagState, report: PushReport) -> str:
    if state.before == report.digest:
        return "the same"
    return f"moved from {state.before}" if state.before else "new"


def _more(missing: Sequence[str]) -> str:
    others = f"{len(missing) - 1} more missing; " if len(missing) > 1 else ""
    return f"{others}build with `--sbom=true --provenance=mode=max`"
