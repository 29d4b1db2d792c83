"""Expressions: `{{branch}}`, `{{date 'YYYYMMDD'}}` and the like in attributes, flavor, labels and annotations."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime

from go_release_gate.oci import template
from go_release_gate.oci.javascript import number
from go_release_gate.oci.tags.context import Context
from go_release_gate.oci.tags.refusal import RefusedInputError

SHORT_SHA = 7
LENGTH_VARIABLE = "DOCKER_METADATA_SHORT_SHA_LENGTH"

Helper = Callable[..., object]


class Expressions:
    """What texts with expressions become in one context.

    Args:
        short_sha_length: text of the variable DOCKER_METADATA_SHORT_SHA_LENGTH; empty: 7.
    """

    def __init__(self, context: Context, short_sha_length: str = "") -> None:
        self._context = context
        self._length = short_sha_length
        self._dates = {"date": _date(context.now), "commit_date": _date(context.commit_date)}
        self._helpers: Mapping[str, Helper] = {
            "branch": lambda: context.branch,
            "tag": lambda: context.tag,
            "sha": self.short_sha,
            "base_ref": lambda: context.base_ref,
            "is_default_branch": lambda: _word(context.is_default_branch),
            "is_not_default_branch": lambda: _word(not context.is_default_branch),
            **self._dates,
        }

    def render(self, text: str) -> str:
        """`text` with its expressions evaluated. Raises RefusedInputError."""
        return _render(text, {}, self._helpers)

    def dates_only(self, text: str) -> str:
        """The pattern of a schedule: it knows dates and nothing else. Raises RefusedInputError."""
        return _render(text, {}, self._dates)

    def short_sha(self) -> str:
        """The beginning of the commit. Raises RefusedInputError for a length that is no number."""
        length = number(self._length) if self._length else SHORT_SHA
        if math.isnan(length):
            raise RefusedInputError(f"{LENGTH_VARIABLE} is {self._length!r}", "expected a number")
        sha = self._context.sha
        return sha if length >= len(sha) else sha[: max(0, int(max(0.0, length)))]


def render_pattern(pattern: str, values: Mapping[str, object], helpers: Mapping[str, Helper] | None = None) -> str:
    """The pattern of a version: it knows the version's parts and nothing else. Raises RefusedInputError.

    Args:
        values: parts by name. helpers: those that may be called with arguments, which they ignore.
    """
    return _render(pattern, values, helpers or {})


def is_raw_statement(pattern: str) -> bool:
    """Whether a pattern is `{{raw}}` and nothing else."""
    return template.is_only(pattern, "raw")


def _render(text: str, values: Mapping[str, object], helpers: Mapping[str, Helper]) -> str:
    try:
        return template.render(text, values, helpers)
    except template.TemplateError as error:
        raise RefusedInputError(f"{error}, in {text!r}", "see the expressions in docs/guides/image-names.md") from None


def _date(instant: datetime) -> Helper:
    def written(pattern: object, tz: object = "UTC") -> str:
        from go_release_gate.oci import moment

        if not isinstance(tz, str):
            raise template.TemplateError("a date's tz is no text; expected a name such as tz='Europe/Berlin'")
        if pattern and not isinstance(pattern, str):
            raise template.TemplateError("a date's format is no text; expected letters such as 'YYYYMMDD'")
        try:
            return moment.format(instant, str(pattern or ""), tz)
        except moment.FormatError as error:
            raise template.TemplateError(str(error)) from None

    return written


def _word(truth: bool) -> str:
    return "true" if truth else "false"
