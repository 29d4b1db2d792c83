"""JavaScript's regular expressions, said in Python's.

`compile_pattern` reads the grammar of ECMA-262 (22.2.1, with annex B where neither `u` nor `v` is given) and writes
it for Python's `re`: `$` is the very end, `\\d`, `\\w` and `\\b` are ASCII, a reference to a group that took no part
matches the empty text, and so on. What Python cannot do (a look-behind of changing width) is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from go_release_gate.oci.tags.refusal import RefusedInputError
from go_release_gate.oci.tags.regexp_syntax import PatternError, Translation, translate

FLAGS = "dgimsuvy"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that can be asked as String.prototype.match does."""

    compiled: re.Pattern[str]
    numbers: tuple[int, ...]
    is_global: bool
    is_sticky: bool

    def match(self, text: str) -> tuple[str | None, ...] | None:
        """The match and its groups; with the flag `g` all matches and no groups; None: it does not match."""
        if self.is_global:
            return self._all(text) or None
        found = self.compiled.match(text) if self.is_sticky else self.compiled.search(text)
        if found is None:
            return None
        return (found[0], *(found[number] for number in self.numbers))

    def _all(self, text: str) -> tuple[str | None, ...]:
        find = self.compiled.match if self.is_sticky else self.compiled.search
        found, at = [], 0
        while at <= len(text) and (match := find(text, at)):
            found.append(match[0])
            at = match.end() + (not match[0])
        return tuple(found)


def compile_pattern(source: str, flags: str = "") -> Pattern:
    """The pattern. Raises RefusedInputError for one that JavaScript refuses, and for the few that Python cannot do."""
    if set(flags) - set(FLAGS) or len(set(flags)) != len(flags) or {"u", "v"} <= set(flags):
        raise RefusedInputError(f"{flags!r} are no flags of a regular expression", f"flags are {', '.join(FLAGS)}")
    try:
        translation = translate(source, flags)
    except PatternError as error:
        raise _refused(source, str(error), "mend the regular expression") from None
    return Pattern(_compiled(source, translation, flags), translation.numbers, "g" in flags, "y" in flags)


def _compiled(source: str, translation: Translation, flags: str) -> re.Pattern[str]:
    try:
        return re.compile(translation.text, re.IGNORECASE if "i" in flags else 0)
    except (re.error, RecursionError, OverflowError) as error:
        raise _refused(
            source, f"not supported here: {error}", "write it without a look-behind of changing width"
        ) from None


def _refused(source: str, message: str, hint: str) -> RefusedInputError:
    return RefusedInputError(f"invalid regular expression /{source}/: {message}", hint)
