"""`inspect IMAGE`: judge a finished image, from a registry, an OCI layout or a docker archive, without an engine."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from go_release_gate import __version__
from go_release_gate.adapters.github.runner import new_token
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.programs import checkout_of
from go_release_gate.adapters.signals import watched
from go_release_gate.adapters.toolbox import url_secrets
from go_release_gate.adapters.trust import read_bundle, system_bundle
from go_release_gate.cli.asking import sinks_of, unjudged
from go_release_gate.cli.basefile import git_of
from go_release_gate.cli.complain import complain
from go_release_gate.cli.root import root_of
from go_release_gate.cli.settings import Judged, judged_settings
from go_release_gate.config.environment import secret
from go_release_gate.engine.expecting import Wish, expect
from go_release_gate.engine.inspecting import judge_image
from go_release_gate.errors import UnavailableError, UsageError
from go_release_gate.facts.image_content import Expected, ImageContent
from go_release_gate.facts.scan import ScanResults
from go_release_gate.model.report import CheckReport, Subject
from go_release_gate.report.colour import wants_colour
from go_release_gate.report.inspect_forms import form
from go_release_gate.report.inspected import InspectReport
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.progress import progress_for
from go_release_gate.report.redact import Redactor
from go_release_gate.report.write import check_sinks, write_reports


@dataclass(frozen=True, slots=True)
class Inspected:
    """What an inspection left: the report and every secret that must stay out of sinks."""

    report: InspectReport
    secrets: tuple[str, ...] = ()


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Run the verb; 0 pass, 1 fail, 3 unavailable. Raises GateError for everything else."""
    sinks = sinks_of(args, environ)
    check_sinks(sinks)
    try:
        inspected = perform(args, environ)
    except UnavailableError as error:
        if sinks.format == "text" and not sinks.files:
            raise
        complain(error, environ)
        inspected = Inspected(InspectReport(unjudged(error), unreadable=(error.message,)))
    write_reports(
        inspected.report,
        sinks,
        options_of(args, environ),
        sys.stdout,
        redactor=Redactor(inspected.secrets),
        token=new_token if environ.get("GITHUB_ACTIONS") == "true" else None,
        forms=form,
    )
    return inspected.report.check.verdict.exit_code


def options_of(args: argparse.Namespace, environ: Mapping[str, str]) -> RenderOptions:
    """How the reports look."""
    colour = wants_colour(args.color or "auto", environ, is_tty=sys.stdout.isatty())
    return RenderOptions(colour=colour, verbose=bool(args.verbose), quiet=bool(args.quiet))


def perform(args: argparse.Namespace, environ: Mapping[str, str]) -> Inspected:
    """Read the image, find out what it should be, and judge it.

    Raises:
        UsageError: a name or file that cannot be used. UnavailableError: the image, or the tag, cannot be had.
    """
    started = time.monotonic()
    args.path = args.repository or getattr(args, "path", None) or "."
    if args.tag and not args.event:
        args.event = "tag"  # who names a tag means to release it
    root = root_of(args, environ)
    judged = judged_settings(args, environ, root)
    scans = read_scan_files(args.scan or ())
    image = _image(args, environ, judged, root)
    expected, notices = _expected(args, environ, judged, root, image)
    judgement, unreadable = judge_image(image, expected, scans, judged.settings, judged.baseline)
    check = CheckReport(
        version=__version__,
        go="",
        subject=_subject(judged, expected),
        verdict=judgement.verdict,
        complete=judgement.complete,
        findings=judgement.findings,
        suppressed=judgement.suppressed,
        notices=(*judged.notices, *notices),
        timings={"total": time.monotonic() - started},
    )
    return Inspected(InspectReport(check, image, expected, unreadable), _secrets(environ))


