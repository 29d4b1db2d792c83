"""The lines of build information."""

from __future__ import annotations

import pytest

from go_release_gate.binary.moduleinfo import parse_module_info
from go_release_gate.binary.window import BinaryError
from go_release_gate.facts.binary import RecordedModule

LINES = b"""path\texample.com/shop/cmd/api
mod\texample.com/shop\tv1.2.3\th1:main
dep\texample.com/a\tv1.0.0\th1:a
dep\texample.com/b\tv1.0.0
=>\texample.com/fork\tv1.0.1\th1:fork
dep\texample.com/c\tv0.1.0
=>\t./c\t(devel)\t
build\t-tags="a b"
build\t-ldflags="-X \\"main.v=1\\t\\u00fc\\""
build\t"odd key"=`raw \\n`
build\tvcs.modified=true
build\tCGO_CFLAGS=
"""


def test_modules_and_their_replacements() -> None:
    """Modules come in order, each with its sum and with what it is replaced by."""
    info = parse_module_info("go1.26.1", LINES)
    assert (info.go, info.path) == ("go1.26.1", "example.com/shop/cmd/api")
    assert info.main == RecordedModule("example.com/shop", "v1.2.3", "h1:main")
    assert info.dependencies == (
        RecordedModule("example.com/a", "v1.0.0", "h1:a"),
        RecordedModule("example.com/b", "v1.0.0", "", RecordedModule("example.com/fork", "v1.0.1", "h1:fork")),
        RecordedModule("example.com/c", "v0.1.0", "", RecordedModule("./c", "(devel)")),
    )


def test_settings_are_unquoted() -> None:
    """Keys and values in Go's quotes mean what Go's Unquote gives."""
    assert parse_module_info("go1.26.1", LINES).settings == {
        "-tags": "a b",
        "-ldflags": '-X "main.v=1\t\u00fc"',
        "odd key": "raw \\n",
        "vcs.modified": "true",
        "CGO_CFLAGS": "",
    }


@pytest.mark.parametrize("line", [b"mod\tx", b"dep\ta\tb\tc\td", b"=>\ta\tv1", b"build\tkey", b'build\tk="open'])
def test_lines_that_go_never_writes(line: bytes) -> None:
    """A line without its parts is damage, not an empty value."""
    with pytest.raises(BinaryError):
        parse_module_info("go1.26.1", line)


def test_a_newer_go_may_add_lines() -> None:
    """A line that is not known is passed over."""
    assert parse_module_info("go1.99", b"path\tx\nfuture\tsomething\n").path == "x"
