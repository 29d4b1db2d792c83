"""A program that connects over TLS in an image without root certificates, or a company's certificate nobody reads.

## What it finds

- For each program of the repository that ends up in an image whose base has no root certificates (`scratch`, busybox,
  Debian, Ubuntu): its own code is a TLS client (`http.Get`, `http.Client`, `tls.Dial`, clients of cloud services), and
  nothing brings roots: no package `ca-certificates`, no file copied to a place that Go looks at, no `SSL_CERT_FILE` or
  `SSL_CERT_DIR`, no `golang.org/x/crypto/x509roots/fallback`.
- A certificate copied to `/usr/local/share/ca-certificates` without `update-ca-certificates` behind it, or under a name
  that does not end in `.crt`, which that command passes over (the package `ca-certificates` runs it when it comes); one
  directly in `/etc/ssl`; one in `/etc/pki/ca-trust/source/anchors` without `update-ca-trust`.

In finished images: a program whose table of functions has an HTTP client or `tls.Dial`, and that reads the system's
root certificates, in an image without any.

## Why

The first request fails with `x509: certificate signed by unknown authority`, in the image only.

## Fix

`COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/`, or the package `ca-certificates`; for a
company's certificate `RUN update-ca-certificates` behind the copy. Go reads what lies in `/etc/ssl/certs` as it is.

## Limits

A server is no client; nor is a client whose addresses are written with `http://`, or that sets its own roots. Where
addresses are known at run time only it is a warning. What dependencies do by themselves, base images that are not
known, images in which something is run that may install anything, and those that a manifest or compose file gives a
volume at such a place or one of the variables are left alone.

## References

- https://go.dev/src/crypto/x509/root_linux.go
- https://pkg.go.dev/crypto/x509#SystemCertPool
- https://manpages.debian.org/bookworm/ca-certificates/update-ca-certificates.8.en.html
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from go_release_gate.dockerfile.bases import SCRATCH, base_of
from go_release_gate.dockerfile.commands import RunCommand, commands
from go_release_gate.dockerfile.graph import Copy, copies
from go_release_gate.dockerfile.model import Dockerfile, Stage
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import GoCalls
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_content import Expected, ImageContent
from go_release_gate.facts.image_parts import Parts, copied, parts, target_of
from go_release_gate.facts.programs import Programs
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Workloads
from go_release_gate.gocommand.wrappers import inner
from go_release_gate.model.finding import Edit, Fix, Location, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._image_linking import without_roots
from go_release_gate.rules.dockerfile._deployed import Deployed
from go_release_gate.rules.dockerfile._images import Image, ending, first_need, images, seen_at

RULE = Rule(
    id="missing-ca-certificates",
    summary="a TLS client in an image without root certificates",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Dockerfiles, GoCalls, Programs),
    uses=(Workflows, ImageBuilds, Workloads),  # GoCalls is made from them
    fix="unsafe",
)

PLACES = (
    "/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/cacert.pem", "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted",
)  # fmt: skip
"""Where Go looks, its directories first (crypto/x509/root_linux.go)."""
_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_BRINGING = frozenset({"ca-certificates", "ca-certificates-bundle", "ca-certificates-mozilla"})
_RECOMMENDING = frozenset({"curl", "wget", "git", "openssl", "gnupg"})  # them, of which apt-get may be kept
_CERTIFICATE = re.compile(r"(?i).*\.(?:crt|pem|cer)")
_KEY = re.compile(r"(?i).*(?:key|tls|server|client)[^/]*")
_INSTALLERS = ("apk", "apt-get", "apt")
_READ_BY_UPDATE = "/usr/local/share/ca-certificates"
_ANCHORS = "/etc/pki/ca-trust/source/anchors"
_KEEPING = frozenset({"chgrp", "chmod", "chown", "ls", "mkdir", "rm", "test"})
_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"


@RULE.check
def check(dockerfiles: Dockerfiles, calls: GoCalls, programs: Programs, *sources: object) -> Iterator[Draft]:
    """One draft per image whose program finds no roots."""
    deployed = Deployed(*sources)
    for image in images(dockerfiles, calls, programs):
        lacking = [program for program in image.programs if not program.embeds_roots]
        need = first_need(program.tls for program in lacking)
        added = image.added
        if image.base.has_roots is not False or need is None or added.is_open or _is_installed(added):
            continue
        if image.is_set(*_VARIABLES) or image.brings(*PLACES, hint="cert"):
            continue
        if deployed.brings(image.dockerfile, *PLACES) or deployed.is_set(image.dockerfile, *_VARIABLES):
            continue
        start = image.stage.start
        yield Draft(
            location=Location(image.dockerfile.path, start.line, column=start.column),
            message=f"the program connects over TLS ({need.what} in {need.path}:{need.line}), and {image.written} has "
            f"no root certificates; expected a copy of {_BUNDLE} or the package ca-certificates",
            key=f"{image.name} roots",
            related=seen_at(need),
            target=Target("dockerfile", image.dockerfile.path),
            severity=Severity.ERROR if need.is_certain else Severity.WARNING,
            fix=_fix(image),
        )


def _is_installed(added: Parts) -> bool:
    """Whether a package brings the roots."""
    recommended = (words for words in added.words if "--no-install-recommends" not in words)
    return bool(added.packages & _BRINGING) or any(not _RECOMMENDING.isdisjoint(words) for words in recommended)


@RULE.check_of(Dockerfiles)
def check_company(dockerfiles: Dockerfiles) -> Iterator[Draft]:
    """One draft per certificate that is copied where nothing reads it."""
    for dockerfile in dockerfiles.files:
        for stage in dockerfile.stages:
            for directory, copy in copied(dockerfile, stage):
                yield from _unread(dockerfile, stage, copy, directory)


def _unread(dockerfile: Dockerfile, stage: Stage, copy: Copy, directory: str) -> Iterator[Draft]:
    for source in copy.sources if copy.is_context else ():
        if not isinstance(source, str) or not _CERTIFICATE.fullmatch(source):
            continue
        target = target_of(copy, source, directory)
        problem = _problem(dockerfile, stage, copy, target)
        if problem:
            yield Draft(
                location=Location(dockerfile.path, copy.instruction.line, column=copy.instruction.column),
                message=f"the certificate {source} is copied to {target}, {problem}",
                key=f"{stage.name or stage.index} certificate {source}",
                target=Target("dockerfile", dockerfile.path),
            )
            return


def _problem(dockerfile: Dockerfile, stage: Stage, copy: Copy, target: str) -> str:
    """Why nobody reads a certificate at `target`; empty: somebody does, or that is not known."""
    if any(stage.environment.get(name, "") != "" for name in _VARIABLES):
        return ""
    if target.startswith(f"{_READ_BY_UPDATE}/") or target == _READ_BY_UPDATE:
        if not _is_run(dockerfile, stage, copy, "update-ca-certificates"):
            return "and nothing runs update-ca-certificates behind it; expected RUN update-ca-certificates"
        is_named = target != _READ_BY_UPDATE and not target.endswith(".crt")
        return "where update-ca-certificates takes files that end in .crt only; expected that name" if is_named else ""
    if target.startswith(f"{_ANCHORS}/") or target == _ANCHORS:
        is_run = _is_run(dockerfile, stage, copy, "update-ca-trust")
        return "" if is_run else "and nothing runs update-ca-trust behind it; expected RUN update-ca-trust"
    directory, name = posixpath.split(target)
    if directory == "/etc/ssl" and target not in PLACES and not _KEY.fullmatch(name):
        return "where neither Go nor update-ca-certificates looks; expected a place below /etc/ssl/certs"
    return ""


def _is_run(dockerfile: Dockerfile, stage: Stage, copy: Copy, name: str) -> bool:
    """Whether a command runs behind the copy, in this stage or one that begins from it, or may."""
    later = [run for run in commands(dockerfile, stage) if run.instruction.line > copy.instruction.line]
    for other in dockerfile.stages[stage.index + 1 :]:
        if stage in dockerfile.ancestry(other):
            later += commands(dockerfile, other)
    if name == "update-ca-certificates" and any(_installs(dockerfile, stage, run.words) for run in later):
        return True
    if any(_runs(run, name) or _reads(run) for run in later if not run.is_start):
        return True
    return _is_taken_on(dockerfile, stage) or parts(dockerfile, stage).is_open


def _reads(run: RunCommand) -> bool:
    """Whether a command reads certificates itself: `cat …/company.crt >> /etc/ssl/certs/ca-certificates.crt`."""
    is_named = any(word.startswith((_READ_BY_UPDATE, _ANCHORS)) for word in run.words[1:])
    return is_named and posixpath.basename(run.words[0]) not in _KEEPING


def _is_taken_on(dockerfile: Dockerfile, stage: Stage) -> bool:
    """Whether another stage copies such a certificate from this one: what it does with it is its own matter."""
    taken = (copy for other in dockerfile.stages for copy in copies(dockerfile, other) if copy.stage == stage.index)
    sources = [source for copy in taken for source in copy.sources if isinstance(source, str)]
    return any(f"/{source.lstrip('/')}".startswith((_READ_BY_UPDATE, _ANCHORS)) for source in sources)


def _installs(dockerfile: Dockerfile, stage: Stage, words: Sequence[str]) -> bool:
    """Whether a package comes whose own scripts take in what lies there; images with Go have it from the start."""
    is_new = not base_of(dockerfile.base(stage).image).is_go
    return is_new and posixpath.basename(words[0]) in _INSTALLERS and "ca-certificates" in words


def _runs(run: RunCommand, name: str) -> bool:
    within = inner(run.words)
    return bool(within.file) or any(posixpath.basename(word) in (name, "trust", "c_rehash") for word in within.words)


def _fix(image: Image) -> Fix | None:
    """A copy of the builder's bundle behind FROM, where a stage has one."""
    if image.base.family != SCRATCH and image.base.user != "0":
        return None
    stages = image.dockerfile.stages[: image.stage.index]
    source = next((one for one in stages if one.name and base_of(image.dockerfile.base(one).image).has_roots), None)
    if source is None:
        return None
    line = image.dockerfile.base(image.stage).start.end_line
    text = f"COPY --from={source.name} {_BUNDLE} {_BUNDLE}{ending(image.dockerfile, line)}"
    return Fix(safe=False, edits=(Edit(image.dockerfile.path, line + 1, line, text),))


RULE.check_of(ImageContent, uses=(Expected,))(without_roots)
