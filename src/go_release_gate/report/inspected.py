"""The whole answer of `inspect`, and what every form of it says in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from go_release_gate.facts.binary import Binary
from go_release_gate.facts.image_content import Expected, ImageContent, PlatformImage
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.report import CheckReport
from go_release_gate.report import phrases

SHORT = 12  # digits of a commit


@dataclass(frozen=True, slots=True)
class InspectReport:
    """The findings with their verdict, the image they are about, and what it was held against (None: itself).

    `unreadable`: what could not be told, one sentence each. `image` is None where there is none to be read.
    """

    check: CheckReport
    image: ImageContent | None = None
    expected: Expected | None = None
    unreadable: tuple[str, ...] = ()


NO_DIGEST = "none: `docker save` leaves no manifest; what a registry gives it is known when it is pushed"


def headline(report: InspectReport) -> str:
    """`fail: 2 errors in 3 platforms`, `unavailable: 1 thing could not be told; no findings in 1 platform`."""
    check, image = report.check, report.image
    where = f" in {phrases.plural(len(image.platforms), 'platform')}" if image is not None else ""
    parts = [f"{phrases.count_words(check.findings)}{where}"]
    if report.unreadable:
        parts.append(f"{phrases.plural(len(report.unreadable), 'thing')} could not be told")
    elif not check.complete:
        parts.append("not everything could be judged")
    if check.verdict is Verdict.UNAVAILABLE:
        parts.reverse()
    return f"{check.verdict.value}: {'; '.join(parts)}"


def held_against(expected: Expected | None) -> str:
    """`the tag v1.4.2, the commit 0123456789ab, the module example.com/shop`; that it was itself."""
    if expected is None:
        return "itself"
    parts = (
        ("the tag", expected.tag),
        ("the commit", expected.revision[:SHORT]),
        ("the module", expected.module),
        ("the modules", _modules(expected)),
        ("the platforms", ", ".join(expected.platforms)),
    )
    return ", ".join(f"{what} {value}" for what, value in parts if value) or "itself"


def _modules(expected: Expected) -> str:
    return "" if expected.module else ", ".join(one.path for one in expected.modules[:5])


def pulled(platform: PlatformImage) -> int:
    """Bytes of all layers as they are pulled."""
    return sum(layer.size for layer in platform.layers)


def user_of(platform: PlatformImage) -> str:
    """The configured user; that it is root where none is."""
    return platform.config.user or "root (none named)"


def started_of(platform: PlatformImage) -> str:
    """Entrypoint and command as one line."""
    return " ".join((*platform.config.entrypoint, *platform.config.command)) or "nothing"


def go_of(platform: PlatformImage) -> str:
    """The Go releases that its programs are built by."""
    return ", ".join(sorted({one.info.go for one in platform.binaries if one.info is not None})) or "none"


def linking_of(binary: Binary) -> str:
    """`static`, `dynamic (/lib64/ld-linux-x86-64.so.2)`, `packed by UPX`, `unknown`."""
    if binary.elf is None:
        return "unknown"
    if binary.elf.packed_by:
        return f"packed by {binary.elf.packed_by}"
    return f"dynamic ({binary.elf.interpreter})" if binary.elf.interpreter else "static"


def facts_of(binary: Binary) -> Iterator[str]:
    """What is to be said of a program in one line, part by part."""
    yield linking_of(binary)
    if binary.elf is None and binary.info is not None:
        yield f"{binary.info.settings.get('GOOS', '')}/{binary.info.settings.get('GOARCH', '')}"
    if binary.elf is not None:
        yield binary.elf.architecture
        yield "stripped" if binary.elf.is_stripped else "with symbols"
    if binary.info is None:
        yield "not built by Go, as far as can be told"
        return
    yield binary.info.go
    main = binary.info.main
    if main is not None:
        yield f"{main.path} {main.version}".strip()
    revision = binary.info.settings.get("vcs.revision", "")
    if revision:
        dirty = ", with changes" if binary.info.settings.get("vcs.modified") == "true" else ""
        yield f"commit {revision[:SHORT]}{dirty}"


def outputs(report: InspectReport) -> dict[str, str]:
    """The outputs of a step: verdict, findings, and the image by what cannot change any more."""
    check, image = report.check, report.image
    digest = image.digest if image is not None else ""
    return {
        "verdict": check.verdict.value,
        "complete": "true" if check.complete else "false",
        "findings": str(len(check.findings)),
        "image": f"{image.repository}@{digest}" if image is not None and digest else "",
        "digest": digest,
    }
