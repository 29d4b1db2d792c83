"""Whether what a finished image's programs need at run time is in it: interpreter, certificates, zones. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.binary import marks
from go_release_gate.facts.binary import Binary
from go_release_gate.facts.image_content import Expected, ImageContent, PlatformImage
from go_release_gate.model.severity import Confidence, Severity
from go_release_gate.rules.base import Draft
from go_release_gate.rules.build._image import Said, drafts, file_at, foreign_system, own_binaries, started

# https://github.com/golang/go/blob/master/src/crypto/x509/root_linux.go
_ROOT_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
_ROOT_FOLDERS = ("/etc/ssl/certs/", "/etc/pki/tls/certs/", "/etc/pki/ca-trust/extracted/")
# https://github.com/golang/go/blob/master/src/time/zoneinfo_unix.go
_ZONE_FOLDERS = ("/usr/share/zoneinfo/", "/usr/share/lib/zoneinfo/", "/usr/lib/locale/TZ/", "/etc/zoneinfo/")
_ZONE_ARCHIVE = "/lib/time/zoneinfo.zip"
_WITHOUT_DATA = frozenset({"UTC", "Local", "Etc/UTC", "UTC0"})


def unfit_libc(image: ImageContent, expected: Expected | None) -> Iterator[Draft]:
    """Dynamically linked programs whose interpreter the image lacks: they end with `no such file or directory`."""

    def of_platform(platform: PlatformImage) -> Iterator[Said]:
        meant = {one.path for one in own_binaries(platform, expected)} | started(platform)
        for binary in platform.binaries:
            wanted = binary.elf.interpreter if binary.elf else ""
            if wanted and file_at(platform, wanted) is None:
                yield Said(
                    f"interpreter {binary.path}",
                    f"{binary.path} is linked dynamically and needs {wanted}, which the image lacks: it ends with "
                    "`no such file or directory`; build with CGO_ENABLED=0, or on the libc of the image",
                    None if binary.path in meant else Severity.WARNING,
                )

    return drafts(image, of_platform)


def without_roots(image: ImageContent, expected: Expected | None) -> Iterator[Draft]:
    """Programs that call an HTTP client or dial TLS, in an image without any root certificate."""

    def of_platform(platform: PlatformImage) -> Iterator[Said]:
        if has_roots(platform) or platform.platform.startswith("windows/"):  # which has roots of its own
            return
        for binary in _own(platform, expected):
            if _wants_roots(binary):
                yield Said(
                    f"roots {binary.path}",
                    f"{binary.path} makes requests over TLS, and the image has no root certificates: each one ends "
                    "with `certificate signed by unknown authority`; copy /etc/ssl/certs/ca-certificates.crt into it",
                    confidence=Confidence.MEDIUM,
                )

    return drafts(image, of_platform)


def _own(platform: PlatformImage, expected: Expected | None) -> Iterator[Binary]:
    """The image's programs, without those that are there for other systems."""
    return (one for one in own_binaries(platform, expected) if not foreign_system(platform, one))


def _wants_roots(binary: Binary) -> bool:
    found = binary.marks or frozenset()
    calls = marks.HTTP_CLIENT in found or marks.TLS_DIAL in found
    return calls and marks.SYSTEM_ROOTS in found and marks.OWN_ROOTS not in found


def has_roots(platform: PlatformImage) -> bool:
    """Whether there is a file Go reads root certificates from, or the environment names another."""
    environment = platform.config.environment
    if environment.get("SSL_CERT_FILE") or environment.get("SSL_CERT_DIR"):
        return True
    if any(file_at(platform, path) is not None for path in _ROOT_FILES):
        return True
    return any(one.path.startswith(_ROOT_FOLDERS) and (one.size or one.link) for one in platform.files)


def without_zones(image: ImageContent, expected: Expected | None) -> Iterator[Draft]:
    """Programs that load time zones, or images that set one, without their data."""

    def of_platform(platform: PlatformImage) -> Iterator[Said]:
        zone = platform.config.environment.get("TZ", "").lstrip(":")
        if has_zones(platform):
            return
        for binary in _own(platform, expected):
            found = binary.marks
            if found is None or marks.OWN_ZONES in found:
                continue
            if zone and zone not in _WITHOUT_DATA:
                yield Said(
                    f"zone {binary.path}",
                    f"TZ is {zone}, and neither the image nor {binary.path} has the data of time zones: its local time "
                    "is UTC; copy /usr/share/zoneinfo, or import time/tzdata",
                )
            elif marks.ZONES in found:
                yield Said(
                    f"zones {binary.path}",
                    f"{binary.path} can load time zones by name, and there is no data of them, neither in the image "
                    "nor in it; copy /usr/share/zoneinfo, or import time/tzdata",
                    Severity.NOTE,
                    Confidence.MEDIUM,
                )

    return drafts(image, of_platform)


def has_zones(platform: PlatformImage) -> bool:
    """Whether there is data of time zones where Go looks for it."""
    if platform.config.environment.get("ZONEINFO"):
        return True
    return any(one.path.startswith(_ZONE_FOLDERS) or one.path.endswith(_ZONE_ARCHIVE) for one in platform.files)
