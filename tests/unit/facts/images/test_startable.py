"""Whether what an image starts can be started: by what its file is, who may execute it, and what its script names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.adapters.images.layout import Folder, Layout
from go_release_gate.binary.model import Elf, Section
from go_release_gate.config.settings import Settings
from go_release_gate.engine.inspecting import judge_image
from go_release_gate.facts.images.read import read_image
from go_release_gate.report.size_picture import picture, platform_picture
from support.images import Blob, Item, Store, folder, hardlink, layer, symlink

PROGRAM = Path("/bin/true").read_bytes()
PASSWD = b"root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n"
GROUP = b"root:x:0:\napp:x:1000:\nstaff:x:50:app\n"
SHELL = {"bin/sh": Item(b"#!/", 0o755), "usr/bin/env": Item(b"#!/", 0o755)}
WINDOWS_STUB = b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0" + bytes(300)
MACOS_STUB = b"\xcf\xfa\xed\xfe" + bytes(300)
FLIPPED = PROGRAM[:5] + b"\2" + PROGRAM[6:]
OTHER = PROGRAM[:18] + b"\0\0" + PROGRAM[20:]


def told(place: Path, *layers: Blob, platform: str = "linux/amd64", **config: Any) -> list[str]:
    """Rule and message of what is found of errors, linking apart: the programs here are those of this machine."""
    store = Store()
    digest = store.image(layers, {"Entrypoint": ["/app"], "User": "1000:1000", **config}, platform=platform)
    image = read_image(Layout("image", Folder(store.layout(place, ("", digest)))))
    judged, unreadable = judge_image(image, None, None, Settings())
    assert not unreadable
    wanted = ("missing-runtime-file", "wrong-architecture", "secret-in-image")
    return [f"{one.rule}: {one.message}" for one in judged.findings if one.rule in wanted]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (PROGRAM, None),
        (b"\0asm\1\0\0\0" + bytes(300), None),
        (b"", "missing-runtime-file: linux/amd64: /app is started, and it is no program: it is empty"),
        (b"hello\n", "no program: it begins neither as an ELF file nor with `#!`"),
        (b"\xef\xbb\xbf#!/bin/sh\n", "no program: it begins neither"),
        (FLIPPED, "no program: its ELF header is damaged; it ends with `exec format error`"),
        (b"\x7fELF", "no program: its ELF header is damaged"),
        (OTHER, "wrong-architecture: linux/amd64: /app is built for machine none"),
        (WINDOWS_STUB, "wrong-architecture: linux/amd64: /app is built for windows"),
        (MACOS_STUB, "wrong-architecture: linux/amd64: /app is built for darwin"),
    ],
)
@pytest.mark.parametrize("is_linked", [False, True])
def test_a_file_that_linux_cannot_start(tmp_path: Path, data: bytes, expected: str | None, *, is_linked: bool) -> None:
    """What is started is a program of Linux or a script, under its own name, a link's and a hard link's."""
    files = {"srv": Item(data, 0o755), "hard": hardlink("srv"), "app": symlink("hard")}
    found = told(tmp_path, layer(files if is_linked else {"app": Item(data, 0o755)}))
    if expected is None:
        assert found == []
    else:
        (only,) = found
        assert expected.replace("/app", "/hard" if is_linked else "/app") in only


def test_a_broken_file_that_nobody_starts(tmp_path: Path) -> None:
    """Data of tests may be as broken as it wants to be."""
    broken = {"app": Item(PROGRAM, 0o755), "x.elf": Item(FLIPPED, 0o755), "y.exe": Item(WINDOWS_STUB, 0o755)}
    assert told(tmp_path, layer({**broken, "z": Item(b"", 0o755)})) == []


@pytest.mark.parametrize(
    ("user", "item", "above", "expected"),
    [
        ("1000:1000", Item(PROGRAM, 0o755), folder(), None),
        ("1000:1000", Item(PROGRAM, 0o700), folder(), "may not execute it (mode 0700, 0:0)"),
        ("1000:1000", Item(PROGRAM, 0o701), folder(), None),
        ("1000:1000", Item(PROGRAM, 0o611, 1000), folder(), "may not execute it (mode 0611, 1000:0)"),
        ("1000:1000", Item(PROGRAM, 0o710, 0, 50), folder(), "may not execute it"),
        ("app", Item(PROGRAM, 0o710, 0, 50), folder(), None),  # /etc/group has it in staff
        ("2000", Item(PROGRAM, 0o750), folder(), None),  # a number without an account is in group 0
        ("", Item(PROGRAM, 0o700), folder(0o700), None),
        ("1000:1000", Item(PROGRAM, 0o755), folder(0o700), "may not enter /srv (mode 0700, 0:0)"),
        ("1000:1000", Item(PROGRAM, 0o755), folder(0o700, 1000), None),
    ],
)
def test_who_may_execute_it(tmp_path: Path, user: str, item: Item, above: Item, expected: str | None) -> None:
    """The image's user has the right to execute the file and to enter its folders; root has it, and groups count."""
    files = {"etc/passwd": PASSWD, "etc/group": GROUP, "srv": above, "srv/app": item}
    found = told(tmp_path, layer(files), Entrypoint=["/srv/app"], User=user)
    assert len(found) == (expected is not None)
    assert all(expected in one and "permission denied" in one for one in found if expected)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"#!/bin/sh -e", None),
        (b"#! /usr/bin/env sh \t", None),
        (b"#!/usr/bin/env -S sh -e", None),
        (b"#!/usr/bin/env -u X sh", None),  # nobody can be sure
        (b"#!/usr/bin/env A=1", None),
        (b"#!/usr/bin/env bash", "wants bash, which the image lacks"),
        (b"#!/usr/bin/env -S bash -e", "wants bash, which the image lacks"),
        (b"#!/bin/bash", "wants /bin/bash, which the image lacks"),
        (b"#!/bin/sh\r", "wants /bin/sh with a carriage return behind it"),
        (b"#!/usr/bin/env sh\r", "wants sh with a carriage return behind it"),
    ],
)
def test_what_a_script_names(tmp_path: Path, line: bytes, expected: str | None) -> None:
    """The interpreter of a script is there, and what `env` starts; lines that end like Windows' name another one."""
    found = told(tmp_path, layer({**SHELL, "app": Item(line + b"\necho\n", 0o755)}))
    assert len(found) == (expected is not None)
    assert all(expected in one for one in found if expected)


