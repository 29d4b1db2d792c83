"""The protocol of GitHub's runner: commands in the log, and the files a step leaves behind.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from go_release_gate.errors import UnavailableError

SUMMARY_LIMIT = 1024 * 1024  # bytes; the runner drops a larger summary whole

# Every output that action.yml declares (CONTRACT "Step inputs and outputs"). All are written each time: the file is
# read after the step, so the last word in it also overrides what a forged command may have set.
OUTPUTS = (
    "verdict", "complete", "findings", "modules", "report", "sarif", "patch", "matrix", "version", "tags", "tag-names",
    "labels", "annotations", "bake-file", "bake-files", "bake-file-tags", "bake-file-labels",
    "bake-file-annotations", "json",
    "describe", "commit", "commit-time", "descriptions", "snapshot-label",
    "binaries", "services", "coverage", "changed-coverage", "coverage-file", "tests",
    "image", "digest", "entry-id", "previous-digest",
)  # fmt: skip

_TOKEN = re.compile(r"[0-9a-zA-Z]{20,}")


def command(name: str, message: str = "", **properties: str | int | None) -> str:
    """One workflow command, escaped; properties that are None or empty are left out, `_` in keys is dropped
    (`end_line` → `endLine`)."""
    given = [f"{_camel(key)}={_property(str(value))}" for key, value in properties.items() if value not in {None, ""}]
    return f"::{name}{' ' if given else ''}{','.join(given)}::{_data(message)}"


def stopped(lines: Iterable[str], token: str) -> Iterator[str]:
    """`lines` between stop-commands and its resumption; `token` must be a fresh random word for every block.

    Raises ValueError for a token that could be guessed.
    """
    if not _TOKEN.fullmatch(token):
        raise ValueError("a stop token is at least 20 letters and digits")
    yield command("stop-commands", token)
    yield from lines
    yield command(token)


def new_token() -> str:
    """A word that nobody can guess."""
    import secrets

    return secrets.token_hex(16)


class Step:
    """This process as a step of a workflow.

    Args:
        environ: RUNNER_DEBUG, GITHUB_ACTIONS, GITHUB_OUTPUT, GITHUB_ENV and GITHUB_STEP_SUMMARY are read.
        stream: the one stream that everything goes to (the runner reads two pipes independently).
        token: makes random words.
    """

    def __init__(self, environ: Mapping[str, str], stream: TextIO, token: Callable[[], str] = new_token) -> None:
        self._environ = environ
        self._stream = stream
        self._token = token

    @property
    def is_active(self) -> bool:
        """Whether a runner listens. Nothing is masked, and no command written, into any other log."""
        return self._environ.get("GITHUB_ACTIONS") == "true"

    def say(self, line: str) -> None:
        """Write a line as it is; foreign text in it must have been neutralised."""
        self._stream.write(line + "\n")
        self._stream.flush()

    def mask(self, values: Iterable[str]) -> None:
        """Hide values from the log, each line and its base64 too; to be called before anything else is said."""
        if not self.is_active:
            return
        lines = {line.strip() for value in values for line in value.splitlines()} - {""}
        for line in sorted(lines | {base64.b64encode(line.encode()).decode() for line in lines}):
            self.say(command("add-mask", line))

    def debug(self, message: str) -> None:
        """A line that is shown only when the run is repeated with debug logging."""
        if self.is_active and self._environ.get("RUNNER_DEBUG") == "1":
            self.say(command("debug", message))

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        """Fold what is said inside under `title`."""
        if self.is_active:
            self.say(command("group", title))
        try:
            yield
        finally:
            if self.is_active:
                self.say(command("endgroup"))

    @contextmanager
    def foreign(self) -> Iterator[None]:
        """No command counts inside, whatever is said there; the way back is taken even when an error passes."""
        token = self._token()
        start, end = stopped((), token)
        if self.is_active:
            self.say(start)
        try:
            yield
        finally:
            if self.is_active:
                self.say(end)

    def write_outputs(self, values: Mapping[str, str]) -> None:
        """Append every declared output, empty where `values` has none; the last thing a step does.

        Raises ValueError for a name that is not declared or a value that holds the random delimiter.
        """
        if undeclared := set(values) - set(OUTPUTS):
            raise ValueError(f"not a declared output: {', '.join(sorted(undeclared))}")
        entries = [_entry(name, values.get(name, ""), f"ghadelimiter_{self._token()}") for name in OUTPUTS]
        self._append("GITHUB_OUTPUT", "".join(entries))

    def write_variables(self, values: Mapping[str, str]) -> None:
        """Set environment variables of the job's later steps. Raises ValueError as `write_outputs`."""
        entries = [_entry(name, value, f"ghadelimiter_{self._token()}") for name, value in values.items()]
        self._append("GITHUB_ENV", "".join(entries))

    def write_summary(self, markdown: str) -> None:
        """Append Markdown to the job summary. Raises ValueError beyond the runner's limit of 1 MiB."""
        if len(_encoded(markdown)) > SUMMARY_LIMIT:
            raise ValueError("the runner drops a summary of more than 1 MiB")
        self._append("GITHUB_STEP_SUMMARY", markdown)

    def _append(self, variable: str, text: str) -> None:
        path = self._environ.get(variable)
        if not path:
            return
        try:
            with Path(path).open("ab") as file:
                file.write(_encoded(text))
        except OSError as error:
            raise UnavailableError(f"cannot write to {variable}: {error.strerror}", f"look at {path}") from error


def _entry(name: str, value: str, delimiter: str) -> str:
    if delimiter in value:
        raise ValueError(f"the value of {name} holds the delimiter")
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _camel(key: str) -> str:
    first, *others = key.split("_")
    return first + "".join(word.title() for word in others)
