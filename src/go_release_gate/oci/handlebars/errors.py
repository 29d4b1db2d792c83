"""The one error of a template."""

from __future__ import annotations


class TemplateError(ValueError):
    """A template that cannot be read or evaluated; the message says what was found and what was expected."""