@pytest.mark.parametrize(
    ("path", "config"),
    [
        ("Files/api.exe", {"Entrypoint": ["C:\\api.exe"]}),
        ("Files/App/api.exe", {"Entrypoint": ["api"], "WorkingDir": "C:\\App"}),
        ("Files/app/api.exe", {"Entrypoint": ["c:\\APP\\API.EXE"]}),
        ("Files/app/other.exe", {"Entrypoint": ["cmd", "/S", "/C", "api"]}),
    ],
)
def test_images_of_windows(tmp_path: Path, path: str, config: dict[str, Any]) -> None:
    """Names there have no case, drives and a PATH of the registry: what is started is not missed."""
    files = layer({path: Item(WINDOWS_STUB, 0o755)})
    assert told(tmp_path, files, platform="windows/amd64", User="", **config) == []


KEY = b"-----BEGIN EC PRIVATE KEY-----\n" + b"MHcCAQEEIA" * 12 + b"\n-----END EC PRIVATE KEY-----\n"


@pytest.mark.parametrize("later", [{"root/.wh.id.key": b""}, {"root/id.key": b"none"}, {"root/.wh..wh..opq": b""}])
def test_a_secret_that_a_later_layer_takes_away(tmp_path: Path, later: dict[str, bytes]) -> None:
    """It is in the image all the same."""
    program = layer({"app": Item(PROGRAM, 0o755)})
    (found,) = told(tmp_path, program, layer({"root/id.key": KEY}), layer(later))
    assert "/root/id.key looks like a private key (a later layer takes it away, the image still has it)" in found


