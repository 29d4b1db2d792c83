"""The lines of build information: path, mod, dep, =>, build. https://pkg.go.dev/runtime/debug#ParseBuildInfo."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from go_release_gate.binary.model import BuildInfo, RecordedModule
from go_release_gate.binary.quoting import quoted_prefix, unquote
from go_release_gate.binary.window import BinaryError


@dataclass(slots=True)
class _Reading:
    path: str = ""
    main: RecordedModule | None = None
    dependencies: list[RecordedModule] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    is_main_last: bool = False


def parse_module_info(go: str, data: bytes) -> BuildInfo:
    """The build information in the lines `data`, of the Go `go`. Raises BinaryError for a line that Go never writes."""
    reading = _Reading()
    for line in data.split(b"\n"):
        if line:
            _read(reading, *line.partition(b"\t")[::2])
    return BuildInfo(go, reading.path, reading.main, tuple(reading.dependencies), reading.settings)


def _read(reading: _Reading, word: bytes, rest: bytes) -> None:
    match word:
        case b"path":
            reading.path = _text(rest)
        case b"mod":
            reading.main, reading.is_main_last = _module(rest), True
        case b"dep":
            reading.dependencies.append(_module(rest))
            reading.is_main_last = False
        case b"=>":
            _replace(reading, _module(rest))
        case b"build":
            key, value = _setting(rest)
            reading.settings[key] = value
        case _:
            pass  # lines that a newer Go may add


def _replace(reading: _Reading, by: RecordedModule) -> None:
    """A replacement belongs to the module on the line before."""
    if reading.is_main_last and reading.main:
        reading.main = replace(reading.main, replaced_by=by)
    elif reading.dependencies:
        reading.dependencies[-1] = replace(reading.dependencies[-1], replaced_by=by)
    else:
        raise BinaryError("what Go recorded in it is damaged: it replaces no module")


def _module(rest: bytes) -> RecordedModule:
    parts = rest.split(b"\t")
    if len(parts) not in (2, 3):
        raise BinaryError("what Go recorded in it is damaged: a module has neither two nor three parts")
    path, version, *sums = map(_text, parts)
    return RecordedModule(path, version, sums[0] if sums else "")


def _setting(rest: bytes) -> tuple[str, str]:
    quoted = quoted_prefix(rest)
    if quoted:
        key, equals, value = unquote(quoted), rest[len(quoted) :][:1], rest[len(quoted) + 1 :]
    else:
        key, equals, value = rest.partition(b"=")
    plain = unquote(value) if value[:1] in (b'"', b"`") else value
    if not equals or key is None or plain is None or equals != b"=":
        raise BinaryError("what Go recorded in it is damaged: a setting has no value")
    return _text(key), _text(plain)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
