"""The file of `go env -w`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from go_release_gate.adapters.goenv import parse, read, settings_file


def test_only_honoured_names_are_read() -> None:
    """Settings that pick caches and hosts are taken; what runs programs or switches toolchains is not."""
    text = "GOPROXY=https://proxy.example.com,direct\n# note\nGOTOOLCHAIN=auto\nCC=/evil\nGOPRIVATE=a.example.com\n"
    assert parse(text) == {"GOPROXY": "https://proxy.example.com,direct", "GOPRIVATE": "a.example.com"}


@pytest.mark.skipif(sys.platform == "darwin", reason="another place there")
@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ({"HOME": "/home/me"}, "/home/me/.config/go/env"),
        ({"HOME": "/home/me", "XDG_CONFIG_HOME": "/c"}, "/c/go/env"),
        ({"HOME": "/home/me", "GOENV": "/mine"}, "/mine"),
        ({"HOME": "/home/me", "GOENV": "off"}, None),
        ({}, None),
    ],
)
def test_the_file_is_where_go_looks(parent: dict[str, str], expected: str | None) -> None:
    """$GOENV beats the configuration directory, `off` means none."""
    assert settings_file(parent) == (Path(expected) if expected else None)


def test_reading_is_forgiving(tmp_path: Path) -> None:
    """An absent file says nothing; a present one is parsed, whatever bytes it holds."""
    assert read({"GOENV": str(tmp_path / "none")}) == {}
    (tmp_path / "env").write_bytes(b"GOPRIVATE=x.example.com\n\xff\xfe\n")
    assert read({"GOENV": str(tmp_path / "env")}) == {"GOPRIVATE": "x.example.com"}
