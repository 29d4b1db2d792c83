"""Lists of flags as Go splits them (GOFLAGS, -ldflags, CGO_LDFLAGS): at white space, quotes only around whole elements.

https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies ("To embed spaces in an element …").
"""

from __future__ import annotations

from collections.abc import Iterable

_SPACES = " \t\r\n"


def split(text: str) -> tuple[str, ...] | None:
    """The elements; None: a quote is not closed. Quotes inside an element are a part of it."""
    found: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char in _SPACES:
            at += 1
        elif char in "\"'":
            end = text.find(char, at + 1)
            if end < 0:
                return None
            found.append(text[at + 1 : end])
            at = end + 1
        else:
            end = next((index for index in range(at, len(text)) if text[index] in _SPACES), len(text))
            found.append(text[at:end])
            at = end
    return tuple(found)


def joined(words: Iterable[str]) -> str:
    """The text that `split` takes apart into these words; one that no quotes can hold is left out."""
    return " ".join(text for text in map(_quoted, words) if text)


def _quoted(word: str) -> str:
    """The word as it is, else in the quotes that it does not hold."""
    if word and word[0] not in "\"'" and not any(char in _SPACES for char in word):
        return word
    return next((f"{quote}{word}{quote}" for quote in "\"'" if quote not in word), "")
