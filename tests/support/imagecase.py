"""Finished images in fixtures of rules: an image and what it is held against, as lines of text.

-- image --
name ghcr.io/acme/shop:1.4.2           first what is about the image as a whole
read-at 2026-03-01T00:00:00Z
annotation org.opencontainers.image.version=1.4.2
platform linux/amd64                   then each platform with the lines below it
config linux/arm64                     where the configuration says another one
user 65532
entrypoint /app/shop serve
env TZ=Europe/Berlin
label org.opencontainers.image.version=1.4.2
created 2026-02-01T00:00:00Z
account nonroot=65532                  a line of /etc/passwd
group nonroot                          a line of /etc/group
layer 1200 COPY shop /app/shop         size and what made it
file /app/shop 0755 0:0 1200           mode, owner, size; then `link=/bin/x`, `shebang=/bin/sh`, `note=a private key`
ballast module cache 9000000 12 /go/pkg/mod
binary /app/shop 2000000 amd64         then words: go1.26.1, interpreter=PATH, symbols=N, packed=UPX, mark=zones,
                                       build-id=ID, main=PATH@VERSION, and settings of the build: vcs.modified=true
dependency /app/shop example.com/dep v1.0.0 h1:abc=      then `replaced-by PATH VERSION SUM`
unreadable a sentence

-- expected --
version 1.4.2                          fields of Expected; `platform` as often as wanted
module example.com/shop 1.25.0         a module with its go line
sum example.com/dep v1.0.0 h1:abc=     of the module above
require example.com/dep v1.0.0         of the module above: its build list

-- scan --                             a scanner's file as it is
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from go_release_gate.config.settings import Settings
from go_release_gate.engine.inspecting import judge_image
from go_release_gate.facts.binary import Binary, BuildInfo, Elf, RecordedModule
from go_release_gate.facts.image_content import (
    Ballast,
    Expected,
    ExpectedModule,
    ImageConfig,
    ImageContent,
    ImageFile,
    Layer,
    PlatformImage,
)
from go_release_gate.facts.scan_reading import read_scans
from go_release_gate.model.report import CheckReport, Subject

SECTIONS = ("image", "expected", "scan")
_CONFIGURED = frozenset({"config", "user", "entrypoint", "command", "env", "label", "created", "directory", "port"})
_TEXTS = {"version", "tag", "revision", "source", "go", "base-digest", "snapshot"}


def judge_text(image: str, expected: str | None, scan: str | None, settings: Settings) -> CheckReport:
    """The report about an image that is told as text."""
    scans = read_scans([("scan", scan.encode())]) if scan is not None else None
    held = expected_of(expected) if expected is not None else None
    judged, unreadable = judge_image(image_of(image), held, scans, settings)
    return CheckReport(
        version="0.1",
        go="",
        subject=Subject(event=settings.event),
        verdict=judged.verdict,
        complete=judged.complete,
        findings=judged.findings,
        suppressed=judged.suppressed,
        notices=unreadable,
    )


def image_of(text: str) -> ImageContent:
    """The image of the lines."""
    found = ImageContent("ghcr.io/acme/shop", f"sha256:{'1' * 64}", "application/vnd.oci.image.index.v1+json", ())
    for word, rest in _lines(text):
        if word == "platform":
            os, _, machine = rest.partition("/")
            config = ImageConfig(machine.partition("/")[0], os)
            platform = PlatformImage(rest, f"sha256:{'2' * 64}", f"sha256:{'3' * 64}", config)
            found = replace(found, platforms=(*found.platforms, platform))
        elif word == "annotation":
            found = replace(found, annotations={**found.annotations, rest.partition("=")[0]: rest.partition("=")[2]})
        elif not found.platforms:
            found = replace(found, **{word.replace("-", "_"): (rest,) if word == "unreadable" else rest})
        else:
            found = replace(found, platforms=(*found.platforms[:-1], _platform(found.platforms[-1], word, rest)))
    return found


def expected_of(text: str) -> Expected:
    """What the lines expect."""
    found = Expected()
    for word, rest in _lines(text):
        modules = found.modules
        if word in _TEXTS:
            found = replace(found, **{word.replace("-", "_"): rest})
        elif word == "platform":
            found = replace(found, platforms=(*found.platforms, rest))
        elif word == "module":
            path, _, go = rest.partition(" ")
            first = {} if found.module else {"module": path, "go": go}
            found = replace(found, **first, modules=(*modules, ExpectedModule(path, go=go, sums={})))
        elif word == "sum":
            path, version, digest = rest.split()
            last = replace(modules[-1], sums={**(modules[-1].sums or {}), f"{path} {version}": digest})
            found = replace(found, modules=(*modules[:-1], last))
        elif word == "require":
            path, version = rest.split()
            last = replace(modules[-1], versions={**(modules[-1].versions or {}), path: version})
            found = replace(found, modules=(*modules[:-1], last))
        else:
            raise AssertionError(f"not a line of what is expected: {word}")
    return found


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            word, _, rest = line.strip().partition(" ")
            yield word, rest.strip()


def _platform(platform: PlatformImage, word: str, rest: str) -> PlatformImage:
    """The platform with one line more."""
    if word in _CONFIGURED:
        return replace(platform, config=_config(platform.config, word, rest))
    changes: dict[str, object] = {}
    match word:
        case "account":
            name, _, number = rest.partition("=")
            changes["accounts"] = {**(platform.accounts or {}), name: int(number)}
        case "group":
            changes["groups"] = frozenset({*(platform.groups or ()), rest})
        case "layer":
            size, _, made = rest.partition(" ")
            one = Layer(f"sha256:{'4' * 64}", "application/vnd.oci.image.layer.v1.tar+gzip", int(size), created_by=made)
            changes["layers"] = (*platform.layers, one)
        case "file":
            changes["files"] = (*platform.files, _file(rest))
        case "ballast":
            kind, size, files, path = rest.rsplit(maxsplit=3)
            changes["ballast"] = (*platform.ballast, Ballast(kind, 0, int(size), int(files), path))
        case "binary":
            changes["binaries"] = (*platform.binaries, _binary(rest))
        case "dependency":
            changes["binaries"] = tuple(_with_dependency(platform.binaries, rest))
        case "unreadable":
            changes["unreadable"] = (*platform.unreadable, rest)
        case _:
            raise AssertionError(f"not a line of an image: {word}")
    return replace(platform, **changes)


def _config(config: ImageConfig, word: str, rest: str) -> ImageConfig:
    key, _, value = rest.partition("=")
    match word:
        case "config":
            os, _, machine = rest.partition("/")
            return replace(config, os=os, architecture=machine)
        case "env":
            return replace(config, environment={**config.environment, key: value})
        case "label":
            return replace(config, labels={**config.labels, key: value})
        case "entrypoint" | "command":
            return replace(config, **{word: tuple(rest.split())})
        case "port":
            return replace(config, ports=(*config.ports, rest))
    return replace(config, **{word: rest})


def _file(rest: str) -> ImageFile:
    path, mode, owner, size, *more = rest.split(maxsplit=4)
    user, _, group = owner.partition(":")
    key, _, value = (more[0] if more else "").partition("=")
    return ImageFile(path, int(size), int(mode, 8), int(user), int(group), **({key: value} if key else {}))


def _binary(rest: str) -> Binary:
    path, size, machine, *words = rest.split()
    told = dict(word.partition("=")[::2] for word in words if "=" in word)
    go = next((word for word in words if word.startswith("go1")), "")
    symbols = int(told.pop("symbols", "0"))
    elf = Elf(
        machine,
        interpreter=told.pop("interpreter", ""),
        is_stripped=symbols == 0,
        symbols=symbols,
        go_build_id=told.pop("build-id", ""),
        packed_by=told.pop("packed", ""),
    )
    marks = frozenset(filter(None, told.pop("mark", "").split(",")))
    main, _, version = told.pop("main", "").partition("@")
    info = BuildInfo(go, main, RecordedModule(main, version) if main else None, (), told) if go else None
    return Binary(path, int(size), "", elf, info, marks=marks)


def _with_dependency(binaries: tuple[Binary, ...], rest: str) -> Iterator[Binary]:
    path, name, version, *more = rest.split()
    own, _, other = " ".join(more).partition("replaced-by ")
    replaced = RecordedModule(*[*other.split(), ""][:3]) if other else None
    one = RecordedModule(name, version, own.strip(), replaced)
    for binary in binaries:
        if binary.path == path and binary.info is not None:
            info = replace(binary.info, dependencies=(*binary.info.dependencies, one))
            yield replace(binary, info=info)
        else:
            yield binary
