"""Errors for people: one line that says what, one that says what to do. Foreign text in it gives no commands."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Mapping, Sequence

from go_release_gate.errors import ConfigError, GateError

_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co"})


def complain(error: GateError, environ: Mapping[str, str]) -> None:
    """Write `error` to standard error; in a workflow also as an annotation at its line."""
    place = _place(error)
    lines = [f"go-release-gate: {place}{plain(error.message)}"]
    if error.hint:
        lines.append(f"  {plain(error.hint)}")
    if environ.get("GITHUB_ACTIONS") == "true":
        lines.append(_command(error))
    sys.stderr.write("\n".join(lines) + "\n")


def report_defect(error: Exception, environ: Mapping[str, str]) -> None:
    """Say that the program itself is at fault; with GO_RELEASE_GATE_VERBOSE or RUNNER_DEBUG show where."""
    import traceback

    kind = type(error).__name__
    sys.stderr.write(f"go-release-gate: internal error, nothing was judged: {kind}: {plain(str(error))}\n")
    frames = traceback.extract_tb(error.__traceback__)
    shown = frames if environ.get("RUNNER_DEBUG") == "1" or environ.get("GO_RELEASE_GATE_VERBOSE") else frames[-1:]
    for frame in shown:
        sys.stderr.write(f"  at {plain(frame.filename)}:{frame.lineno} in {plain(frame.name)}\n")
    sys.stderr.write("  this is a defect of go-release-gate; please report it with these lines\n")


def plain(text: str) -> str:
    """`text` on one line without invisible characters and without anything a workflow runner obeys."""
    shown = "".join(_visible(char) for char in text)
    return shown.replace("##[", "# #[").replace("::", ": :")


def _visible(char: str) -> str:
    if unicodedata.category(char) not in _INVISIBLE:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _place(error: GateError) -> str:
    if not isinstance(error, ConfigError) or not error.path:
        return ""
    line = f":{error.line}" if error.line else ""
    return f"{plain(error.path)}{line}: "


def _command(error: GateError) -> str:
    """A workflow command, escaped per the runner's rules."""
    where = []
    if isinstance(error, ConfigError) and error.path:
        where = [f"file={_property(error.path)}"] + ([f"line={error.line}"] if error.line else [])
    return annotation(error.message, error.hint, where)


def annotation(message: str, hint: str = "", where: Sequence[str] = ()) -> str:
    """The workflow command that shows an error beside the run, escaped per the runner's rules."""
    text = f"{message}; {hint}" if hint else message
    return f"::error {','.join([*where, 'title=go-release-gate'])}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace("##[", "# #[")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
