"""Check a configuration file against the schema and say what is wrong with it, where, and what was meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from go_release_gate.config.document import Document
from go_release_gate.config.fitting import fits
from go_release_gate.config.nearest import did_you_mean
from go_release_gate.config.yamlfile import Path, YamlDocument
from go_release_gate.errors import ConfigError

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_TYPES = {
    "string": "text",
    "array": "a list",
    "object": "keys and values",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def validate(document: YamlDocument, name: str, rules: Collection[str]) -> None:
    """Raise ConfigError for the first fault of the file `name`, in the order of its lines."""
    if fits(Document, document.value, rules):
        return
    from jsonschema import Draft202012Validator

    from go_release_gate.config.schema import config_schema

    errors = Draft202012Validator(config_schema(rules)).iter_errors(document.value)
    faults = [_fault(error, document) for error in _narrowed(errors)]
    if faults:
        line, message, hint = min(faults)
        raise ConfigError(message, hint, path=name, line=line)


def _narrowed(errors: Iterable[ValidationError]) -> Iterable[ValidationError]:
    """For a choice of forms, the faults of the one form that was meant: the one of the value's own shape."""
    for error in errors:
        forms = [number for number, schema in enumerate(_forms(error)) if _shape(schema) is type(error.instance)]
        if len(forms) == 1:
            yield from _narrowed(item for item in error.context or () if item.schema_path[0] == forms[0])
        else:
            yield error


def _forms(error: ValidationError) -> list[Mapping[str, Any]]:
    return list(_any(error.validator_value)) if error.validator == "anyOf" else []


def _shape(schema: Mapping[str, Any]) -> type:
    return {"object": dict, "array": list}.get(str(schema.get("type")), str)


def _fault(error: ValidationError, document: YamlDocument) -> tuple[int, str, str]:
    """Line, message and hint of one fault."""
    path: Path = tuple(error.absolute_path)
    where = _dotted(path)
    if error.validator == "additionalProperties":
        return _unknown_key(error, document, path)
    if error.validator == "enum":
        return _unknown_word(error, document, path)
    if error.validator == "required":
        missing = next(key for key in _any(error.validator_value) if key not in _any(error.instance))
        return document.line(path), f"{where}: the key {missing!r} is missing", ""
    if error.validator in ("type", "anyOf"):
        return (
            document.line(path),
            f"{where}: expected {_expected(error)}, found {_found(error.instance)}",
            _quoting(error),
        )
    return document.line(path), f"{where}: {_found(error.instance)} does not fit: {_limit(error)}", ""


def _unknown_key(error: ValidationError, document: YamlDocument, path: Path) -> tuple[int, str, str]:
    known = list(_schema_of(error)["properties"])
    unknown = [key for key in _any(error.instance) if key not in known]
    key = min(unknown, key=lambda word: document.line((*path, word)))
    inside = f" in {_dotted(path)}" if path else ""
    hint = did_you_mean(key, known) or f"known keys: {', '.join(known)}"
    return document.line((*path, key)), f"unknown key {key!r}{inside}", hint


def _unknown_word(error: ValidationError, document: YamlDocument, path: Path) -> tuple[int, str, str]:
    known = [str(word) for word in _any(error.validator_value)]
    word = _any(error.instance)
    is_key = "propertyNames" in error.absolute_schema_path
    line = document.line((*path, word) if is_key else path)
    is_rule = "off" not in known and "error" not in known and path[:1] in {("select",), ("ignore",), ("severity",)}
    what = f"{_dotted(path)}: unknown rule {word!r}" if is_rule else f"{_dotted(path)}: unknown value {_found(word)}"
    fallback = "run `go-release-gate rules`" if is_rule else f"expected one of {', '.join(known)}"
    return line, what, did_you_mean(str(word), known) or fallback


def _any(value: Any) -> Any:
    """The library's types allow for values that are not set; those of a reported fault always are."""
    return value


def _schema_of(error: ValidationError) -> dict[str, Any]:
    schema: dict[str, Any] = _any(error.schema)
    return schema


def _expected(error: ValidationError) -> str:
    schemas = _any(error.validator_value) if error.validator == "anyOf" else [{"type": error.validator_value}]
    return " or ".join(_words(schema) for schema in schemas)


def _words(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    return _TYPES.get(schema.get("type", ""), str(schema.get("type")))


def _found(value: Any) -> str:
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    return repr(value) if isinstance(value, str) else str(value).lower()


def _quoting(error: ValidationError) -> str:
    """YAML reads 1.20 as the number 1.2: versions need quotes."""
    is_number = isinstance(error.instance, (int, float)) and not isinstance(error.instance, bool)
    example = _schema_of(error).get("examples", ["1.20"])[0]
    return f'put it in quotes, as in "{example}"' if error.validator_value == "string" and is_number else ""


_LIMITS = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "more than", "minLength": "length at least"}


def _limit(error: ValidationError) -> str:
    if error.validator == "pattern":
        return f'expected such as "{_schema_of(error)["examples"][0]}"'
    return f"{_LIMITS[str(error.validator)]} {error.validator_value}"


def _dotted(path: Path) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "the file"
