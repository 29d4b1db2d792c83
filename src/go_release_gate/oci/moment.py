"""Dates written by the format letters of moment.js 2.30 (https://momentjs.com/docs/#/displaying/format/), in English.

Letters in brackets and letters behind a backslash stand for themselves, as does every other character; line ends
outside of brackets vanish (observed).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from go_release_gate.oci import timezones

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

_LONG = {
    "LTS": "h:mm:ss A",
    "LT": "h:mm A",
    "L": "MM/DD/YYYY",
    "LL": "MMMM D, YYYY",
    "LLL": "MMMM D, YYYY h:mm A",
    "LLLL": "dddd, MMMM D, YYYY h:mm A",
    "l": "M/D/YYYY",
    "ll": "MMM D, YYYY",
    "lll": "MMM D, YYYY h:mm A",
    "llll": "ddd, MMM D, YYYY h:mm A",
}


class FormatError(ValueError):
    """A format or a zone on which the peer fails; the message says what was expected."""


class _Moment(datetime):
    """A local time with what the letters ask for; `day_of_week` counts from Sunday, 0."""

    known_zone = True

    @property
    def milliseconds(self) -> int:
        return self.microsecond // 1000

    @property
    def day_of_week(self) -> int:
        return self.isoweekday() % 7

    @property
    def day_of_year(self) -> int:
        return self.timetuple().tm_yday

    @property
    def hour12(self) -> int:
        return self.hour % 12 or 12

    @property
    def offset_minutes(self) -> int:
        return int((self.utcoffset() or timedelta()) / timedelta(minutes=1))

    @property
    def end_of_week(self) -> datetime:
        """The Saturday of its week: it decides number and year of an English week."""
        return self + timedelta(days=6 - self.day_of_week)

    @property
    def week(self) -> int:
        return (self.end_of_week.timetuple().tm_yday - 1) // 7 + 1

    @property
    def unix_milliseconds(self) -> int:
        return (self - _Moment(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def format(instant: datetime, pattern: str, zone: str = "UTC") -> str:  # noqa: A001 - the peer's word
    """`instant` in `zone`, written by `pattern`.

    Args:
        instant: an aware time; what is finer than a millisecond does not count.
        pattern: format letters; empty gives the ISO form to the second.
        zone: a name of the tz database; one that the peer does not know is silently UTC, as there.

    Raises:
        FormatError: the pattern is line ends alone, or the zone is empty: the peer fails on both.
        UnavailableError: this system has no time zone database.
    """
    if not zone:
        raise FormatError("a date has an empty time zone; expected a name such as Europe/Berlin")
    found = timezones.find(zone)
    local = instant.astimezone(found or UTC)
    moment = _Moment.combine(local.date(), local.timetz())
    moment.known_zone = found is not None
    if not pattern:
        is_utc = moment.known_zone and moment.offset_minutes == 0
        pattern = "YYYY-MM-DDTHH:mm:ss[Z]" if is_utc else "YYYY-MM-DDTHH:mm:ssZ"
    pieces = _PIECE.findall(_expanded(pattern))
    if not pieces:
        raise FormatError("a date format has line ends only; expected format letters such as YYYYMMDD")
    return "".join(_written(piece, moment) for piece in pieces)


def _expanded(pattern: str) -> str:
    """`pattern` with the letters L and l replaced by what they are short for."""
    return _LONG_PIECE.sub(lambda match: _LONG.get(match[0], match[0]), pattern)


def _written(piece: str, moment: _Moment) -> str:
    letter = _LETTERS.get(piece)
    if letter:
        return letter(moment)
    if piece.startswith("[") and len(piece) > 1:
        return piece[1:-1]
    return piece.replace("\\", "")


def _ordinal(number: int) -> str:
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number // 10 % 10 != 1 else "th"
    return f"{number}{suffix}"


def _offset(moment: _Moment, separator: str) -> str:
    minutes = abs(moment.offset_minutes)
    return f"{'-' if moment.offset_minutes < 0 else '+'}{minutes // 60:02}{separator}{minutes % 60:02}"


def _zone_name(moment: _Moment) -> str:
    return (moment.tzname() or "") if moment.known_zone else ""


def _fraction(digits: int) -> Callable[[_Moment], str]:
    return lambda m: f"{m.milliseconds:03}000000"[:digits]


_LETTERS: dict[str, Callable[[_Moment], str]] = {
    "M": lambda m: f"{m.month}",
    "Mo": lambda m: _ordinal(m.month),
    "MM": lambda m: f"{m.month:02}",
    "MMM": lambda m: _MONTHS[m.month - 1][:3],
    "MMMM": lambda m: _MONTHS[m.month - 1],
    "Q": lambda m: f"{(m.month + 2) // 3}",
    "Qo": lambda m: _ordinal((m.month + 2) // 3),
    "D": lambda m: f"{m.day}",
    "Do": lambda m: _ordinal(m.day),
    "DD": lambda m: f"{m.day:02}",
    "DDD": lambda m: f"{m.day_of_year}",
    "DDDo": lambda m: _ordinal(m.day_of_year),
    "DDDD": lambda m: f"{m.day_of_year:03}",
    "d": lambda m: f"{m.day_of_week}",
    "do": lambda m: _ordinal(m.day_of_week),
    "dd": lambda m: _DAYS[m.day_of_week][:2],
    "ddd": lambda m: _DAYS[m.day_of_week][:3],
    "dddd": lambda m: _DAYS[m.day_of_week],
    "e": lambda m: f"{m.day_of_week}",
    "E": lambda m: f"{m.isoweekday()}",
    "w": lambda m: f"{m.week}",
    "wo": lambda m: _ordinal(m.week),
    "ww": lambda m: f"{m.week:02}",
    "W": lambda m: f"{m.isocalendar().week}",
    "Wo": lambda m: _ordinal(m.isocalendar().week),
    "WW": lambda m: f"{m.isocalendar().week:02}",
    "Y": lambda m: f"{m.year:04}",
    "YY": lambda m: f"{m.year % 100:02}",
    "YYYY": lambda m: f"{m.year:04}",
    "YYYYY": lambda m: f"{m.year:05}",
    "YYYYYY": lambda m: f"+{m.year:06}",
    "y": lambda m: f"{m.year}",
    "yo": lambda m: _ordinal(m.year),
    "yy": lambda m: f"{m.year:02}",
    "yyy": lambda m: f"{m.year:03}",
    "yyyy": lambda m: f"{m.year:04}",
    "N": lambda _: "AD",
    "NN": lambda _: "AD",
    "NNN": lambda _: "AD",
    "NNNN": lambda _: "Anno Domini",
    "NNNNN": lambda _: "AD",
    "gg": lambda m: f"{m.end_of_week.year % 100:02}",
    "gggg": lambda m: f"{m.end_of_week.year:04}",
    "ggggg": lambda m: f"{m.end_of_week.year:05}",
    "GG": lambda m: f"{m.isocalendar().year % 100:02}",
    "GGGG": lambda m: f"{m.isocalendar().year:04}",
    "GGGGG": lambda m: f"{m.isocalendar().year:05}",
    "a": lambda m: "am" if m.hour < 12 else "pm",
    "A": lambda m: "AM" if m.hour < 12 else "PM",
    "H": lambda m: f"{m.hour}",
    "HH": lambda m: f"{m.hour:02}",
    "h": lambda m: f"{m.hour12}",
    "hh": lambda m: f"{m.hour12:02}",
    "k": lambda m: f"{m.hour or 24}",
    "kk": lambda m: f"{m.hour or 24:02}",
    "hmm": lambda m: f"{m.hour12}{m.minute:02}",
    "hmmss": lambda m: f"{m.hour12}{m.minute:02}{m.second:02}",
    "Hmm": lambda m: f"{m.hour}{m.minute:02}",
    "Hmmss": lambda m: f"{m.hour}{m.minute:02}{m.second:02}",
    "m": lambda m: f"{m.minute}",
    "mm": lambda m: f"{m.minute:02}",
    "s": lambda m: f"{m.second}",
    "ss": lambda m: f"{m.second:02}",
    **{"S" * digits: _fraction(digits) for digits in range(1, 10)},
    "X": lambda m: f"{m.unix_milliseconds // 1000}",
    "x": lambda m: f"{m.unix_milliseconds}",
    "z": _zone_name,
    "zz": _zone_name,
    "Z": lambda m: _offset(m, ":"),
    "ZZ": lambda m: _offset(m, ""),
}

_BRACKETS = r"\[[^\[]*\]"
_ANY = "[^\n\r\u2028\u2029]"
# The longest letters first; `w|` and `W|` are pieces of the peer's grammar that mean nothing.
_NAMES = "|".join([r"w\|", r"W\|", *sorted(_LETTERS, key=len, reverse=True)])
_PIECE = re.compile(rf"{_BRACKETS}|\\?(?:{_NAMES}|{_ANY})")
_LONG_PIECE = re.compile(rf"{_BRACKETS}|\\?(?:LTS|LT|LL?L?L?|l{{1,4}})")
