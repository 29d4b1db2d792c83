"""What of a saved report is read, and the limits it must keep: its schema, narrowed.

Keys that this version does not know are passed over, as a report may come from a later one. What is never taken over
from a report (fixes, owners, addresses) is not even looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from go_release_gate.errors import ReportError
from go_release_gate.report.neutral import log_text
from go_release_gate.report.schemas import schema_text

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

NEVER_READ = frozenset({"fix", "owners", "help_url", "summary", "run"})
FINDINGS_LIMIT = 5_000
MODULES_LIMIT = 2_000
TEXT_LIMIT = 64 << 10  # characters; Go's own messages are cut long before
DIFF_LIMIT = 128 << 10
PATH_LIMIT = 4_096  # bytes of a path on Linux, at most so many characters
NAME_LIMIT = 300  # a version, a branch, a kind
LAST_LINE = 10_000_000

_ITEMS = {"findings": FINDINGS_LIMIT, "suppressed": FINDINGS_LIMIT, "modules": MODULES_LIMIT, "skipped": 5_000}
_ITEMS_ELSEWHERE = 1_000
_TEXTS = {
    "diff": DIFF_LIMIT,
    **dict.fromkeys(("dir", "path", "module", "repository", "name"), PATH_LIMIT),
    **dict.fromkeys(("version", "go", "ref", "base", "rule", "kind", "config"), NAME_LIMIT),
}
_FORMATS = {
    ("subject", "commit"): "commit",
    ("comparison", "base"): "commit",
    ("module", "dir"): "path",
    ("finding", "module"): "path",
    ("finding", "location"): "place",
    ("items", "dir"): "path",
}
_COMMIT = re.compile(r"([0-9a-f]{40}([0-9a-f]{24})?)?")


def refuse_misfits(document: Mapping[str, Any]) -> None:
    """Raise ReportError for the first thing that does not fit, with its place and what was expected there."""
    error = next(iter(_validator().iter_errors(document)), None)
    if error is None:
        return
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    where = log_text(place.removeprefix("."), NAME_LIMIT) or "the report"
    raise ReportError(f"{where}: expected {_expected(error)}", "publish a report of `check --format json` unchanged")


def is_repository_path(text: str) -> bool:
    """Whether `text` is a path below the root of a repository, or `.`, the root."""
    if text == ".":
        return True
    is_foreign = text.startswith("/") or "\\" in text or "\0" in text or re.match(r"[A-Za-z]:", text)
    return not is_foreign and not {"", ".", ".."} & set(text.split("/"))


@cache
def reader_schema() -> dict[str, Any]:
    """The published schema without what is never read, with the limits."""
    schema: dict[str, Any] = json.loads(schema_text("check"))
    narrowed: dict[str, Any] = _narrowed(schema, "", "")
    return narrowed


def _narrowed(schema: Mapping[str, Any], name: str, parent: str) -> dict[str, Any]:
    """A schema below the key `name` of `parent`; limits come first, as they are cheap to check."""
    found = {**_limits(schema, name, parent), **schema}
    if found.get("additionalProperties") is False:
        del found["additionalProperties"]
    if "required" in found:
        found["required"] = [key for key in found["required"] if key not in NEVER_READ]
    if "properties" in found:
        kept = {key: value for key, value in found["properties"].items() if key not in NEVER_READ}
        found["properties"] = {key: _narrowed(value, key, name) for key, value in kept.items()}
    if "$defs" in found:
        found["$defs"] = {key: _narrowed(value, key, "") for key, value in found["$defs"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), dict):
            found[key] = _narrowed(found[key], key, name)
    if "anyOf" in found:
        found |= _or_null(found.pop("anyOf"))
    return found


def _or_null(forms: list[dict[str, Any]]) -> dict[str, Any]:
    """ "This or null" said in a way that is checked in a quarter of the time, with the fault of "this" when it is none:
    a report may hold a hundred thousand of these."""
    this, null = forms
    if null != {"type": "null"}:
        raise ValueError("the schema holds a choice that the reader does not know")
    return {"if": null, "else": this}


def _limits(schema: Mapping[str, Any], name: str, parent: str) -> dict[str, Any]:
    kinds = schema.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    limits: dict[str, Any] = {"type": schema["type"]} if kinds else {}
    if (parent, name) in _FORMATS:
        limits["format"] = _FORMATS[parent, name]
    if "string" in kinds:
        limits["maxLength"] = _TEXTS.get(name, TEXT_LIMIT)
    if "array" in kinds:
        limits["maxItems"] = _ITEMS.get(name, _ITEMS_ELSEWHERE)
    if "additionalProperties" in schema and schema["additionalProperties"] is not False:
        limits |= {"maxProperties": 100, "propertyNames": {"maxLength": NAME_LIMIT}}
    if name == "line" and "integer" in kinds:
        limits["maximum"] = LAST_LINE
    return limits


@cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator, FormatChecker

    checker = FormatChecker(formats=())
    checks: dict[str, Callable[[Any], bool]] = {
        "commit": lambda value: not isinstance(value, str) or _COMMIT.fullmatch(value) is not None,
        "path": lambda value: not isinstance(value, str) or is_repository_path(value),
        "place": lambda value: not isinstance(value, dict) or is_repository_path(str(value.get("path", ""))),
    }
    for name, check in checks.items():
        checker.checks(name)(check)
    return Draft202012Validator(reader_schema(), format_checker=checker)


_WORDS = {"string": "text", "array": "a list", "object": "an object", "integer": "a whole number", "null": "null"}
_PHRASES = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "maxLength": "at most {} characters",
    "maxItems": "at most {} entries",
    "maxProperties": "at most {} keys",
    "minLength": "at least {} character",
    "pattern": "text of the form {}",
}
_FORMAT_WORDS = {
    "commit": "a commit's 40 or 64 hex digits",
    "path": "a path relative to the root of the repository",
    "place": "a path relative to the root of the repository",
}


def _expected(error: ValidationError) -> str:
    """What one keyword of the schema asks for; never what stands there instead, which is foreign."""
    keyword, wanted = str(error.validator), _any(error.validator_value)
    if keyword == "type":
        kinds = [wanted] if isinstance(wanted, str) else list(wanted)
        return " or ".join(_WORDS.get(str(kind), f"a {kind}") for kind in kinds)
    if keyword == "required":
        return f"the key {next(key for key in wanted if key not in _any(error.instance))!r}"
    if keyword in ("enum", "const"):
        return "one of " + ", ".join(json.dumps(word) for word in (wanted if keyword == "enum" else [wanted]))
    if keyword == "format":
        return _FORMAT_WORDS[str(wanted)]
    return _PHRASES.get(keyword, "something else").format(wanted)


def _any(value: Any) -> Any:
    """The library's types allow for values that are not set; those of a reported fault always are."""
    return value