def test_a_secret_that_stays_is_told_once(tmp_path: Path) -> None:
    """A later layer may have it again, as one that changes its mode."""
    program = layer({"app": Item(PROGRAM, 0o755)})
    (found,) = told(tmp_path, program, layer({"id.key": KEY}), layer({"id.key": Item(KEY, 0o600)}))
    assert found.endswith("/id.key looks like a private key; revoke it, and build with `RUN --mount=type=secret`")


def test_no_platform_is_told(tmp_path: Path) -> None:
    """An image that says no operating system is for none in particular."""
    assert told(tmp_path, layer({"app": Item(WINDOWS_STUB, 0o755)}), platform="/") == []


def test_a_program_that_was_cut_off(tmp_path: Path) -> None:
    """It cannot be told what it is, and its sections are no parts of its size."""
    store = Store()
    cut = layer({"app": Item(PROGRAM[: len(PROGRAM) // 2], 0o755)})
    digest = store.image([cut], {"Entrypoint": ["/app"]})
    image = read_image(Layout("image", Folder(store.layout(tmp_path, ("", digest)))))
    (binary,) = image.platforms[0].binaries
    assert "cut off" in binary.unreadable
    assert not [line for line in picture(image) if "by section" in line]
    whole = Elf("amd64", sections=(Section(".text", 10 * binary.size),))
    platform = replace(image.platforms[0], binaries=(replace(binary, elf=whole),))
    assert not [line for line in platform_picture(platform) if "by section" in line]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (b'#!/bin/sh\nset -e\nexec /srv/api "$@"\n', True),
        (b'#!/usr/bin/env sh\n# the server\nexec /srv/api "$@"\n\n# end\n', True),
        (b'#!/bin/sh\nexec /bin/busybox "$@"\n', False),
        (b'#!/bin/sh\nexec "$@"\n', False),
        (b"#!/bin/sh\nif true; then\n  exec /srv/api\nfi\n", False),
        (b"#!/bin/sh\ncurl -o /srv/api https://example.com\nexec /srv/api\n", False),
        (b"#!/bin/sh\ncp -r /opt/x /srv\nexec /srv/api\n", False),
        (b"#!/bin/sh\nexec /tmp/api\n", False),
        (b"#!/bin/sh\necho \\\nexec /srv/api\n", False),
        (b"#!/bin/sh\ncat <<E\nE\nexec /srv/api\n", False),
        (b"#!/usr/bin/python3\nexec /srv/api\n", False),
    ],
)
def test_what_a_script_ends_in(tmp_path: Path, script: bytes, *, expected: bool) -> None:
    """Where its last line starts a file that is not there, and nothing above may make it, that is a warning."""
    tools = {**SHELL, "bin/busybox": Item(PROGRAM, 0o755), "usr/bin/python3": Item(PROGRAM, 0o755)}
    found = told(tmp_path, layer({**tools, "app": Item(script, 0o755)}))
    assert ["ends with `exec /srv/api`, and no such file" in one for one in found] == [True] * expected
    assert told(tmp_path / "there", layer({**tools, "app": Item(script, 0o755), "srv/api": Item(PROGRAM, 0o755)})) == []


def test_packed_programs_for_other_systems(tmp_path: Path) -> None:
    """One that nobody starts hides nothing of what an image for Linux does; one that is started does."""
    packed = WINDOWS_STUB[:100] + b"UPX!" + WINDOWS_STUB[100:]
    assert told(tmp_path / "a", layer({"app": Item(PROGRAM, 0o755), "setup.exe": Item(packed, 0o755)})) == []
    store = Store()
    digest = store.image([layer({"Files/api.exe": packed})], {"Entrypoint": ["C:\\api"]}, platform="windows/amd64")
    image = read_image(Layout("image", Folder(store.layout(tmp_path / "b", ("", digest)))))
    assert [one.unreadable for one in image.platforms[0].binaries] == ["packed by UPX: what is inside cannot be told"]
