"""JSON whose author is not trusted: bounded in depth and numbers, no key twice, no text that cannot be written."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from go_release_gate.errors import ReportError

DEPTH_LIMIT = 32
NUMBER_LIMIT = 1 << 53  # beyond it, readers of JSON disagree about a number

# Half a character that no encoding writes; those from U+DC80 to U+DCFF stand for single bytes of a name that is no
# UTF-8, and our own reports have them.
_HALVES = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def parse(data: bytes) -> dict[str, Any]:
    """The one object in `data`. Raises ReportError for anything else."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise ReportError("no UTF-8; expected a JSON report") from None
    except RecursionError:
        raise ReportError(f"nested more than {DEPTH_LIMIT} levels deep") from None
    except json.JSONDecodeError as error:
        raise ReportError(f"line {error.lineno}: no JSON; expected a report of `check --format json`") from None
    except ValueError:  # Python reads no whole number of more than 4300 digits
        raise ReportError("a number that is too large") from None
    if not isinstance(value, dict):
        raise ReportError("no object; expected a report of `check --format json`")
    _refuse_extremes(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ReportError("an object with one key twice")
    return found


def _refuse_constant(_word: str) -> NoReturn:
    raise ReportError("a number that is none; JSON knows no NaN and no Infinity")


def _refuse_extremes(document: dict[str, Any]) -> None:
    """Look at every value once, level by level."""
    level: list[Any] = [document]
    for _ in range(DEPTH_LIMIT):
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                inner += value
            else:
                _refuse_scalar(value)
        if not inner:
            return
        level = inner
    raise ReportError(f"nested more than {DEPTH_LIMIT} levels deep")


def _refuse_scalar(value: Any) -> None:
    if isinstance(value, str):
        if not value.isascii() and _HALVES.search(value):
            raise ReportError("text with half a character")
    elif isinstance(value, int | float) and not abs(value) <= NUMBER_LIMIT:  # infinity is beyond it, too
        raise ReportError("a number that is too large")
