"""GOFLAGS after filtering."""

from __future__ import annotations

import pytest

from go_release_gate.adapters.goflags import filtered, split


@pytest.mark.parametrize(
    "flag",
    [
        "-mod=mod",
        "--mod=vendor",
        "-modfile=other.mod",
        "-overlay=o.json",
        "-toolexec=/x",
        "-exec=/x",
        "-insecure",
        "-C=x",
    ],
)
def test_flags_that_decide_or_run_are_dropped(flag: str) -> None:
    """Each such flag is left out and named, with one dash or two."""
    assert filtered(flag) == ("-buildvcs=false", (flag,))


@pytest.mark.parametrize("flag", ["-modcacherw", "--modcacherw", "-modcacherw=true", "-tags=a,b", "-trimpath"])
def test_harmless_flags_stay(flag: str) -> None:
    """Flags that change no answer stay, because the user's caches depend on them."""
    assert filtered(flag) == (f"-buildvcs=false {flag}", ())


def test_stamping_is_off_whatever_was_said() -> None:
    """-buildvcs is ours: it is neither passed through nor reported as lost."""
    assert filtered("-buildvcs=true") == ("-buildvcs=false", ())


def test_a_writable_cache_is_asked_for_once() -> None:
    """The flag is added when it is wanted and absent."""
    assert filtered("", writable_modcache=True)[0] == "-buildvcs=false -modcacherw"
    assert filtered("-modcacherw", writable_modcache=True)[0] == "-buildvcs=false -modcacherw"


def test_quoted_fields_are_one_flag() -> None:
    """Quotes enclose whole fields, as Go reads them, and survive in what stays."""
    assert split("""  '-ldflags=-s -w' "-tags=a b"\t-x """) == ["-ldflags=-s -w", "-tags=a b", "-x"]
    assert filtered("""'-tags=a b' "-ldflags=-s -w" """) == ('-buildvcs=false "-tags=a b"', ("-ldflags=-s -w",))
