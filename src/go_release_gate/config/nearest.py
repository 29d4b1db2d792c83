"""The known word nearest to a misspelt one, for "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """The member of `known` that `word` was probably meant to be; empty when nothing is near."""
    from difflib import get_close_matches

    by_fold = {_fold(item): item for item in known}
    found = get_close_matches(_fold(word), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The hint "did you mean X?", or an empty string."""
    match = nearest(word, known)
    return f"did you mean {match}?" if match else ""


def _fold(word: str) -> str:
    """Spelling differences that are no difference: case, and `_` for `-`."""
    return word.lower().replace("_", "-")