def below_workspace(args: argparse.Namespace, workspace: Path) -> None:
    """Paths of a step are the workspace's: the repository (by default all of it), scanners' files, and an image that
    lies there."""
    told = args.repository
    args.repository = str(workspace / told) if told else None
    args.path = args.repository or str(workspace)
    args.scan = [str(workspace / name) for name in args.scan or ()]
    place, mark, _ = str(args.image).partition(":")
    if (workspace / (place or ".")).exists():
        args.image = f"{workspace / place}{str(args.image)[len(place) :]}" if mark else str(workspace / place)


def _image(args: argparse.Namespace, environ: Mapping[str, str], judged: Judged, root: Path) -> ImageContent:
    """Read it, through the logins that this run may use; children and programs put aside are gone at the end."""
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from go_release_gate.adapters.images.opening import open_image
    from go_release_gate.adapters.images.registry import RegistryImage
    from go_release_gate.adapters.registry.connecting import Connecting, connect
    from go_release_gate.facts.images.read import read_image

    progress = progress_for(sys.stderr, environ, quiet=bool(args.quiet), verbose=bool(args.verbose))
    runner = ProcessRunner()
    with watched(runner.terminate_all), TemporaryDirectory(prefix="go-release-gate-") as scratch:
        wanted = Connecting(
            checkout_of(root, environ),
            secret(environ, "registry-credentials"),
            secret(environ, "github-token"),
            trusted=judged.settings.trusted,
            authorities=_authorities(args, environ, judged, root, Path(scratch)),
            runner=runner,
        )
        source = open_image(str(args.image), connect(environ, wanted), Path(scratch))
        try:
            if judged.settings.offline and isinstance(source, RegistryImage):
                raise UnavailableError(f"{args.image} is in a registry, and --offline asks for none")
            read = read_image(source, platforms=tuple(args.platform or ()), progress=progress, scratch=Path(scratch))
        finally:
            source.close()
            progress.close()
    return replace(read, read_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def _authorities(
    args: argparse.Namespace, environ: Mapping[str, str], judged: Judged, root: Path, scratch: Path
) -> str:
    """The file with the certificate authorities to trust: the system's, and those of `ca-bundle`."""
    if not args.ca_bundle:
        return str(system_bundle(environ) or "")
    from go_release_gate.adapters.trust import install

    return str(install(read_bundle(args.ca_bundle, root=root, trusted=judged.settings.trusted), scratch, environ))


def _expected(
    args: argparse.Namespace, environ: Mapping[str, str], judged: Judged, root: Path, image: ImageContent
) -> tuple[Expected | None, tuple[str, ...]]:
    wish = Wish(
        tag=judged.settings.tag,
        revision=args.revision or "",
        platforms=tuple(args.platform or ()),
        is_named=bool(args.repository),
    )
    return expect(git_of(environ, root), wish, judged.settings, image)


def read_scan_files(names: tuple[str, ...] | list[str]) -> ScanResults | None:
    """What scanners found, from the named files; None: none was named. Raises UsageError: one cannot be opened."""
    if not names:
        return None
    from go_release_gate.facts.scan_reading import SIZE_LIMIT, read_scans

    found = []
    for name in names:
        try:
            with Path(name).open("rb") as file:
                found.append((name, file.read(SIZE_LIMIT + 1)))
        except OSError as error:
            raise UsageError(f"cannot read the file {name!r} of --scan: {error.strerror}") from error
    return read_scans(found)


def _subject(judged: Judged, expected: Expected | None) -> Subject:
    event, settings = judged.event, judged.settings
    return Subject(
        repository=event.repository or (expected.source if expected else ""),
        commit=expected.revision if expected else "",
        ref=f"refs/tags/{settings.tag}" if settings.tag else event.ref,
        event=settings.event,
        config=settings.digest,
        run=event.run,
    )


def _secrets(environ: Mapping[str, str]) -> tuple[str, ...]:
    from go_release_gate.adapters.registry import credentials

    lines = secret(environ, "registry-credentials")
    masks = credentials.masks(credentials.parse(lines)) if lines else ()
    return (*masks, *filter(None, (secret(environ, "github-token"),)), *url_secrets(environ))
