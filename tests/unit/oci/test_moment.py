"""Dates: equal to moment.js with moment-timezone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest

from go_release_gate.errors import UnavailableError
from go_release_gate.oci import moment, timezones

DATA = Path(__file__).parents[2] / "data" / "images" / "moments-observed.json"
OBSERVED = json.loads(DATA.read_text("utf-8"))["moments"]
INSTANT = datetime(2024, 2, 9, 23, 4, 5, 678_901, UTC)


def answer(milliseconds: int, pattern: str, zone: str) -> str | None:
    """What this package writes; None where it refuses."""
    try:
        return moment.format(datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds), pattern, zone)
    except moment.FormatError:
        return None


def test_observed() -> None:
    """Every letter, every zone name and every generated format gives what moment.js gave."""
    different = [(*case, answer(*case[:3])) for case in OBSERVED if answer(*case[:3]) != case[3]]

    assert different == []
    assert len(OBSERVED) > 1000


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("YYYYMMDD", "20240209"),
        ("YYYY-MM-DD[T]HH:mm:ss.SSS[Z]", "2024-02-09T23:04:05.678Z"),
        ("dddd, MMMM Do, h:mm a", "Friday, February 9th, 11:04 pm"),
        ("GGGG-[W]WW-E, gg w", "2024-W06-5, 24 6"),
        (r"\YYYY \[YYYY]", "YYYY [2024]"),
        ("LT LTS L ll", "11:04 PM 11:04:05 PM 02/09/2024 Feb 9, 2024"),
        ("X x SSSSSSSSS", "1707519845 1707519845678 678000000"),
        ("", "2024-02-09T23:04:05Z"),
    ],
)
def test_formats(pattern: str, expected: str) -> None:
    """Letters, escapes and short forms in UTC, cut to milliseconds."""
    assert moment.format(INSTANT, pattern) == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Tokyo", "10 08:04 +09:00 JST"),
        ("america_new_york", "09 18:04 -05:00 EST"),
        ("US/Eastern", "09 18:04 -05:00 EST"),
        ("Asia/Kathmandu", "10 04:49 +05:45 +0545"),
        ("UTC", "09 23:04 +00:00 UTC"),
        ("Nowhere/Town", "09 23:04 +00:00 "),
        ("posix/Asia/Tokyo", "09 23:04 +00:00 "),
    ],
)
def test_zones(zone: str, expected: str) -> None:
    """Names are found in any case and by their old names; an unknown one is UTC without a name."""
    assert moment.format(INSTANT, "DD HH:mm Z z", zone) == expected


def test_the_instant_decides_not_its_own_zone() -> None:
    """An instant given in another zone is the same instant."""
    elsewhere = INSTANT.astimezone(timezone(timedelta(hours=-8)))

    assert moment.format(elsewhere, "YYYY-MM-DD HH:mm Z") == moment.format(INSTANT, "YYYY-MM-DD HH:mm Z")


@pytest.mark.parametrize(("pattern", "zone"), [("\n", "UTC"), ("YYYY", "")])
def test_what_the_peer_fails_on(pattern: str, zone: str) -> None:
    """A format of line ends alone, and an empty zone."""
    with pytest.raises(moment.FormatError, match="expected"):
        moment.format(INSTANT, pattern, zone)


def test_a_zone_is_found_by_another_of_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system's database lacks a new name, or an old one, the other serves."""
    real = timezones.ZoneInfo

    def older(name: str) -> object:
        if name == "Europe/Kyiv":
            raise ZoneInfoNotFoundError
        return real(name)

    monkeypatch.setattr(timezones, "ZoneInfo", older)

    assert moment.format(INSTANT, "HH z", "Europe/Kyiv") == "01 EET"


def test_a_system_without_the_database_is_no_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """A zone that exists is never silently UTC because its data is missing."""

    def missing(_: str) -> None:
        raise ZoneInfoNotFoundError

    monkeypatch.setattr(timezones, "ZoneInfo", missing)

    with pytest.raises(UnavailableError, match="Asia/Tokyo"):
        moment.format(INSTANT, "YYYY", "Asia/Tokyo")
